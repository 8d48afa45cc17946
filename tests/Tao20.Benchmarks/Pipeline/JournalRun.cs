using System.Diagnostics;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Domain.Units;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>journal</c>.</summary>
internal sealed record JournalResult(long Events, double Seconds, double EventsPerSecond, double JournalMiB);

/// <summary>One line of <c>recover</c>.</summary>
internal sealed record RecoverResult(
    long Events,
    double Seconds,
    double EventsPerSecond,
    double MillisecondsPerMinerWithSnapshot,
    double SlowestWithSnapshotMilliseconds
);

/// <summary>Miner actors and their SQLite journal, without the chain.</summary>
internal static class JournalRun
{
    /// <summary>None is saved.</summary>
    public const int NoSnapshots = 100_000;

    // No more are waiting for the journal than it takes.
    private const int AtOnce = 10_000;

    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<JournalResult> WriteAsync(int trades, int miners, int batch, CancellationToken cancel)
    {
        await WithDirectory(directory => FillAsync(directory, 50_000, 20, batch, NoSnapshots, cancel));
        return await WithDirectory(async directory =>
        {
            var seconds = await FillAsync(directory, trades, miners, batch, NoSnapshots, cancel);
            var size = Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length);
            return new JournalResult(trades, Math.Round(seconds, 3), Math.Round(trades / seconds), Math.Round(size / 1024.0 / 1024.0, 1));
        });
    }

    public static async Task<RecoverResult> RecoverAsync(int trades, int miners, int batch, CancellationToken cancel)
    {
        await WithDirectory(async directory =>
        {
            await FillAsync(directory, 50_000, 20, batch, NoSnapshots, cancel);
            return await ReadAsync(directory, 20, NoSnapshots, cancel);
        });
        var seconds = await WithDirectory(async directory =>
        {
            await FillAsync(directory, trades, miners, batch, NoSnapshots, cancel);
            return (await ReadAsync(directory, miners, NoSnapshots, cancel)).Seconds;
        });
        var snapshots = await WithDirectory(async directory =>
        {
            await FillAsync(directory, trades, miners, batch, 10, cancel);
            return await ReadAsync(directory, miners, 10, cancel, oneByOne: true);
        });
        return new RecoverResult(
            trades,
            Math.Round(seconds, 3),
            Math.Round(trades / seconds),
            Math.Round(snapshots.Seconds / miners * 1000, 2),
            Math.Round(snapshots.Slowest * 1000, 2)
        );
    }

    /// <summary>Runs in a directory that is there for it alone.</summary>
    public static async Task<T> WithDirectory<T>(Func<string, Task<T>> run)
    {
        var directory = Directory.CreateTempSubdirectory("tao20-bench-").FullName;
        try
        {
            return await run(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Sends every miner its batches, a few at a time, until all are durable; seconds.</summary>
    public static async Task<double> FillAsync(
        string directory,
        int trades,
        int miners,
        int batch,
        int snapshotEvery,
        CancellationToken cancel
    )
    {
        var (started, region) = await StartAsync(directory, snapshotEvery, cancel);
        using var host = started;
        var addresses = Enumerable.Range(0, miners).Select(SyntheticTrades.Miner).ToArray();
        var began = Stopwatch.GetTimestamp();
        var sent = 0;
        for (var round = 0; sent < trades; round++)
        {
            var acknowledged = new List<Task<FoldAcknowledged>>(miners);
            for (var i = 0; i < miners && sent < trades; i++)
            {
                var count = Math.Min(batch, trades - sent);
                sent += count;
                acknowledged.Add(
                    region.Ask<FoldAcknowledged>(SyntheticTrades.Batch(addresses[i], (long)round * batch, count), Patience, cancel)
                );
                if (acknowledged.Count < AtOnce)
                    continue;
                await Task.WhenAll(acknowledged);
                acknowledged.Clear();
            }

            await Task.WhenAll(acknowledged);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await host.StopAsync(cancel);
        return seconds;
    }

    /// <summary>Starts afresh and asks every miner where it stands.</summary>
    private static async Task<(double Seconds, double Slowest)> ReadAsync(
        string directory,
        int miners,
        int snapshotEvery,
        CancellationToken cancel,
        bool oneByOne = false
    )
    {
        var (started, region) = await StartAsync(directory, snapshotEvery, cancel);
        using var host = started;
        // The plugin opens its connections at the first use; a miner that has no events pays for that.
        await region.Ask<MinerSummary>(new GetMinerSummary(SyntheticTrades.Miner(1_000_000), new EpochId(0)), Patience, cancel);
        var began = Stopwatch.GetTimestamp();
        var slowest = 0.0;
        if (oneByOne)
        {
            for (var i = 0; i < miners; i++)
            {
                var at = Stopwatch.GetTimestamp();
                await region.Ask<MinerSummary>(new GetMinerSummary(SyntheticTrades.Miner(i), new EpochId(0)), Patience, cancel);
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(at).TotalSeconds);
            }
        }
        else
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, miners)
                    .Select(i => region.Ask<MinerSummary>(new GetMinerSummary(SyntheticTrades.Miner(i), new EpochId(0)), Patience, cancel))
            );
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await host.StopAsync(cancel);
        return (seconds, slowest);
    }

    /// <summary>Starts the miners of a journal.</summary>
    public static async Task<(IHost Host, IActorRef Miners)> StartAsync(
        string directory,
        int snapshotEvery,
        CancellationToken cancel,
        TimeSpan? passivateAfter = null
    )
    {
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory), SnapshotEvery = snapshotEvery };
        if (passivateAfter is { } after)
            journal = journal with { PassivateAfter = after };
        SqliteJournal.Prepare(journal);
        var guard = new JournalFaultReporter(journal, directory, new FaultSignal(), TimeProvider.System);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddAkka("tao20", akka => akka.WithTao20Miners(guard));
        var host = builder.Build();
        await host.StartAsync(cancel);
        return (host, await host.Services.GetRequiredService<IRequiredActor<MinersKey>>().GetAsync(cancel));
    }
}
