using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>The events of the ValidatorRegistry that are read, and the facts they are.</summary>
public static class RegistryEvents
{
    /// <summary>A bond is now this large.</summary>
    public static readonly Hash256 BondChanged = EventReader.Topic<BondChangedEvent>();

    /// <summary>A validator has attested.</summary>
    public static readonly Hash256 Attested = EventReader.Topic<AttestedEvent>();

    /// <summary>A case has been raised.</summary>
    public static readonly Hash256 CaseRaised = EventReader.Topic<CaseRaisedEvent>();

    /// <summary>A vote has been cast.</summary>
    public static readonly Hash256 Voted = EventReader.Topic<VotedEvent>();

    /// <summary>A case has its majority.</summary>
    public static readonly Hash256 CaseConfirmed = EventReader.Topic<CaseConfirmedEvent>();

    /// <summary>A case can no longer have its majority.</summary>
    public static readonly Hash256 CaseRejected = EventReader.Topic<CaseRejectedEvent>();

    /// <summary>A stake has been taken.</summary>
    public static readonly Hash256 CaseExecuted = EventReader.Topic<CaseExecutedEvent>();

    /// <summary>All topics that are read.</summary>
    public static readonly IReadOnlyList<Hash256> All =
    [
        BondChanged,
        Attested,
        CaseRaised,
        Voted,
        CaseConfirmed,
        CaseRejected,
        CaseExecuted,
    ];

    /// <summary>The fact a log of the registry is.</summary>
    /// <param name="registry">The registry and its chain.</param>
    /// <param name="position">Where the log stands.</param>
    /// <param name="topics">Its topics.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="FormatException">It is none, or contradicts itself: digest and fields, weights and their hash, id and
    /// evidence.</exception>
    public static ChainFact Decode(RegistryIdentity registry, Position position, IReadOnlyList<Hash256> topics, ReadOnlyMemory<byte> data)
    {
        var kind = topics[0];
        if (kind == BondChanged)
            return OfBond(position, EventReader.Read<BondChangedEvent>(topics, data));
        if (kind == Attested)
            return new ChainFact.Attested(position, OfAttestation(registry, EventReader.Read<AttestedEvent>(topics, data)));
        if (kind == CaseRaised)
            return OfCase(registry, position, EventReader.Read<CaseRaisedEvent>(topics, data));
        if (kind == Voted)
            return OfVote(position, EventReader.Read<VotedEvent>(topics, data));
        if (kind == CaseConfirmed)
            return new ChainFact.CaseDecided(position, new Hash256(EventReader.Read<CaseConfirmedEvent>(topics, data).Id), true);
        if (kind == CaseRejected)
            return new ChainFact.CaseDecided(position, new Hash256(EventReader.Read<CaseRejectedEvent>(topics, data).Id), false);
        if (kind == CaseExecuted)
            return OfExecution(position, EventReader.Read<CaseExecutedEvent>(topics, data));
        throw new FormatException($"the topic {kind} is not one of the registry's");
    }

    private static ChainFact.BondChanged OfBond(Position position, BondChangedEvent e) =>
        new(position, Address.Parse(e.Validator), Amount(e.Bond));

    private static ChainFact.CaseVoted OfVote(Position position, VotedEvent e) =>
        new(position, new Hash256(e.Id), Address.Parse(e.Voter), e.Support, Amount(e.Stake).Value);

    private static ChainFact.CaseExecuted OfExecution(Position position, CaseExecutedEvent e) =>
        new(position, new Hash256(e.Id), Address.Parse(e.Accused), Amount(e.Slashed).Value);

    private static SignedAttestation OfAttestation(RegistryIdentity registry, AttestedEvent e)
    {
        var attestation = new NavAttestation(
            Epoch(e.Attestation.Epoch),
            e.Attestation.BlockNumber,
            new Hash256(e.Attestation.BlockHash),
            TaoPerToken.From(Amount(e.Attestation.Nav).Value),
            Amount(e.Attestation.TotalSupply),
            new Hash256(e.Attestation.RankingRoot),
            new Hash256(e.Attestation.WeightsHash),
            new Hash256(e.Attestation.Parameters),
            Address.Parse(e.Attestation.Validator)
        );
        if (e.Uids.Count != e.Weights.Count)
            throw new FormatException($"{e.Uids.Count} UIDs and {e.Weights.Count} weights");
        IReadOnlyList<SubnetWeight> weights = [.. e.Uids.Zip(e.Weights, (uid, weight) => new SubnetWeight(uid, weight))];
        var digest = new Hash256(e.Digest);
        if (Eip712.Digest(attestation, registry) != digest)
            throw new FormatException($"the digest {digest} is not of these fields");
        if (Eip712.WeightsHash(weights) != attestation.WeightsHash)
            throw new FormatException("the weights are not those that were signed");
        return Signature.TryParse(e.Signature)?.Signer(digest) == attestation.Validator
            ? new SignedAttestation(attestation, digest, weights, e.Signature)
            : throw new FormatException($"the signature is not of {attestation.Validator}");
    }

    private static ChainFact.CaseRaised OfCase(RegistryIdentity registry, Position position, CaseRaisedEvent e)
    {
        var raised = new SlashCase(
            Epoch(e.Details.Epoch),
            Address.Parse(e.Details.Accused),
            (ViolationKinds)e.Details.Kinds,
            (Severity)e.Details.Severity,
            e.Details.StakeBlock,
            TaoPerToken.From(Amount(e.Details.ReferenceNav).Value),
            new Hash256(e.Details.ReferenceRoot),
            new Hash256(e.Details.ReferenceWeightsHash),
            [.. e.Digests.Select(digest => new Hash256(digest))],
            [.. e.MissedEpochs.Select(Epoch)]
        );
        var id = new Hash256(e.Id);
        return raised.Id(registry, Keccak.Hash) == id
            ? new ChainFact.CaseRaised(position, id, raised, Address.Parse(e.RaisedBy))
            : throw new FormatException($"the case {id} has other evidence");
    }

    private static Wei Amount(BigInteger wei) =>
        wei <= Wei.Max ? Wei.From((UInt128)wei) : throw new FormatException($"{wei} wei is above 2^96");

    private static EpochId Epoch(BigInteger number) =>
        number <= ulong.MaxValue ? new EpochId((ulong)number) : throw new FormatException($"the epoch {number} is above 2^64");
}
