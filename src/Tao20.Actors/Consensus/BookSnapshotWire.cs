using System.Collections.Immutable;
using Tao20.Actors.Serialization;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>The book of validators in a snapshot.</summary>
internal static class BookSnapshotWire
{
    public static Wire.Book ToWire(ConsensusBook book)
    {
        var wire = new Wire.Book
        {
            ChainId = book.Registry.ChainId,
            Registry = Values.Bytes(book.Registry.Registry),
            RoundsOpened = book.RoundsOpened,
            UnpaidRao = book.Unpaid.Value,
        };
        wire.Validators.AddRange(book.Validators.Values.Select(ToWire));
        wire.Rounds.AddRange(book.Rounds.Select(ToWire));
        wire.Cases.AddRange(
            book.Cases.Select(progress => new Wire.CaseProgress
            {
                Id = Values.Bytes(progress.Id),
                Case = AttestationWire.ToWire(progress.Case),
                State = (uint)progress.State,
                Founded = progress.Founded,
                RaisedAt = progress.RaisedAt,
                ForWei = Values.Bytes(progress.For),
                AgainstWei = Values.Bytes(progress.Against),
                SlashedWei = Values.Bytes(progress.SlashedWei),
                Voted = Values.Bytes(progress.Voted),
            })
        );
        return wire;
    }

    public static ConsensusBook FromWire(Wire.Book wire) =>
        new(
            new RegistryIdentity(wire.ChainId, Values.Address(wire.Registry)),
            wire.Validators.Select(FromWire).ToImmutableSortedDictionary(record => record.Validator, record => record),
            [.. wire.Rounds.Select(FromWire)],
            [
                .. wire.Cases.Select(progress => new CaseProgress(
                    Values.Hash(progress.Id),
                    AttestationWire.FromWire(progress.Case),
                    (CaseState)progress.State,
                    progress.Founded,
                    progress.RaisedAt,
                    Values.UInt128(progress.ForWei),
                    Values.UInt128(progress.AgainstWei),
                    Values.UInt128(progress.SlashedWei),
                    Values.Addresses(progress.Voted)
                )),
            ],
            wire.RoundsOpened,
            new Rao(wire.UnpaidRao)
        );

    public static Wire.Validator ToWire(ValidatorRecord record)
    {
        var wire = new Wire.Validator
        {
            Account = Values.Bytes(record.Validator),
            Stake = Values.Bytes(record.Stake.Value),
            Level = (uint)record.Standing.Level,
            CleanRounds = record.Standing.CleanRounds,
            Before = (uint)record.Standing.Before,
            Rounds = record.Rounds,
            Agreed = record.Agreed,
            Violations = record.Violations,
            Slashes = record.Slashes,
            SlashedWei = Values.Bytes(record.SlashedWei),
        };
        wire.ViolationRounds.AddRange(record.ViolationRounds);
        wire.Attendance.AddRange(
            record.Attendance.Select(attendance => new Wire.Attendance { Epoch = attendance.Epoch.Value, Missed = attendance.Missed })
        );
        return wire;
    }

    public static ValidatorRecord FromWire(Wire.Validator wire) =>
        new(
            Values.Address(wire.Account),
            Values.Amount(wire.Stake),
            new Standing((StandingLevel)wire.Level, wire.CleanRounds, (StandingLevel)wire.Before),
            wire.Rounds,
            wire.Agreed,
            wire.Violations,
            wire.Slashes,
            Values.UInt128(wire.SlashedWei),
            [.. wire.ViolationRounds],
            [.. wire.Attendance.Select(attendance => new Attendance(new EpochId(attendance.Epoch), attendance.Missed))]
        );

    public static Wire.Round ToWire(Round round)
    {
        var wire = new Wire.Round
        {
            Epoch = round.Epoch.Value,
            Number = round.Number,
            LastBlock = round.LastBlock,
            LastBlockHash = Values.Bytes(round.LastBlockHash),
            Parameters = Values.Bytes(round.Parameters),
            Rules = ParametersWire.ToWire(round.Rules),
            ValidatorPoolRao = round.ValidatorPool.Value,
            State = (uint)round.State,
            Incompatible = Values.Bytes(round.Incompatible),
            Equivocated = Values.Bytes(round.Equivocated),
        };
        if (round.FirstAttestedAt is { } first)
            wire.FirstAttestedAt = first;
        wire.Eligible.AddRange(
            round.Eligible.Select(one => new Wire.EligibleValidator
            {
                Validator = Values.Bytes(one.Validator),
                Stake = Values.Bytes(one.Stake.Value),
            })
        );
        wire.Counted.AddRange(
            round.Counted.Select(counted => new Wire.CountedAttestation
            {
                Signed = AttestationWire.ToWire(counted.Signed),
                Stake = Values.Bytes(counted.Stake.Value),
            })
        );
        wire.Others.AddRange(round.Others.Select(AttestationWire.ToWire));
        return wire;
    }

    public static Round FromWire(Wire.Round wire) =>
        new(
            new EpochId(wire.Epoch),
            wire.Number,
            wire.LastBlock,
            Values.Hash(wire.LastBlockHash),
            Values.Hash(wire.Parameters),
            ParametersWire.FromWire(wire.Rules),
            new Rao(wire.ValidatorPoolRao),
            [.. wire.Eligible.Select(one => new EligibleValidator(Values.Address(one.Validator), Values.Amount(one.Stake)))],
            (RoundState)wire.State,
            wire.HasFirstAttestedAt ? wire.FirstAttestedAt : null,
            [
                .. wire.Counted.Select(counted => new CountedAttestation(
                    AttestationWire.FromWire(counted.Signed),
                    Values.Amount(counted.Stake)
                )),
            ],
            [.. wire.Others.Select(AttestationWire.FromWire)],
            Values.Addresses(wire.Incompatible),
            Values.Addresses(wire.Equivocated)
        );

    // ---- parts --------------------------------------------------------------------------------------------------------------------
}
