using Tao20.Actors.Consensus;
using Tao20.Actors.Miners;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Ingestion;

/// <summary>A range on its way through the miners: what was sent, what is not acknowledged yet.</summary>
internal sealed class InFlightRange
{
    private readonly Dictionary<(Address Miner, int Part), FoldBatch> _pending;

    private InFlightRange(long number, TradeRange range, EpochProgress progress, IReadOnlyList<FoldBatch> batches, FoldFacts? facts)
    {
        Facts = facts;
        Number = number;
        Last = range.Last;
        Logs = range.Logs;
        CrossChecked = range.Totals.Count > 0;
        Quarantined = range.Quarantined;
        Trades = (int)range.Trades.Length;
        (Closed, Open, Joined) = (progress.Closed, progress.Open, progress.Joined);
        _pending = batches.ToDictionary(batch => (batch.Miner, batch.Part));
    }

    /// <summary>The number the follower gave it.</summary>
    public long Number { get; }

    public BlockHeader Last { get; }

    public int Trades { get; }

    public int Logs { get; }

    public bool CrossChecked { get; }

    public IReadOnlyList<QuarantinedLog> Quarantined { get; }

    public IReadOnlyList<EpochToSettle> Closed { get; }

    public EpochId Open { get; }

    public IReadOnlyList<Address> Joined { get; }

    /// <summary>What is for the consensus' book, until it has acknowledged; null when nothing is.</summary>
    public FoldFacts? Facts { get; private set; }

    /// <summary>How much has not been acknowledged: batches of miners, and the facts.</summary>
    public int Missing => _pending.Count + (Facts is null ? 0 : 1);

    /// <summary>Each miner's first batch that has not been acknowledged: a later part waits, so that a lost one leaves no gap.</summary>
    public IEnumerable<FoldBatch> Pending => _pending.Values.GroupBy(batch => batch.Miner, (_, parts) => parts.MinBy(batch => batch.Part)!);

    /// <summary>When it was last sent.</summary>
    public DateTimeOffset SentAt { get; set; }

    /// <summary>Cuts a range into batches: one per miner, more where the rules change within the range.</summary>
    /// <param name="number">The number the follower gives it.</param>
    /// <param name="range">What was read.</param>
    /// <param name="progress">What it does to the epochs.</param>
    /// <param name="schedule">The parameters of each epoch.</param>
    /// <param name="followsRegistry">Whether there is a book to keep.</param>
    public static InFlightRange Of(long number, TradeRange range, EpochProgress progress, ParameterSchedule schedule, bool followsRegistry)
    {
        var batches = new List<FoldBatch>();
        foreach (var (miner, trades) in progress.ByMiner())
        {
            // A quarantined log leaves a gap in the sum that the counter shows; the divergence is then the miner's to find.
            ChainCounter? counter = range.Totals.TryGetValue(miner, out var total) ? new(total.Before, total.After) : null;
            AddBatches(batches, number, miner, trades, counter, schedule);
        }

        return new InFlightRange(number, range, progress, batches, followsRegistry ? FactsOf(number, range, progress, schedule) : null);
    }

    /// <summary>Notes an acknowledgement; the miner's next part, if there is one that can be sent now.</summary>
    public FoldBatch? Acknowledge(FoldAcknowledged acknowledged) =>
        _pending.Remove((acknowledged.Miner, acknowledged.Part))
            ? _pending.GetValueOrDefault((acknowledged.Miner, acknowledged.Part + 1))
            : null;

    /// <summary>Notes that the facts are durable.</summary>
    public void AcknowledgeFacts() => Facts = null;

    private static FoldFacts FactsOf(long number, TradeRange range, EpochProgress progress, ParameterSchedule schedule)
    {
        var ends = progress.Closed.Select(epoch => (BookItem)new BookItem.EpochEnd(epoch.Closed, schedule.At(epoch.Closed.Epoch)));
        return new FoldFacts(
            number,
            [.. range.Facts.Select(fact => new BookItem.Fact(fact)).Concat(ends).OrderBy(item => item.At)],
            range.Last.Number
        );
    }

    private static void AddBatches(
        List<FoldBatch> batches,
        long number,
        Address miner,
        Trade[] trades,
        ChainCounter? counter,
        ParameterSchedule schedule
    )
    {
        var memory = trades.AsMemory();
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
            batches.Add(
                new FoldBatch(
                    number,
                    part++,
                    new FoldTrades(miner, rules, memory[..count], counter is null ? null : new ChainCounter(before, after))
                )
            );
            (before, memory) = (after, memory[count..]);
        }
    }
}
