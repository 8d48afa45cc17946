using System.Numerics;
using System.Text;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>The logs of a ValidatorRegistry, and the facts they are (source: Contracts/Registry).</summary>
public static class RegistryFacts
{
    private delegate RegistryFact Reader(ulong time, IReadOnlyList<Hash256> topics, ReadOnlyMemory<byte> data);

    private static readonly Dictionary<Hash256, Reader> Readers = new([
        Reads<RegistryCreatedEvent>(Of),
        Reads<RegistryBondedEvent>(Of),
        Reads<RegistryUnbondingEvent>(Of),
        Reads<RegistryWithdrawnEvent>((time, e) => new RegistryFact.Withdrawn(time, Account(e.Validator))),
        Reads<RegistryAttesterSetEvent>((time, e) => new RegistryFact.AttesterSet(time, Account(e.Validator), Account(e.Attester))),
        Reads<RegistryDormantEvent>((time, e) => new RegistryFact.Dormant(time, Account(e.Validator))),
        Reads<RegistryAwakeEvent>((time, e) => new RegistryFact.Awake(time, Account(e.Validator))),
        Reads<RegistryRoundOpenedEvent>(Of),
        Reads<RegistryCommittedEvent>(Of),
        Reads<RegistryCommitmentVoidedEvent>((time, e) => new RegistryFact.CommitmentVoided(time, Small(e.Number), Account(e.Validator))),
        Reads<RegistryAttestedEvent>(Of),
        Reads<RegistrySettledEvent>((time, e) => new RegistryFact.Settled(time, Small(e.Number), new Hash256(e.Hash))),
        Reads<RegistrySlashedEvent>(Of),
        Reads<RegistryProposedEvent>(Of),
        Reads<RegistryEndorsedEvent>((time, e) => new RegistryFact.Endorsed(time, Small(e.Number), Account(e.Validator), Wide(e.Stake))),
        Reads<RegistryAdoptedEvent>((time, e) => new RegistryFact.ProposalEnded(time, Small(e.Number))),
        Reads<RegistryLapsedEvent>((time, e) => new RegistryFact.ProposalEnded(time, Small(e.Number))),
        Reads<RegistryParametersScheduledEvent>(
            (time, e) => new RegistryFact.ParametersScheduled(time, Small(e.Version), Epoch(e.FromEpoch), Text(e.Text))
        ),
    ]);

    /// <summary>All topics that are read.</summary>
    public static IReadOnlyCollection<Hash256> Topics => Readers.Keys;

    /// <summary>The fact that a log of a registry is.</summary>
    /// <param name="time">The time of its block, in seconds.</param>
    /// <param name="topics">Its topics, the first of them one of <see cref="Topics"/>.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="FormatException">It is none, or contradicts itself: a statement and its hash, weights and theirs.</exception>
    public static RegistryFact Decode(ulong time, IReadOnlyList<Hash256> topics, ReadOnlyMemory<byte> data) =>
        Readers.TryGetValue(topics[0], out var read)
            ? read(time, topics, data)
            : throw new FormatException($"the topic {topics[0]} is not one of the registry's");

    private static KeyValuePair<Hash256, Reader> Reads<TEvent>(Func<ulong, TEvent, RegistryFact> of)
        where TEvent : IEventDTO, new() =>
        new(EventReader.Topic<TEvent>(), (time, topics, data) => of(time, EventReader.Read<TEvent>(topics, data)));

    private static RegistryFact.Created Of(ulong time, RegistryCreatedEvent e) =>
        new(
            time,
            new RegistryRules(
                Amount(e.Rules.MinStake),
                (int)Small(e.Rules.MinAttesters),
                (ulong)Small(e.Rules.CommitSeconds),
                (ulong)Small(e.Rules.RevealSeconds),
                (ulong)Small(e.Rules.EvidenceSeconds),
                (ulong)Small(e.Rules.UnbondingSeconds),
                (int)Small(e.Rules.DormantRounds),
                Amount(e.Rules.ProposalDeposit),
                Account(e.Rules.Treasury)
            )
        );

    private static RegistryFact.Bonded Of(ulong time, RegistryBondedEvent e)
    {
        var attester = Account(e.Account.Attester);
        return new(
            time,
            Account(e.Validator),
            new RegistryAccount(
                Amount(e.Account.Bond),
                Amount(e.Account.Leaving),
                e.Account.LeavesAt,
                attester == default ? null : attester,
                e.Account.Dormant,
                e.Account.LastSeen
            )
        );
    }

    private static RegistryFact.Unbonding Of(ulong time, RegistryUnbondingEvent e) =>
        new(time, Account(e.Validator), Amount(e.Bond), Amount(e.Leaving), (ulong)Small(e.LeavesAt));

    private static RegistryFact.RoundOpened Of(ulong time, RegistryRoundOpenedEvent e) =>
        new(time, Small(e.Number), Epoch(e.Epoch), (ulong)Small(e.ClosedAt), Wide(e.Eligible));

    private static RegistryFact.Committed Of(ulong time, RegistryCommittedEvent e) =>
        new(time, Small(e.Number), Account(e.Validator), new Hash256(e.Commitment));

    private static RegistryFact.Attested Of(ulong time, RegistryAttestedEvent e)
    {
        var said = e.Stated.Statement;
        var statement = new Statement(
            Epoch(said.Epoch),
            said.BlockNumber,
            new Hash256(said.BlockHash),
            TaoPerToken.From(Amount(said.Nav).Value),
            Amount(said.TotalSupply),
            new Hash256(said.RankingRoot),
            new Hash256(said.WeightsHash),
            new Hash256(said.Parameters)
        );
        if (e.Stated.Uids.Count != e.Stated.Weights.Count)
            throw new FormatException($"{e.Stated.Uids.Count} UIDs and {e.Stated.Weights.Count} weights");
        IReadOnlyList<SubnetWeight> weights = [.. e.Stated.Uids.Zip(e.Stated.Weights, (uid, weight) => new SubnetWeight(uid, weight))];
        var hash = new Hash256(e.Hash);
        if (Commitments.StatementHash(statement) != hash)
            throw new FormatException($"the hash {hash} is not of these fields");
        if (Eip712.WeightsHash(weights) != statement.WeightsHash)
            throw new FormatException("the weights are not those that were stated");
        return new(time, Small(e.Number), Account(e.Validator), hash, Wide(e.Stake), new Stated(statement, weights));
    }

    private static RegistryFact.Slashed Of(ulong time, RegistrySlashedEvent e) =>
        new(time, Small(e.Number), Account(e.Validator), (Severity)e.Grade, Wide(e.FromLeaving), Wide(e.FromBond));

    private static RegistryFact.Proposed Of(ulong time, RegistryProposedEvent e) =>
        new(time, Small(e.Number), Account(e.Proposer), Epoch(e.FromEpoch), Text(e.Text), new Hash256(e.Key));

    private static Address Account(string address) => Address.Parse(address);

    /// <summary>A character for each byte, whatever it is: a text that is not canonical has a hash, too.</summary>
    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static Wei Amount(BigInteger wei) =>
        wei <= Wei.Max ? Wei.From((UInt128)wei) : throw new FormatException($"{wei} wei is above 2^96");

    private static UInt128 Wide(BigInteger wei) =>
        wei <= (BigInteger)UInt128.MaxValue ? (UInt128)wei : throw new FormatException($"{wei} wei is above 2^128");

    private static long Small(BigInteger number) =>
        number <= long.MaxValue ? (long)number : throw new FormatException($"{number} is above 2^63");

    private static EpochId Epoch(BigInteger number) => new((ulong)Small(number));
}
