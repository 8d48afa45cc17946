using Tao20.Actors.Miners;
using Tao20.Chain.Following;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Ingestion;

/// <summary>A range on its way through the miners: what was sent, what is not acknowledged yet.</summary>
internal sealed class RangeWork
{
    private readonly Dictionary<(Address Miner, int Part), FoldBatch> _pending;

    private RangeWork(long number, TradeRange range, EpochProgress progress, IReadOnlyList<FoldBatch> batches)
    {
        Number = number;
        Range = range;
        Progress = progress;
        Batches = batches;
        _pending = batches.ToDictionary(batch => (batch.Miner, batch.Part));
    }

    /// <summary>The number the follower gave it.</summary>
    public long Number { get; }

    public TradeRange Range { get; }

    public EpochProgress Progress { get; }

    /// <summary>What goes to the miners, in an order that keeps each miner's trades in order.</summary>
    public IReadOnlyList<FoldBatch> Batches { get; }

    /// <summary>What has not been acknowledged.</summary>
    public IReadOnlyCollection<FoldBatch> Pending => _pending.Values;

    /// <summary>When it was last sent.</summary>
    public DateTimeOffset SentAt { get; set; }

    /// <summary>Cuts a range into batches: one per miner, more where the rules change within the range.</summary>
    public static RangeWork Of(long number, TradeRange range, EpochProgress progress, ParameterSchedule schedule)
    {
        var byMiner = new Dictionary<Address, List<Trade>>();
        foreach (var trade in progress.Trades)
        {
            if (!byMiner.TryGetValue(trade.Miner, out var trades))
                byMiner.Add(trade.Miner, trades = []);
            trades.Add(trade);
        }

        var batches = new List<FoldBatch>(byMiner.Count);
        foreach (var (miner, trades) in byMiner)
        {
            // A quarantined log leaves a gap in the sum that the counter shows; the divergence is then the miner's to find.
            ChainCounter? counter = range.Totals.TryGetValue(miner, out var total) ? new(total.Before, total.After) : null;
            AddBatches(batches, number, miner, trades, counter, schedule);
        }

        return new RangeWork(number, range, progress, batches);
    }

    /// <summary>Notes an acknowledgement.</summary>
    public void Acknowledge(FoldAcknowledged acknowledged) => _pending.Remove((acknowledged.Miner, acknowledged.Part));

    private static void AddBatches(
        List<FoldBatch> batches, long number, Address miner, List<Trade> trades, ChainCounter? counter, ParameterSchedule schedule)
    {
        var memory = trades.ToArray().AsMemory();
        var part = 0;
        var before = counter?.Before ?? 0;
        while (memory.Length > 0)
        {
            var rules = schedule.At(memory.Span[0].Epoch).Parameters.Eligibility;
            var count = 0;
            UInt128 value = 0;
            while (count < memory.Length && schedule.At(memory.Span[count].Epoch).Parameters.Eligibility == rules)
                value += memory.Span[count++].Value.Value;
            var after = count == memory.Length ? counter?.After ?? 0 : before + value;
            batches.Add(new FoldBatch(
                number, part++, new FoldTrades(miner, rules, memory[..count], counter is null ? null : new ChainCounter(before, after))));
            (before, memory) = (after, memory[count..]);
        }
    }
}
