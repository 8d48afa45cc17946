using Google.Protobuf;
using Tao20.Actors.Journal;
using Tao20.Actors.Serialization;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Miners;

/// <summary>The miners' messages, events and snapshots, to and from their wire form.</summary>
internal static class MinerWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<FoldBatch, Wire.FoldBatch>("fold-batch", ToWire, FromWire),
        WireForm.Of<FoldAcknowledged, Wire.FoldAcknowledged>("fold-ack", ToWire, FromWire),
        WireForm.Of<BeginningWanted, Wire.BeginningWanted>("beginning-wanted", ToWire, FromWire),
        WireForm.Of<HistoryMissing, Wire.HistoryMissing>("history-missing", ToWire, FromWire),
        WireForm.Of<FoldDiverged, Wire.FoldDiverged>("fold-diverged", ToWire, FromWire),
        WireForm.Of<FoldFailed, Wire.FoldFailed>("fold-failed", ToWire, FromWire),
        WireForm.Of<GetEpochVolume, Wire.GetEpochVolume>("get-epoch-volume", ToWire, FromWire),
        WireForm.Of<GetMinerSummary, Wire.GetMinerSummary>("get-miner-summary", ToWire, FromWire),
        WireForm.Of<EpochVolume, Wire.EpochVolume>("epoch-volume", ToWire, FromWire),
        WireForm.Of<MinerSummary, Wire.MinerSummary>("miner-summary", ToWire, FromWire),
        WireForm.Of<TradesFolded, Wire.TradesFolded>("trades-folded", ToWire, FromWire),
        WireForm.Of<MinerVolumeSnapshot, Wire.MinerVolume>("miner-volume", ToWire, FromWire),
    ];

    public static Wire.FoldBatch ToWire(FoldBatch batch) =>
        new()
        {
            Range = batch.Range,
            Part = batch.Part,
            Rules = ParametersWire.ToWire(batch.Trades.Rules),
            Trades = TradeColumns.ToWire(batch.Miner, batch.Trades.Trades.Span),
            HasCounter = batch.Trades.Counter is not null,
            CounterBefore = Values.Bytes(batch.Trades.Counter?.Before ?? 0),
            CounterAfter = Values.Bytes(batch.Trades.Counter?.After ?? 0),
            HasBegan = batch.Trades.Began is not null,
            Began = Values.Bytes(batch.Trades.Began ?? 0),
        };

    public static FoldBatch FromWire(Wire.FoldBatch batch)
    {
        var (miner, trades) = TradeColumns.FromWire(batch.Trades);
        ChainCounter? counter = batch.HasCounter
            ? new ChainCounter(Values.UInt128(batch.CounterBefore), Values.UInt128(batch.CounterAfter))
            : null;
        return new FoldBatch(
            batch.Range,
            batch.Part,
            new FoldTrades(miner, ParametersWire.FromWire(batch.Rules), trades, counter)
            {
                Began = batch.HasBegan ? Values.UInt128(batch.Began) : null,
            }
        );
    }

    public static Wire.BeginningWanted ToWire(BeginningWanted wanted) =>
        new()
        {
            Range = wanted.Range,
            Part = wanted.Part,
            Miner = Values.Bytes(wanted.Miner),
            ChainWei = Values.Bytes(wanted.ChainWei),
        };

    public static BeginningWanted FromWire(Wire.BeginningWanted wire) =>
        new(wire.Range, wire.Part, Values.Address(wire.Miner), Values.UInt128(wire.ChainWei));

    public static Wire.HistoryMissing ToWire(HistoryMissing missing) =>
        new()
        {
            Range = missing.Range,
            Miner = Values.Bytes(missing.Miner),
            ChainWei = Values.Bytes(missing.ChainWei),
            BeganWei = Values.Bytes(missing.BeganWei),
            Before = Values.Position(missing.Before),
        };

    public static HistoryMissing FromWire(Wire.HistoryMissing wire) =>
        new(
            wire.Range,
            Values.Address(wire.Miner),
            Values.UInt128(wire.ChainWei),
            Values.UInt128(wire.BeganWei),
            Values.Position(wire.Before)
        );

    public static Wire.TradesFolded ToWire(TradesFolded folded)
    {
        var verdicts = folded.Verdicts.Span;
        var kinds = new byte[verdicts.Length];
        var matches = new List<byte>();
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = (byte)verdicts[i].Kind;
            if (verdicts[i].Kind == VerdictKind.RoundTrip)
                matches.Add(verdicts[i].Match);
        }

        return new Wire.TradesFolded
        {
            Rules = ParametersWire.ToWire(folded.Rules),
            Trades = TradeColumns.ToWire(folded.Trades.Span[0].Miner, folded.Trades.Span),
            Verdicts = UnsafeByteOperations.UnsafeWrap(kinds),
            Matches = ByteString.CopyFrom([.. matches]),
            HasBaseline = folded.Baseline is not null,
            Baseline = Values.Bytes(folded.Baseline ?? 0),
        };
    }

    public static TradesFolded FromWire(Wire.TradesFolded folded)
    {
        var (_, trades) = TradeColumns.FromWire(folded.Trades);
        var kinds = folded.Verdicts.Span;
        var matches = folded.Matches.Span;
        if (kinds.Length != trades.Length || matches.Length != kinds.Count((byte)VerdictKind.RoundTrip))
            throw new InvalidDataException("The verdicts of a batch do not fit its trades.");
        var verdicts = new Verdict[kinds.Length];
        var match = 0;
        for (var i = 0; i < verdicts.Length; i++)
            verdicts[i] = new Verdict((VerdictKind)kinds[i], (VerdictKind)kinds[i] == VerdictKind.RoundTrip ? matches[match++] : (byte)0);
        return new TradesFolded(
            ParametersWire.FromWire(folded.Rules),
            trades,
            verdicts,
            folded.HasBaseline ? Values.UInt128(folded.Baseline) : null
        );
    }

    public static Wire.FoldAcknowledged ToWire(FoldAcknowledged message) =>
        new()
        {
            Range = message.Range,
            Part = message.Part,
            Miner = Values.Bytes(message.Miner),
        };

    public static FoldAcknowledged FromWire(Wire.FoldAcknowledged message) =>
        new(message.Range, message.Part, Values.Address(message.Miner));

    public static Wire.FoldDiverged ToWire(FoldDiverged message) =>
        new()
        {
            Range = message.Range,
            Miner = Values.Bytes(message.Miner),
            ChainWei = Values.Bytes(message.ChainWei),
            FoldWei = Values.Bytes(message.FoldWei),
            After = Values.Position(message.After),
            Gap = GapWire.ToWire(message.Gap),
        };

    public static FoldDiverged FromWire(Wire.FoldDiverged message) =>
        new(
            message.Range,
            Values.Address(message.Miner),
            Values.UInt128(message.ChainWei),
            Values.UInt128(message.FoldWei),
            Values.Position(message.After),
            GapWire.FromWire(message.Gap)
        );

    public static Wire.FoldFailed ToWire(FoldFailed message) =>
        new()
        {
            Range = message.Range,
            Miner = Values.Bytes(message.Miner),
            Problem = (int)message.Problem,
            Reason = message.Reason,
        };

    public static FoldFailed FromWire(Wire.FoldFailed message) =>
        new(message.Range, Values.Address(message.Miner), (JournalProblem)message.Problem, message.Reason);

    public static Wire.GetEpochVolume ToWire(GetEpochVolume message) =>
        new() { Miner = Values.Bytes(message.Miner), Epoch = message.Epoch.Value };

    public static GetEpochVolume FromWire(Wire.GetEpochVolume message) => new(Values.Address(message.Miner), new EpochId(message.Epoch));

    public static Wire.GetMinerSummary ToWire(GetMinerSummary message) =>
        new() { Miner = Values.Bytes(message.Miner), Epoch = message.Epoch.Value };

    public static GetMinerSummary FromWire(Wire.GetMinerSummary message) => new(Values.Address(message.Miner), new EpochId(message.Epoch));

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
            RoundTrip = Values.Tally(volume.RoundTrip),
            MostFrequentAmount = volume.MostFrequentAmount,
            FirstTradeHour = volume.FirstTradeHour,
            LastHour = volume.Hourly.LastHour,
        };
        wire.Hours.AddRange(volume.Hourly.NonEmpty().Select(hour => new Wire.HourWei { Hour = hour.Hour, Wei = Values.Bytes(hour.Wei) }));
        return wire;
    }

    public static EpochVolume FromWire(Wire.EpochVolume volume) =>
        new(
            Values.Address(volume.Miner),
            new EpochId(volume.Epoch),
            Values.UInt128(volume.MintEligible),
            Values.UInt128(volume.RedeemEligible),
            Values.Tally(volume.Eligible),
            Values.Tally(volume.Dust),
            Values.Tally(volume.Burst),
            Values.Tally(volume.RoundTrip),
            volume.MostFrequentAmount,
            volume.FirstTradeHour,
            HourlyVolume.Restore(volume.LastHour, volume.Hours.Select(hour => (hour.Hour, Values.UInt128(hour.Wei))))
        );

    public static Wire.MinerSummary ToWire(MinerSummary summary)
    {
        var wire = new Wire.MinerSummary
        {
            Miner = Values.Bytes(summary.Miner),
            Position = summary.Position is { } position ? Values.Position(position) : null,
            LifetimeWei = Values.Bytes(summary.LifetimeWei),
            LifetimeEligibleWei = Values.Bytes(summary.LifetimeEligibleWei),
            HasBaseline = summary.Baseline is not null,
            Baseline = Values.Bytes(summary.Baseline ?? 0),
            Mints = Values.Tally(summary.Mints),
            Redemptions = Values.Tally(summary.Redemptions),
            Epoch = ToWire(summary.Epoch),
        };
        wire.Exclusions.AddRange(summary.Exclusions.Select(ToWire));
        return wire;
    }

    public static MinerSummary FromWire(Wire.MinerSummary summary) =>
        new(
            Values.Address(summary.Miner),
            summary.Position is { } position ? Values.Position(position) : null,
            Values.UInt128(summary.LifetimeWei),
            Values.UInt128(summary.LifetimeEligibleWei),
            summary.HasBaseline ? Values.UInt128(summary.Baseline) : null,
            Values.Tally(summary.Mints),
            Values.Tally(summary.Redemptions),
            FromWire(summary.Epoch),
            [.. summary.Exclusions.Select(FromWire)]
        );

    public static Wire.MinerVolume ToWire(MinerVolumeSnapshot snapshot)
    {
        var wire = new Wire.MinerVolume
        {
            Miner = Values.Bytes(snapshot.Miner),
            Position = snapshot.Position is { } position ? Values.Position(position) : null,
            LastTimestamp = snapshot.LastTimestamp,
            HasBaseline = snapshot.Baseline is not null,
            Baseline = Values.Bytes(snapshot.Baseline ?? 0),
            Mints = Values.Tally(snapshot.Mints),
            Redemptions = Values.Tally(snapshot.Redemptions),
            LifetimeEligible = Values.Bytes(snapshot.LifetimeEligible),
            Open = ToWire(snapshot.Open),
        };
        wire.Burst.AddRange(snapshot.Burst);
        wire.Candidates.AddRange(
            snapshot.Candidates.Select(candidate => new Wire.Candidate
            {
                Tokens = Values.Bytes(candidate.Tokens),
                Timestamp = candidate.Timestamp,
                Side = (int)candidate.Side,
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
            snapshot.Position is { } position ? Values.Position(position) : null,
            snapshot.LastTimestamp,
            snapshot.HasBaseline ? Values.UInt128(snapshot.Baseline) : null,
            Values.Tally(snapshot.Mints),
            Values.Tally(snapshot.Redemptions),
            Values.UInt128(snapshot.LifetimeEligible),
            [.. snapshot.Burst],
            [
                .. snapshot.Candidates.Select(candidate => new Candidate(
                    Values.UInt128(candidate.Tokens),
                    candidate.Timestamp,
                    (TradeSide)candidate.Side
                )),
            ],
            FromWire(snapshot.Open),
            [.. snapshot.Uniform.Select(counter => (Values.UInt128(counter.Amount), counter.Count))],
            [.. snapshot.Closed.Select(FromWire)],
            [.. snapshot.Exclusions.Select(FromWire)]
        );

    private static Wire.Exclusion ToWire(Exclusion exclusion) =>
        new()
        {
            Position = Values.Position(exclusion.Position),
            Epoch = exclusion.Epoch.Value,
            Reason = (int)exclusion.Reason,
            Value = Values.Bytes(exclusion.Value.Value),
            Timestamp = exclusion.Timestamp,
        };

    private static Exclusion FromWire(Wire.Exclusion exclusion) =>
        new(
            Values.Position(exclusion.Position),
            new EpochId(exclusion.Epoch),
            (VerdictKind)exclusion.Reason,
            Wei.From(Values.UInt128(exclusion.Value)),
            exclusion.Timestamp
        );
}
