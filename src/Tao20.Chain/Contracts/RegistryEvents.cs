using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>The events of the ValidatorRegistry that are read, and the facts they are.</summary>
public static class RegistryEvents
{
    internal const string AttestationTuple = "(uint256,uint64,bytes32,uint256,uint256,bytes32,bytes32,bytes32,address)";
    internal const string CaseTuple = "(uint256,address,uint8,uint8,uint64,uint256,bytes32,bytes32)";

    /// <summary>A bond is now this large.</summary>
    public static readonly Hash256 BondChanged = Keccak.Topic("BondChanged(address,uint256)");

    /// <summary>A validator has attested.</summary>
    public static readonly Hash256 Attested = Keccak.Topic($"Attested(address,uint256,{AttestationTuple},bytes32,uint16[],uint16[],bytes)");

    /// <summary>A case has been raised.</summary>
    public static readonly Hash256 CaseRaised = Keccak.Topic($"CaseRaised(bytes32,address,address,{CaseTuple},bytes32[],uint256[])");

    /// <summary>A vote has been cast.</summary>
    public static readonly Hash256 Voted = Keccak.Topic("Voted(bytes32,address,bool,uint256)");

    /// <summary>A case has its majority.</summary>
    public static readonly Hash256 CaseConfirmed = Keccak.Topic("CaseConfirmed(bytes32)");

    /// <summary>A case can no longer have its majority.</summary>
    public static readonly Hash256 CaseRejected = Keccak.Topic("CaseRejected(bytes32)");

    /// <summary>A stake has been taken.</summary>
    public static readonly Hash256 CaseExecuted = Keccak.Topic("CaseExecuted(bytes32,address,uint256)");

    /// <summary>All topics that are read.</summary>
    public static readonly IReadOnlyList<Hash256> All = [BondChanged, Attested, CaseRaised, Voted, CaseConfirmed, CaseRejected, CaseExecuted];

    /// <summary>The fact a log of the registry is.</summary>
    /// <param name="registry">The registry and its chain.</param>
    /// <param name="position">Where the log stands.</param>
    /// <param name="topics">Its topics.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="FormatException">It is none, or contradicts itself: digest and fields, weights and their hash, id and evidence.</exception>
    public static ChainFact Decode(RegistryIdentity registry, Position position, IReadOnlyList<Hash256> topics, ReadOnlyMemory<byte> data)
    {
        var words = new AbiData(data);
        var kind = topics[0];
        if (kind == BondChanged)
            return new ChainFact.BondChanged(position, Account(topics, 1), words.Wei(0));
        if (kind == Attested)
            return new ChainFact.Attested(position, Attestation(registry, words));
        if (kind == CaseRaised)
            return Raised(registry, position, Topic(topics, 1), words);
        if (kind == Voted)
            return new ChainFact.CaseVoted(position, Topic(topics, 1), Account(topics, 2), words.UInt64(0) == 1, words.Wei(1).Value);
        if (kind == CaseConfirmed || kind == CaseRejected)
            return new ChainFact.CaseDecided(position, Topic(topics, 1), kind == CaseConfirmed);
        if (kind == CaseExecuted)
            return new ChainFact.CaseExecuted(position, Topic(topics, 1), Account(topics, 2), words.Wei(0).Value);
        throw new FormatException($"the topic {kind} is not one of the registry's");
    }

    private static SignedAttestation Attestation(RegistryIdentity registry, AbiData words)
    {
        var said = new NavAttestation(
            new EpochId(words.UInt64(0)), words.UInt64(1), words.Hash(2), TaoPerToken.From(words.Wei(3).Value), words.Wei(4), words.Hash(5), words.Hash(6), words.Hash(7), words.Address(8));
        var digest = words.Hash(9);
        var (uids, count) = words.List(10);
        var (weights, weightCount) = words.List(11);
        if (count != weightCount)
            throw new FormatException($"{count} UIDs and {weightCount} weights");
        var pairs = new SubnetWeight[count];
        for (var i = 0; i < count; i++)
            pairs[i] = new SubnetWeight(Small(uids, i), Small(weights, i));
        var signature = words.Bytes(12);
        if (Eip712.Digest(said, registry) != digest)
            throw new FormatException($"the digest {digest} is not of these fields");
        if (Eip712.WeightsHash(pairs) != said.WeightsHash)
            throw new FormatException("the weights are not those that were signed");
        return Signature.TryParse(signature)?.Signer(digest) == said.Validator
            ? new SignedAttestation(said, digest, pairs, signature)
            : throw new FormatException($"the signature is not of {said.Validator}");
    }

    private static ChainFact.CaseRaised Raised(RegistryIdentity registry, Position position, Hash256 id, AbiData words)
    {
        var (digests, digestCount) = words.List(9);
        var (missed, missedCount) = words.List(10);
        var raised = new SlashCase(
            new EpochId(words.UInt64(1)),
            words.Address(2),
            (ViolationKinds)Byte(words, 3),
            (Severity)Byte(words, 4),
            words.UInt64(5),
            TaoPerToken.From(words.Wei(6).Value),
            words.Hash(7),
            words.Hash(8),
            [.. Enumerable.Range(0, digestCount).Select(digests.Hash)],
            [.. Enumerable.Range(0, missedCount).Select(i => new EpochId(missed.UInt64(i)))]);
        return raised.Id(registry, Keccak.Hash) == id
            ? new ChainFact.CaseRaised(position, id, raised, words.Address(0))
            : throw new FormatException($"the case {id} has other evidence");
    }

    private static byte Byte(AbiData words, int index) => words.UInt64(index) is var value and <= byte.MaxValue ? (byte)value : throw new FormatException($"word {index} is above 255");

    private static ushort Small(AbiData words, int index) => words.UInt64(index) is var value and <= ushort.MaxValue ? (ushort)value : throw new FormatException($"item {index} is above 65535");

    private static Hash256 Topic(IReadOnlyList<Hash256> topics, int index) => index < topics.Count ? topics[index] : throw new FormatException($"there is no topic {index}");

    private static Address Account(IReadOnlyList<Hash256> topics, int index) =>
        AbiWords.TryAddress(Topic(topics, index).ToBytes(), out var account) ? account : throw new FormatException($"topic {index} is no address");
}
