using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Configuration;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Benchmarks.Pipeline;

internal sealed record IngestArguments(
    string? Rpc,
    Address Contract,
    ulong From,
    ulong To,
    FileInfo? Replay,
    string? DataDirectory,
    int Parallelism,
    int Range,
    int Runs = 1
);

/// <summary>
/// One line of <c>ingest</c>. <c>Ratio</c> is ingest's speed over that of only downloading the same ranges, <c>ReadRatio</c> over that of
/// reading them with all checks and folding nothing. The processor times are this process's own.
/// </summary>
internal sealed record IngestResult(
    long Events,
    int Runs,
    double Seconds,
    double EventsPerSecond,
    double DownloadOnlySeconds,
    double Ratio,
    double ReadOnlySeconds,
    double ReadRatio,
    double CpuSeconds,
    double DownloadOnlyCpuSeconds,
    double ReadOnlyCpuSeconds,
    double PeakRssMiB,
    int Requests,
    long ReplyBytes,
    string CrossCheck,
    string Journal
);

/// <summary>How long a part took, by the wall's clock and by this process's processor time.</summary>
internal readonly record struct Taken(double Seconds, double Cpu)
{
    public static async Task<Taken> ByAsync(Func<Task> work)
    {
        var (cpu, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await work();
        return new Taken(Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    /// <summary>The one in the middle, by the wall's clock.</summary>
    public static Taken Median(List<Taken> runs) => runs.OrderBy(run => run.Seconds).ElementAt(runs.Count / 2);
}

/// <summary>
/// Reads a chain into a fresh journal by the node's own actors, and between these runs only downloads the same ranges with the same
/// parallelism. What a first run pays once (compiling) is paid before, on a small made-up chain.
/// </summary>
internal static class IngestRun
{
    private const int MostWarmUps = 40;
    private const int FewMethods = 100; // each start of a node makes some of its own

    public static async Task<IngestResult> RunAsync(IngestArguments arguments, CancellationToken cancel)
    {
        if (arguments.Rpc is null && arguments.Replay is null)
            throw new ArgumentException("Give --rpc with a chain's URL or --replay with recorded replies.");
        await WarmUpAsync(arguments.Parallelism, cancel);
        var options = Options(arguments);
        IRpcTransport source = arguments.Replay is { } file
            ? await RecordedReplies.LoadAsync(file, cancel)
            : new HttpRpcTransport(options.Endpoints[0], options);
        using var disposing = source as IDisposable;
        var to = arguments.To > 0 ? arguments.To : await HeadAsync(source, cancel);
        options = options with { FinalityDepth = (int)Math.Min(int.MaxValue, await HeadAsync(source, cancel) - to) };

        var observed = new ObservingTransport(source);
        var directory = arguments.DataDirectory ?? Directory.CreateTempSubdirectory("tao20-bench-").FullName;
        try
        {
            // Three times to learn the ranges and to let node and compiler settle, then timed: what it is compared with before and after.
            for (var i = 0; i < 3; i++)
            {
                observed.Reset();
                await Ranges(observed, options, to, cancel);
            }

            await CompilerIdleAsync(cancel);

            var bodies = observed.LogRequests;
            var (downloads, reads, ingests) = (new List<Taken>(), new List<Taken>(), new List<Taken>());
            var (trades, crossed) = (0L, false);
            for (var run = 0; run < arguments.Runs; run++)
            {
                downloads.Add(await Taken.ByAsync(() => DownloadAsync(source, bodies, options.Parallelism, cancel)));
                reads.Add(await Taken.ByAsync(() => Ranges(observed, options, to, cancel)));
                var journal = run == arguments.Runs - 1 ? directory : Path.Combine(directory, $"run-{run}");
                Directory.CreateDirectory(journal);
                observed.Reset();
                var (taken, metrics) = await IngestAsync(observed, options, to, journal, cancel);
                ingests.Add(taken);
                (trades, crossed) = (metrics.Trades, metrics.CrossChecked);
                if (journal != directory)
                    Directory.Delete(journal, recursive: true);
            }

            // Noise on a shared machine only ever adds: the middle of each, and the ratio of the middles.
            var (download, read, ingest) = (Taken.Median(downloads), Taken.Median(reads), Taken.Median(ingests));
            return new IngestResult(
                trades,
                arguments.Runs,
                Math.Round(ingest.Seconds, 3),
                Math.Round(trades / ingest.Seconds),
                Math.Round(download.Seconds, 3),
                Math.Round(download.Seconds / ingest.Seconds, 3),
                Math.Round(read.Seconds, 3),
                Math.Round(read.Seconds / ingest.Seconds, 3),
                Math.Round(ingest.Cpu, 2),
                Math.Round(download.Cpu, 2),
                Math.Round(read.Cpu, 2),
                Math.Round(PeakRssMiB(), 1),
                observed.LogRequests.Count,
                observed.Bytes,
                crossed ? "the contract's running totals equal the folds" : "skipped: the contract keeps no running totals",
                "sqlite"
            );
        }
        finally
        {
            if (arguments.DataDirectory is null)
                Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// From the first request to the chain until everything is durable in a fresh journal: how long, and the node's counters. The node is
    /// up before, and its journal has taken the entries of some miners that are not on the chain: what each process compiles once for its
    /// database is not the reader's speed.
    /// </summary>
    private static async Task<(Taken Taken, PipelineMetrics Metrics)> IngestAsync(
        IRpcTransport transport,
        ChainOptions options,
        ulong to,
        string directory,
        CancellationToken cancel
    )
    {
        ChainIdentity identity;
        await using (var probing = new ChainConnection(options, [transport], NullLogger.Instance))
            identity = await probing.ProbeAsync(cancel);
        var gate = new StartingGate(transport);
        await using var chain = new ChainConnection(options, [gate], NullLogger.Instance);
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) };
        SqliteJournal.Prepare(journal);
        var faults = new FaultSignal();
        var metrics = new PipelineMetrics();
        var settings = new FollowerSettings(
            identity,
            DomainParameters.Default,
            new JournalFaultReporter(journal, directory, faults, TimeProvider.System),
            faults,
            metrics,
            TimeProvider.System,
            to
        );
        using var host = NodeOf(settings, chain);
        await host.StartAsync(cancel);
        var miners = await host.Services.GetRequiredService<IRequiredActor<MinersKey>>().GetAsync(cancel);
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i => miners.Ask<FoldAcknowledged>(SyntheticTrades.Batch(SyntheticTrades.Miner(1_000_000 + i), 0, 10), cancel))
        );
        await gate.Reached.WaitAsync(cancel);
        var taken = await Taken.ByAsync(async () =>
        {
            gate.Open();
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            while (metrics.CursorBlock < to && await ticks.WaitForNextTickAsync(cancel))
            {
                if (faults.Ended.IsCompleted)
                    throw new InvalidOperationException((await faults.Ended).Message);
            }
        });
        await host.StopAsync(cancel);
        return (taken, metrics);
    }

    public static ChainOptions Options(IngestArguments arguments) =>
        new()
        {
            Endpoints = [new Uri(arguments.Rpc ?? "http://replay.invalid")],
            Contract = arguments.Contract,
            FromBlock = arguments.From,
            WebSocket = false,
            PollInterval = TimeSpan.FromSeconds(60),
            Parallelism = arguments.Parallelism,
            FirstRangeBlocks =
                arguments.Range > 0 ? arguments.Range
                : arguments.Replay is null ? 16
                : 200,
            MaxRangeBlocks =
                arguments.Range > 0 ? arguments.Range
                : arguments.Replay is null ? 1_000_000
                : 200,
            TargetReplyBytes = arguments.Range > 0 || arguments.Replay is not null ? int.MaxValue : 1024 * 1024,
            MaxReplyBytes = 256 * 1024 * 1024,
            FinalityDepth = 0,
        };

    public static async Task<ulong> HeadAsync(IRpcTransport transport, CancellationToken cancel)
    {
        ulong head = 0;
        await new RpcEndpoint(transport).SendAsync([EthCalls.Header("latest", header => head = header!.Number)], cancel);
        return head;
    }

    /// <summary>Reads all ranges and throws them away.</summary>
    public static async Task Ranges(IRpcTransport transport, ChainOptions options, ulong to, CancellationToken cancel)
    {
        await using var chain = new ChainConnection(options, [transport], NullLogger.Instance);
        await chain.Head.RefreshAsync(cancel);
        await foreach (var _ in chain.Ranges.ReadAsync(new Cursor(options.FromBlock, null), to, cancel)) { }
    }

    private static IHost NodeOf(FollowerSettings settings, ChainConnection chain)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
        builder.Services.AddAkka("tao20", akka => akka.WithTao20Node(settings, chain, new NodeWork.Counting()));
        return builder.Build();
    }

    private static Task DownloadAsync(IRpcTransport transport, IReadOnlyList<byte[]> bodies, int parallelism, CancellationToken cancel) =>
        Parallel.ForEachAsync(
            bodies,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancel },
            async (body, stop) =>
            {
                using var reply = await transport.SendAsync(body, stop);
            }
        );

    /// <summary>
    /// Runs until a run compiles next to nothing any more: the compiler takes what is often run in hand again, a hundred methods at
    /// a time.
    /// </summary>
    private static async Task WarmUpAsync(int parallelism, CancellationToken cancel)
    {
        var chain = new SyntheticChain(50_000, 100, 100);
        var options = Options(new IngestArguments(null, SyntheticChain.ContractAddress, 0, 0, null, null, parallelism, 0)) with
        {
            TargetReplyBytes = 512 * 1024,
        };
        for (var run = 0; run < MostWarmUps; run++)
        {
            var directory = Directory.CreateTempSubdirectory("tao20-warm-").FullName;
            var before = JitInfo.GetCompiledMethodCount();
            await IngestAsync(chain, options, chain.Head, directory, cancel);
            await CompilerIdleAsync(cancel);
            Directory.Delete(directory, recursive: true);
            if (JitInfo.GetCompiledMethodCount() - before < FewMethods)
                break;
        }

        GC.Collect();
    }

    /// <summary>
    /// Waits until the compiler has caught up with what has been run so far: it works beside, on a core that is to be measured.
    /// </summary>
    private static async Task CompilerIdleAsync(CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        long seen;
        do seen = JitInfo.GetCompiledMethodCount();
        while (await looks.WaitForNextTickAsync(cancel) && JitInfo.GetCompiledMethodCount() != seen);
    }

    private static double PeakRssMiB()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1024.0 / 1024.0;
    }

    /// <summary>Notes which ranges were asked for and how much came back.</summary>
    private sealed class ObservingTransport(IRpcTransport inner) : IRpcTransport
    {
        private readonly ConcurrentQueue<byte[]> _logRequests = new();
        private long _bytes;

        public EndpointName Name => inner.Name;

        public IReadOnlyList<byte[]> LogRequests => [.. _logRequests];

        public long Bytes => _bytes;

        public void Reset()
        {
            _logRequests.Clear();
            _bytes = 0;
        }

        public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            if (body.Span.IndexOf("eth_getLogs"u8) >= 0)
                _logRequests.Enqueue(body.ToArray());
            var reply = await inner.SendAsync(body, cancel);
            Interlocked.Add(ref _bytes, reply.Bytes.Length);
            return reply;
        }
    }
}
