using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Tao20.Actors.Serialization;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>The book of validators in a snapshot. Statements that are the same stand in it once.</summary>
internal static class RegistryBookWire
{
    public static Wire.RegistryBook ToWire(RegistryBook book)
    {
        var wire = new Wire.RegistryBook
        {
            Rules = book.Rules is { } rules ? ToWire(rules) : null,
            RoundCount = book.RoundCount,
            Newest = book.Newest is { } newest ? ToWire(newest) : null,
            UnpaidRao = book.Unpaid.Value,
        };
        wire.Validators.AddRange(book.Validators.Select(one => ToWire(one.Key, one.Value)));
        wire.Rounds.AddRange(book.Rounds.Select(ToWire));
        wire.Schedule.AddRange(
            book.Parameters.Schedule.Select(one => new Wire.ScheduledParameters
            {
                Version = one.Version,
                FromEpoch = one.FromEpoch.Value,
                Text = RegistryWire.Bytes(one.Text),
            })
        );
        wire.Proposals.AddRange(book.Parameters.Proposals.Select(ToWire));
        return wire;
    }

    public static RegistryBook FromWire(Wire.RegistryBook wire) =>
        new(
            wire.Rules is { } rules ? FromWire(rules) : null,
            wire.Validators.ToImmutableSortedDictionary(one => Values.Address(one.Validator), FromWire),
            [.. wire.Rounds.Select(FromWire)],
            wire.RoundCount,
            wire.Newest is { } newest ? FromWire(newest) : null,
            new Rao(wire.UnpaidRao),
            new ParameterBook(
                [
                    .. wire.Schedule.Select(one => new ScheduledParameters(
                        one.Version,
                        new EpochId(one.FromEpoch),
                        RegistryWire.Text(one.Text)
                    )),
                ],
                [.. wire.Proposals.Select(FromWire)]
            )
        );

    public static Wire.RegistryRules ToWire(RegistryRules rules) =>
        new()
        {
            MinStake = Values.Bytes(rules.MinStake.Value),
            MinAttesters = rules.MinAttesters,
            CommitSeconds = rules.CommitSeconds,
            RevealSeconds = rules.RevealSeconds,
            EvidenceSeconds = rules.EvidenceSeconds,
            UnbondingSeconds = rules.UnbondingSeconds,
            DormantRounds = rules.DormantRounds,
            ProposalDeposit = Values.Bytes(rules.ProposalDeposit.Value),
            Treasury = Values.Bytes(rules.Treasury),
        };

    public static RegistryRules FromWire(Wire.RegistryRules wire) =>
        new(
            Values.Amount(wire.MinStake),
            wire.MinAttesters,
            wire.CommitSeconds,
            wire.RevealSeconds,
            wire.EvidenceSeconds,
            wire.UnbondingSeconds,
            wire.DormantRounds,
            Values.Amount(wire.ProposalDeposit),
            Values.Address(wire.Treasury)
        );

    public static Wire.RegistryAccount ToWire(RegistryAccount account) =>
        new()
        {
            Bond = Values.Bytes(account.Bond.Value),
            Leaving = Values.Bytes(account.Leaving.Value),
            LeavesAt = account.LeavesAt,
            Attester = account.Attester is { } attester ? Values.Bytes(attester) : ByteString.Empty,
            Dormant = account.IsDormant,
            LastSeen = account.LastSeen,
        };

    public static RegistryAccount FromWire(Wire.RegistryAccount wire) =>
        new(
            Values.Amount(wire.Bond),
            Values.Amount(wire.Leaving),
            wire.LeavesAt,
            wire.Attester.IsEmpty ? null : Values.Address(wire.Attester),
            wire.Dormant,
            wire.LastSeen
        );

    public static Wire.ProposedFact ToWire(long number, Address proposer, EpochId fromEpoch, string text, Hash256 key) =>
        new()
        {
            Number = number,
            Proposer = Values.Bytes(proposer),
            FromEpoch = fromEpoch.Value,
            Text = RegistryWire.Bytes(text),
            Key = Values.Bytes(key),
        };

    private static Wire.RegistryValidator ToWire(Address validator, RegistryValidator one)
    {
        var wire = new Wire.RegistryValidator
        {
            Validator = Values.Bytes(validator),
            Account = ToWire(one.Account),
            Stake = ToWire(one.Stake),
            Bonded = ToWire(one.Bonded),
            Level = (uint)one.Standing.Level,
            CleanRounds = one.Standing.CleanRounds,
            Rounds = one.Rounds,
            Agreed = one.Agreed,
            Deviations = one.Deviations,
            Slashes = one.Slashes,
            SlashedWei = Values.Bytes(one.SlashedWei),
            LastEligible = one.LastEligible,
        };
        wire.Missed.AddRange(one.Missed);
        return wire;
    }

    private static RegistryValidator FromWire(Wire.RegistryValidator wire) =>
        new(
            FromWire(wire.Account),
            FromWire(wire.Stake),
            FromWire(wire.Bonded),
            new ValidatorStanding((StandingLevel)wire.Level, wire.CleanRounds),
            wire.Rounds,
            wire.Agreed,
            wire.Deviations,
            wire.Slashes,
            Values.UInt128(wire.SlashedWei),
            [.. wire.Missed],
            wire.LastEligible
        );

