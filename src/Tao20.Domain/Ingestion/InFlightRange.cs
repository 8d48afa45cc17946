using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Ingestion;

/// <summary>A range on its way through the miners, as it was cut; how far it is on its way says <see cref="RangeFlow"/>.</summary>
/// <param name="Number">The number it was given: acknowledgements name it.</param>
/// <param name="Range">What was read. Its trades are in <paramref name="Batches"/>, and no longer to be read here.</param>
/// <param name="Progress">What it does to the epochs.</param>
/// <param name="Trades">How many trades it has.</param>
/// <param name="Batches">Each miner's trades, in parts where the rules change within the range.</param>
/// <param name="Facts">What is for the book of validators, in chain order; null where none is kept.</param>
/// <param name="Schedule">The parameters of each epoch, with what the range says of them.</param>
public sealed record InFlightRange(
    long Number,
    TradeRange Range,
    EpochProgress Progress,
    int Trades,
    IReadOnlyDictionary<Address, IReadOnlyList<FoldTrades>> Batches,
    IReadOnlyList<BookItem>? Facts,
    ParameterSchedule Schedule
)
{
    /// <summary>The last block.</summary>
    public BlockHeader Last => Range.Last;

    /// <summary>Cuts a range into batches: one per miner, more where the rules change within the range.</summary>
    /// <param name="number">The number it is given.</param>
    /// <param name="range">What was read.</param>
    /// <param name="progress">What it does to the epochs.</param>
    /// <param name="schedule">The parameters of each epoch, as they were before it.</param>
    /// <param name="followsRegistry">Whether there is a book to keep.</param>
    public static InFlightRange Of(long number, TradeRange range, EpochProgress progress, ParameterSchedule schedule, bool followsRegistry)
    {
        // Parameters hold from an epoch on that is a day away, and a range has fewer epochs than that.
        schedule = schedule.After(range.Facts.Select(log => log.Fact));
        var batches = new Dictionary<Address, IReadOnlyList<FoldTrades>>();
        foreach (var (miner, trades) in progress.ByMiner())
        {
            ChainCounter? counter = range.Totals.TryGetValue(miner, out var total) ? total : null;
            batches.Add(miner, [.. Parts(miner, trades, counter, schedule)]);
        }

        return new InFlightRange(
            number,
            range,
            progress,
            (int)range.Trades.Length,
            batches,
            followsRegistry ? FactsOf(range, progress) : null,
            schedule
        );
    }

    private static BookItem[] FactsOf(TradeRange range, EpochProgress progress)
    {
        var ends = progress.Closed.Select(epoch => (BookItem)new BookItem.EpochEnd(epoch.Closed));
        return [.. range.Facts.Select(log => new BookItem.Fact(log)).Concat(ends).OrderBy(item => item.At)];
    }

    private static IEnumerable<FoldTrades> Parts(
        Address miner,
        ReadOnlyMemory<Trade> trades,
        ChainCounter? counter,
        ParameterSchedule schedule
    )
    {
        var before = counter?.Before ?? 0;
        while (trades.Length > 0)
        {
            var rules = schedule.At(trades.Span[0].Epoch).Parameters.Eligibility;
            var count = 0;
            UInt128 value = 0;
            while (count < trades.Length && schedule.At(trades.Span[count].Epoch).Parameters.Eligibility == rules)
                value += trades.Span[count++].Value.Value;
            var after = count == trades.Length ? counter?.After ?? 0 : before + value;
            yield return new FoldTrades(miner, rules, trades[..count], counter is null ? null : new ChainCounter(before, after));
            (before, trades) = (after, trades[count..]);
        }
    }
}
