using System.Buffers;
using Tao20.Domain.Audit;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Domain.Tests.Audit;

/// <summary>
/// A history of which an endpoint keeps some ranges to itself: whatever is left out in between, and whatever comes after it shows it.
/// </summary>
public sealed class HistoryCompletenessTests(ITestOutputHelper output)
{
    private static readonly Address[] Miners = [.. Enumerable.Range(1, 3).Select(i => Address.Parse($"0x{i:x40}"))];

    [Fact]
    public void Whatever_is_left_out_shows_with_the_next_that_comes()
    {
        var random = new Random(TestSeed.Of(output));
        for (var run = 0; run < 300; run++)
        {
            var history = History(random, ranges: 12);
            Assert.Null(FirstGap(history, new HistoryCompleteness()));

            var left = random.Next(history.Count);
            var without = history.Where((_, i) => i != left).ToList();
            var completeness = new HistoryCompleteness();
            var gap = FirstGap(without, completeness);
            var lost = history[left];
            var shows =
                lost.Totals.Keys.Any(miner => history.Take(left).Any(Has(miner)) && history.Skip(left + 1).Any(Has(miner)))
                || (lost.Advances.Count > 0 && history.Take(left).Any(Ends) && history.Skip(left + 1).Any(Ends));
            Assert.Equal(shows, gap is not null);
            if (gap is not null)
                Assert.True(gap.Covers(lost.First.Number) && gap.Missing > 0, $"{gap}");

            // At the beginning and at the end it is the contract's count that shows it.
            foreach (var (miner, total) in lost.Totals.Where(_ => !shows))
                Assert.True(
                    completeness.Beginnings.GetValueOrDefault(miner).Wei == total.After
                        || completeness.Counted.GetValueOrDefault(miner).Wei == total.Before
                );
        }

        static Func<TradeRange, bool> Has(Address miner) => range => range.Totals.ContainsKey(miner);

        static bool Ends(TradeRange range) => range.Advances.Count > 0;
    }

    private static HistoryGap? FirstGap(IEnumerable<TradeRange> history, HistoryCompleteness completeness) =>
        history.Select(completeness.Take).FirstOrDefault(gap => gap is not null);

    private static List<TradeRange> History(Random random, int ranges)
    {
        var counted = Miners.ToDictionary(miner => miner, _ => UInt128.Zero);
        var (epoch, history) = (0UL, new List<TradeRange>());
        for (var i = 0; i < ranges; i++)
        {
            var totals = new Dictionary<Address, ChainCounter>();
            foreach (var miner in Miners.Where(_ => random.Next(2) == 0))
            {
                var after = counted[miner] + (UInt128)random.Next(1, 100);
                totals[miner] = new ChainCounter(counted[miner], after);
                counted[miner] = after;
            }

            var block = (ulong)(10 * i);
            List<ClosedEpoch> ends =
                random.Next(3) == 0 ? [new ClosedEpoch(new EpochId(epoch), new EpochId(++epoch), new Position(block + 5, 0), block)] : [];
            history.Add(
                new TradeRange(
                    new BlockHeader(block, default, default, block),
                    new BlockHeader(block + 9, default, default, block + 9),
                    ReadOnlySequence<Trade>.Empty,
                    ends,
                    totals,
                    [],
                    [],
                    0,
                    0,
                    ""
                )
            );
        }

        return history;
    }
}