    private static Wire.StakePoint ToWire(StakePoint point) =>
        new()
        {
            Before = Values.Bytes(point.Before),
            Since = point.Since,
            Now = Values.Bytes(point.Now),
        };

    private static StakePoint FromWire(Wire.StakePoint wire) => new(Values.UInt128(wire.Before), wire.Since, Values.UInt128(wire.Now));

    private static IEnumerable<Wire.ValidatorStake> ToWire(ImmutableSortedDictionary<Address, UInt128> stakes) =>
        stakes.Select(one => new Wire.ValidatorStake { Validator = Values.Bytes(one.Key), Stake = Values.Bytes(one.Value) });

    private static ImmutableSortedDictionary<Address, UInt128> FromWire(RepeatedField<Wire.ValidatorStake> stakes) =>
        stakes.ToImmutableSortedDictionary(one => Values.Address(one.Validator), one => Values.UInt128(one.Stake));

    private static Wire.NewestEpoch ToWire(NewestEpoch newest)
    {
        var wire = new Wire.NewestEpoch
        {
            Epoch = newest.Epoch.Value,
            ClosedAt = newest.ClosedAt,
            PoolRao = newest.Pool.Value,
            Eligible = Values.Bytes(newest.Eligible),
        };
        wire.Stakes.AddRange(ToWire(newest.Stakes));
        return wire;
    }

    private static NewestEpoch FromWire(Wire.NewestEpoch wire) =>
        new(new EpochId(wire.Epoch), wire.ClosedAt, new Rao(wire.PoolRao), FromWire(wire.Stakes), Values.UInt128(wire.Eligible));

    private static Wire.RegistryRound ToWire(RegistryRound round)
    {
        var wire = new Wire.RegistryRound
        {
            Number = round.Number,
            Epoch = round.Epoch.Value,
            ClosedAt = round.ClosedAt,
            Eligible = Values.Bytes(round.Eligible),
            Settled = Bytes(round.SettledHash),
            Over = round.IsOver,
            SettledAt = round.SettledAt,
        };
        wire.Stakes.AddRange(ToWire(round.Stakes));
        wire.Entries.AddRange(
            round.Entries.Select(one => new Wire.RoundEntry
            {
                Validator = Values.Bytes(one.Key),
                Commitment = Bytes(one.Value.Commitment),
                Hash = Bytes(one.Value.Hash),
                Punished = (uint)one.Value.Punished,
                PayoutRao = one.Value.Payout.Value,
            })
        );
        wire.Statements.AddRange(
            round
                .Entries.Values.Where(entry => entry.Hash is not null)
                .DistinctBy(entry => entry.Hash)
                .Select(entry => new Wire.HashedStatement { Hash = Bytes(entry.Hash), Stated = RegistryWire.ToWire(entry.Stated!) })
        );
        return wire;
    }

    private static RegistryRound FromWire(Wire.RegistryRound wire)
    {
        var statements = wire.Statements.ToDictionary(one => Values.Hash(one.Hash), one => RegistryWire.FromWire(one.Stated));
        return new(
            wire.Number,
            new EpochId(wire.Epoch),
            wire.ClosedAt,
            Values.UInt128(wire.Eligible),
            FromWire(wire.Stakes),
            wire.Entries.ToImmutableSortedDictionary(
                one => Values.Address(one.Validator),
                one =>
                {
                    var hash = HashOf(one.Hash);
                    return new RoundEntry(
                        HashOf(one.Commitment),
                        hash,
                        hash is { } stated ? statements[stated] : null,
                        (Severity)one.Punished,
                        new Rao(one.PayoutRao)
                    );
                }
            ),
            HashOf(wire.Settled),
            wire.Over
        )
        {
            SettledAt = wire.SettledAt,
        };
    }

    private static Wire.ProposedParameters ToWire(ProposedParameters one)
    {
        var wire = new Wire.ProposedParameters
        {
            Proposed = ToWire(one.Number, one.Proposer, one.FromEpoch, one.Text, one.Key),
            Epoch = one.Epoch.Value,
            Version = one.Version,
        };
        wire.Endorsers.AddRange(ToWire(one.Endorsers));
        return wire;
    }

    private static ProposedParameters FromWire(Wire.ProposedParameters wire) =>
        new(
            wire.Proposed.Number,
            Values.Address(wire.Proposed.Proposer),
            new EpochId(wire.Proposed.FromEpoch),
            RegistryWire.Text(wire.Proposed.Text),
            Values.Hash(wire.Proposed.Key),
            new EpochId(wire.Epoch),
            wire.Version,
            FromWire(wire.Endorsers)
        );

    private static ByteString Bytes(Hash256? hash) => hash is { } value ? Values.Bytes(value) : ByteString.Empty;

    private static Hash256? HashOf(ByteString bytes) => bytes.IsEmpty ? null : Values.Hash(bytes);
}
