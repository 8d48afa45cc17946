using Google.Protobuf;
using Tao20.Actors.Journal;
using Tao20.Actors.Serialization;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Miners;

/// <summary>The miners' messages, events and snapshots, to and from their wire form.</summary>
internal static class MinerWire
{
    /// <summary>In the byte of a verdict: some of its tokens cancel out, and how many is said.</summary>
    private const byte CancelsOut = 0x80;

    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<FoldBatch, Wire.FoldBatch>("fold-batch", ToWire, FromWire),
        WireForm.Of<FoldAcknowledged, Wire.FoldAcknowledged>("fold-ack", ToWire, FromWire),
        WireForm.Of<BeginningWanted, Wire.BeginningWanted>("beginning-wanted", ToWire, FromWire),
        WireForm.Of<HistoryMissing, Wire.HistoryMissing>("history-missing", ToWire, FromWire),
        WireForm.Of<FoldDiverged, Wire.FoldDiverged>("fold-diverged", ToWire, FromWire),
        WireForm.Of<FoldFailed, Wire.FoldFailed>("fold-failed", ToWire, FromWire),
        WireForm.Of<StreamIncomplete, Wire.StreamIncomplete>(
            "stream-incomplete",
            message => new Wire.StreamIncomplete
            {
                Stream = message.Stream,
                Reason = message.Reason,
                Folded = message.IsFolded,
            },
            wire => new StreamIncomplete(wire.Stream, wire.Reason, wire.Folded)
        ),
        WireForm.Of<GetEpochVolume, Wire.GetEpochVolume>("get-epoch-volume", ToWire, FromWire),
        WireForm.Of<GetMinerSummary, Wire.GetMinerSummary>("get-miner-summary", ToWire, FromWire),
        WireForm.Of<EpochVolume, Wire.EpochVolume>("epoch-volume", MinerVolumeWire.ToWire, MinerVolumeWire.FromWire),
        WireForm.Of<MinerSummary, Wire.MinerSummary>("miner-summary", ToWire, FromWire),
        WireForm.Of<TradesFolded, Wire.TradesFolded>("trades-folded", ToWire, FromWire),
        WireForm.Of<MinerVolumeSnapshot, Wire.MinerVolume>("miner-volume", MinerVolumeWire.ToWire, MinerVolumeWire.FromWire),
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
            Known = HeadsWire.ToWire(batch.Trades.Known),
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
                Known = HeadsWire.FromWire(batch.Known),
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
        for (var i = 0; i < kinds.Length; i++)
            kinds[i] = (byte)verdicts[i].Kind;
        var cancelled = new List<byte>();
        Span<byte> amount = stackalloc byte[TradeColumns.AmountLength];
        for (var i = 0; i < kinds.Length; i++)
        {
            if (verdicts[i].Tokens == 0)
                continue;
            kinds[i] |= CancelsOut;
            TradeColumns.WriteAmount(amount, verdicts[i].Tokens);
            cancelled.AddRange(amount);
        }

        return new Wire.TradesFolded
        {
            Rules = ParametersWire.ToWire(folded.Rules),
            Trades = TradeColumns.ToWire(folded.Trades.Span[0].Miner, folded.Trades.Span),
            Verdicts = UnsafeByteOperations.UnsafeWrap(kinds),
            Cancelled = ByteString.CopyFrom([.. cancelled]),
            HasBaseline = folded.Baseline is not null,
            Baseline = Values.Bytes(folded.Baseline ?? 0),
            Heads = Values.Bytes(folded.Heads),
        };
    }

    public static TradesFolded FromWire(Wire.TradesFolded folded)
    {
        var (_, trades) = TradeColumns.FromWire(folded.Trades);
        var kinds = folded.Verdicts.Span;
        var cancelled = folded.Cancelled.Span;
        var verdicts = new Verdict[kinds.Length];
        var used = 0;
        for (var i = 0; i < verdicts.Length; i++)
        {
            var cancels = (kinds[i] & CancelsOut) != 0;
            if (cancels && used + TradeColumns.AmountLength > cancelled.Length)
                throw Misfit();
            verdicts[i] = new Verdict(
                (VerdictKind)(kinds[i] & ~CancelsOut),
                cancels ? TradeColumns.ReadAmount(cancelled[used..]).Value : 0
            );
            used += cancels ? TradeColumns.AmountLength : 0;
        }

        if (kinds.Length != trades.Length || used != cancelled.Length)
            throw Misfit();

        return new TradesFolded(
            ParametersWire.FromWire(folded.Rules),
            trades,
            verdicts,
            folded.HasBaseline ? Values.UInt128(folded.Baseline) : null,
            Values.Hashes(folded.Heads)
        );
    }

    private static InvalidDataException Misfit() => new("The verdicts of a batch do not fit its trades.");

    public static Wire.FoldAcknowledged ToWire(FoldAcknowledged message) =>
        new()
        {
            Range = message.Range,
            Part = message.Part,
            Miner = Values.Bytes(message.Miner),
            Trades = message.Head.Trades,
            Head = Values.Bytes(message.Head.Hash),
        };

    public static FoldAcknowledged FromWire(Wire.FoldAcknowledged message) =>
        new(message.Range, message.Part, Values.Address(message.Miner), new MinerHead(message.Trades, Values.HashOrNull(message.Head)));

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
        new()
        {
            Miner = Values.Bytes(message.Miner),
            Epoch = message.Epoch.Value,
            Known = HeadsWire.ToWire(message.Known),
        };

    public static GetEpochVolume FromWire(Wire.GetEpochVolume message) =>
        new(Values.Address(message.Miner), new EpochId(message.Epoch), HeadsWire.FromWire(message.Known));

    public static Wire.GetMinerSummary ToWire(GetMinerSummary message) =>
        new()
        {
            Miner = Values.Bytes(message.Miner),
            Epoch = message.Epoch.Value,
            Known = HeadsWire.ToWire(message.Known),
        };

    public static GetMinerSummary FromWire(Wire.GetMinerSummary message) =>
        new(Values.Address(message.Miner), new EpochId(message.Epoch), HeadsWire.FromWire(message.Known));

    public static Wire.MinerSummary ToWire(MinerSummary summary)
    {
        var wire = new Wire.MinerSummary
        {
            Miner = Values.Bytes(summary.Miner),
            Position = Values.PositionOrNull(summary.Position),
            LifetimeWei = Values.Bytes(summary.LifetimeWei),
            LifetimeEligibleWei = Values.Bytes(summary.LifetimeEligibleWei),
            HasBaseline = summary.Baseline is not null,
            Baseline = Values.Bytes(summary.Baseline ?? 0),
            Mints = Values.Tally(summary.Mints),
            Redemptions = Values.Tally(summary.Redemptions),
            Epoch = MinerVolumeWire.ToWire(summary.Epoch),
            Head = Values.Bytes(summary.Head),
        };
        wire.Exclusions.AddRange(summary.Exclusions.Select(MinerVolumeWire.ToWire));
        return wire;
    }

    public static MinerSummary FromWire(Wire.MinerSummary summary) =>
        new(
            Values.Address(summary.Miner),
            Values.PositionOrNull(summary.Position),
            Values.UInt128(summary.LifetimeWei),
            Values.UInt128(summary.LifetimeEligibleWei),
            summary.HasBaseline ? Values.UInt128(summary.Baseline) : null,
            Values.Tally(summary.Mints),
            Values.Tally(summary.Redemptions),
            MinerVolumeWire.FromWire(summary.Epoch),
            [.. summary.Exclusions.Select(MinerVolumeWire.FromWire)],
            Values.HashOrNull(summary.Head)
        );
}
