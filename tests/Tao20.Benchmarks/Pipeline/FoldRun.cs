using System.Diagnostics;
using Tao20.Chain.Abi;
using Tao20.Domain.Trades;
using Tao20.Domain.Volume;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>fold</c>.</summary>
internal sealed record FoldResult(
    long Events,
    double Seconds,
    double EventsPerSecond,
    double NanosecondsPerTradeAt10Thousand,
    double NanosecondsPerTradeAtEnd
);

/// <summary>Decide and evolve alone: what folding costs without reading, sending or keeping.</summary>
internal static class FoldRun
{
    private const int Small = 10_000;
    private const int SmallRuns = 101;

    public static FoldResult Run(int trades, int miners, int batch)
    {
        // Until the compiler has done its last word on it.
        Fold(2_000_000, miners, batch);

        // Ten thousand trades take a millisecond: the middle of many such runs.
        var small = Enumerable.Range(0, SmallRuns).Select(_ => Fold(Small, 10, batch).Seconds).Order().ElementAt(SmallRuns / 2);
        var (seconds, tail) = Fold(trades, miners, batch);
        return new FoldResult(
            trades,
            Math.Round(seconds, 3),
            Math.Round(trades / seconds),
            Math.Round(small / Small * 1e9, 1),
            Math.Round(tail, 1)
        );
    }

    /// <summary>Seconds in all, and nanoseconds a trade over the last tenth.</summary>
    private static (double Seconds, double TailNanoseconds) Fold(int trades, int miners, int batch)
    {
        var volumes = Enumerable.Range(0, miners).Select(i => MinerVolume.Initial(SyntheticTrades.Miner(i))).ToArray();
        var buffer = new Trade[batch];
        long ticks = 0,
            tailTicks = 0,
            folded = 0,
            tailTrades = 0;
        for (var round = 0; folded < trades; round++)
        {
            for (var miner = 0; miner < miners && folded < trades; miner++)
            {
                var count = (int)Math.Min(batch, trades - folded);
                SyntheticTrades.Fill(buffer.AsSpan(0, count), volumes[miner].Miner, (long)round * batch);
                var started = Stopwatch.GetTimestamp();
                var decision = volumes[miner]
                    .Decide(new FoldTrades(volumes[miner].Miner, EligibilityRules.Default, buffer.AsMemory(0, count), null), Keccak.Hash);
                volumes[miner] = volumes[miner].Evolve(((FoldDecision.Fold)decision).Event);
                var elapsed = Stopwatch.GetTimestamp() - started;
                ticks += elapsed;
                folded += count;
                if (folded > trades * 0.9)
                    (tailTicks, tailTrades) = (tailTicks + elapsed, tailTrades + count);
            }
        }

        return ((double)ticks / Stopwatch.Frequency, (double)tailTicks / Stopwatch.Frequency / Math.Max(1, tailTrades) * 1e9);
    }
}
