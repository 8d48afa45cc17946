using Tao20.Actors.Serialization;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Miners;

/// <summary>What a miner's volume is made of, to and from its wire form.</summary>
internal static class MinerVolumeWire
{
    public static Wire.EpochVolume ToWire(EpochVolume volume)
    {
        var wire = new Wire.EpochVolume
        {
            Miner = Values.Bytes(volume.Miner),
            Epoch = volume.Epoch.Value,
            MintEligible = Values.Bytes(volume.MintEligible),
            RedeemEligible = Values.Bytes(volume.RedeemEligible),
            Eligible = Values.Tally(volume.Eligible),
            Dust = Values.Tally(volume.Dust),
            Burst = Values.Tally(volume.Burst),
            Cancelled = Values.Tally(volume.Cancelled),
            Slots = volume.Slots,
            MostFrequentAmount = volume.MostFrequentAmount,
            FirstTradeHour = volume.FirstTradeHour,
            LastHour = volume.Hourly.LastHour,
            Head = Values.Bytes(volume.Head),
        };
        wire.Hours.AddRange(volume.Hourly.NonEmpty().Select(hour => new Wire.HourWei { Hour = hour.Hour, Wei = Values.Bytes(hour.Wei) }));
        return wire;
    }

    public static EpochVolume FromWire(Wire.EpochVolume wire)
    {
        var volume = new EpochVolume(
            Values.Address(wire.Miner),
            new EpochId(wire.Epoch),
            Values.UInt128(wire.MintEligible),
            Values.UInt128(wire.RedeemEligible),
            Values.Tally(wire.Eligible),
            Values.Tally(wire.Dust),
            Values.Tally(wire.Burst),
            wire.Cancelled is { } cancelled ? Values.Tally(cancelled) : default,
            wire.Slots,
            wire.MostFrequentAmount,
            wire.FirstTradeHour,
            HourlyVolume.Restore(wire.LastHour, wire.Hours.Select(hour => (hour.Hour, Values.UInt128(hour.Wei))))
        )
        {
            Head = Values.HashOrNull(wire.Head),
        };
        return wire.RoundTrip is { } halved ? volume.WithHalved(Values.Tally(halved)) : volume;
    }

    public static Wire.MinerVolume ToWire(MinerVolumeSnapshot snapshot)
    {
        var wire = new Wire.MinerVolume
        {
            Miner = Values.Bytes(snapshot.Miner),
            Position = Values.PositionOrNull(snapshot.Position),
            LastTimestamp = snapshot.LastTimestamp,
            HasBaseline = snapshot.Baseline is not null,
            Baseline = Values.Bytes(snapshot.Baseline ?? 0),
            Mints = Values.Tally(snapshot.Mints),
            Redemptions = Values.Tally(snapshot.Redemptions),
            LifetimeEligible = Values.Bytes(snapshot.LifetimeEligible),
            Open = ToWire(snapshot.Open),
            Slots = new Wire.FrequencySlots
            {
                Seconds = snapshot.Slots.Seconds,
                LeastWei = Values.Bytes(snapshot.Slots.LeastWei.Value),
                Final = snapshot.Slots.Final,
                Last = snapshot.Slots.Last,
            },
            Head = Values.Bytes(snapshot.Head),
        };
        wire.Burst.AddRange(snapshot.Burst);
        wire.Candidates.AddRange(
            snapshot.Candidates.Select(candidate => new Wire.Candidate
            {
                Tokens = Values.Bytes(candidate.Tokens),
                Timestamp = candidate.Timestamp,
                Side = (int)candidate.Side,
                Left = Values.Bytes(candidate.Left),
                Value = Values.Bytes(candidate.Value.Value),
                Epoch = candidate.Epoch.Value,
            })
        );
        wire.Uniform.AddRange(
            snapshot.Uniform.Select(counter => new Wire.AmountCount { Amount = Values.Bytes(counter.Amount), Count = counter.Count })
        );
        wire.Closed.AddRange(snapshot.Closed.Select(ToWire));
        wire.Exclusions.AddRange(snapshot.Exclusions.Select(ToWire));
        return wire;
    }

    public static MinerVolumeSnapshot FromWire(Wire.MinerVolume snapshot) =>
        new(
            Values.Address(snapshot.Miner),
            Values.PositionOrNull(snapshot.Position),
            snapshot.LastTimestamp,
            snapshot.HasBaseline ? Values.UInt128(snapshot.Baseline) : null,
            Values.Tally(snapshot.Mints),
            Values.Tally(snapshot.Redemptions),
            Values.UInt128(snapshot.LifetimeEligible),
            [.. snapshot.Burst],
            [
                .. snapshot
                    .Candidates.Where(candidate => !candidate.Left.IsEmpty)
                    .Select(candidate => new Candidate(
                        Values.UInt128(candidate.Tokens),
                        Values.UInt128(candidate.Left),
                        Values.Amount(candidate.Value),
                        candidate.Timestamp,
                        new EpochId(candidate.Epoch),
                        (TradeSide)candidate.Side
                    )),
            ],
            FromWire(snapshot.Open),
            snapshot.Slots is { } slots
                ? new FrequencySlots(slots.Seconds, Values.Amount(slots.LeastWei), slots.Final, slots.Last)
                : default,
            [.. snapshot.Uniform.Select(counter => (Values.UInt128(counter.Amount), counter.Count))],
            [.. snapshot.Closed.Select(FromWire)],
            [.. snapshot.Exclusions.Select(FromWire)],
            Values.HashOrNull(snapshot.Head)
        );

    public static Wire.Exclusion ToWire(Exclusion exclusion) =>
        new()
        {
            Position = Values.Position(exclusion.Position),
            Epoch = exclusion.Epoch.Value,
            Reason = (int)exclusion.Reason,
            Value = Values.Bytes(exclusion.Value.Value),
            Timestamp = exclusion.Timestamp,
            Tokens = Values.Bytes(exclusion.Tokens),
            Uncounted = Values.Bytes(exclusion.Uncounted),
            UncountedBefore = Values.Bytes(exclusion.UncountedBefore),
        };

    public static Exclusion FromWire(Wire.Exclusion wire)
    {
        var (reason, value) = ((VerdictKind)wire.Reason, Values.Amount(wire.Value));

        // What is excluded and worth anything has something that does not count: where that is not said, an earlier version has written it.
        var uncounted = wire.Uncounted.IsEmpty
            ? value.Value - (reason == VerdictKind.Halved ? value.Value / 2 : 0)
            : Values.UInt128(wire.Uncounted);
        return new Exclusion(
            Values.Position(wire.Position),
            new EpochId(wire.Epoch),
            reason,
            value,
            wire.Timestamp,
            Values.UInt128(wire.Tokens),
            uncounted,
            Values.UInt128(wire.UncountedBefore)
        );
    }
}
