using System.Diagnostics;
using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.Tests.PostgreSql;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>What is started, and how often.</summary>
/// <param name="Node">tao20.dll, or a published executable.</param>
/// <param name="Rpc">The chain; a cluster and a single validator read it.</param>
/// <param name="Contract">The contract.</param>
/// <param name="From">The first block.</param>
/// <param name="Runs">How often; printed is the middle of each figure.</param>
/// <param name="IsRestart">Whether the journal holds everything already.</param>
internal sealed record StartArguments(string Node, string Rpc, string Contract, ulong From, int Runs, bool IsRestart);

/// <summary>One line of <c>start</c>: the middle of the runs.</summary>
/// <param name="What">What was started.</param>
/// <param name="Runs">How often.</param>
/// <param name="Start">How long it took.</param>
/// <param name="AnsweredSeconds">Until, after that, <c>/status</c> has shown every miner; of a miner, the market.</param>
/// <param name="Trades">The trades it has folded.</param>
/// <param name="Miners">The miners that have traded.</param>
/// <param name="BareDownloadSeconds">A program that only downloads the same, from its start to its end; null where it was not run.</param>
/// <param name="BareWriteSeconds">One that only writes as many trades into SQLite.</param>
/// <param name="Steps">The node's own time line of the last run; null of a build that has none.</param>
internal sealed record StartResult(
    string What,
    int Runs,
    StartMeasures Start,
    double AnsweredSeconds,
    long Trades,
    int Miners,
    double? BareDownloadSeconds,
    double? BareWriteSeconds,
    JsonNode? Steps
);

/// <summary>Starts nodes as a user does and asks them how far they are until they are level, by turns with bare programs.</summary>
internal static class StartRun
{
    /// <summary>A single validator with its journal in SQLite.</summary>
    public static async Task<StartResult> ValidatorAsync(StartArguments arguments, bool beside, CancellationToken cancel)
    {
        var (starts, answered, downloads, writes) = (new List<StartMeasures>(), new List<double>(), new List<double>(), new List<double>());
        JsonObject all = [];
        var filled = arguments.IsRestart ? await FilledAsync(arguments, cancel) : null;
        for (var run = 0; run < arguments.Runs; run++)
        {
            var directory = filled ?? NewDirectory();
            await using (var node = MeasuredNode.Start(arguments.Node, ValidatorArguments(arguments, directory)))
            {
                starts.Add(await node.LevelAsync(cancel));
                all = await node.UntilAsync("/status?all=true", _ => true, cancel);
                answered.Add(node.Now);
                await node.StopAsync(cancel);
            }

            if (filled is null)
                Directory.Delete(directory, recursive: true);
            if (!beside)
                continue;
            downloads.Add(await BareAsync("bare-download", ["--rpc", arguments.Rpc, "--contract", arguments.Contract], cancel));
            writes.Add(await BareAsync("bare-write", ["--trades", $"{Trades(all)}"], cancel));
        }

        if (filled is not null)
            Directory.Delete(filled, recursive: true);
        return Result(arguments.IsRestart ? "validator, again" : "validator", starts, answered, all) with
        {
            BareDownloadSeconds = beside ? Middle(downloads) : null,
            BareWriteSeconds = beside ? Middle(writes) : null,
        };
    }

    /// <summary>Three nodes of one validator, at the same moment, on a PostgreSQL made for each run; of the slowest of them.</summary>
    public static async Task<StartResult> ClusterAsync(StartArguments arguments, CancellationToken cancel)
    {
        var (starts, answered) = (new List<StartMeasures>(), new List<double>());
        JsonObject all = [];
        for (var run = 0; run < arguments.Runs; run++)
        {
            await using var database = await PostgreSqlServer.StartAsync();
            if (arguments.IsRestart)
                await ThreeAsync(arguments, database.ConnectionString, cancel);
            (var measures, var seconds, all) = await ThreeAsync(arguments, database.ConnectionString, cancel);
            starts.Add(measures);
            answered.Add(seconds);
        }

        return Result(arguments.IsRestart ? "three nodes, again" : "three nodes", starts, answered, all);
    }

    /// <summary>The middle of each figure.</summary>
    public static StartResult Result(string what, List<StartMeasures> starts, List<double> answered, JsonObject status) =>
        new(
            what,
            starts.Count,
            new StartMeasures(
                Middle(starts.Select(start => start.LiveSeconds)),
                Middle(starts.Select(start => start.FirstTradesSeconds)),
                Middle(starts.Select(start => start.ReadySeconds)),
                Middle(starts.Select(start => start.LevelSeconds)),
                Middle(starts.Select(start => start.ProcessorSeconds)),
                Math.Round(Middle(starts.Select(start => start.PeakMiB)))
            ),
            Middle(answered),
            Trades(status),
            status["miners"]!.AsArray().Count,
            null,
            null,
            status["start"]?.DeepClone()
        );

    /// <summary>An empty directory.</summary>
    public static string NewDirectory() => Directory.CreateTempSubdirectory("tao20-start-").FullName;

    private static async Task<(StartMeasures Slowest, double Answered, JsonObject Status)> ThreeAsync(
        StartArguments arguments,
        string database,
        CancellationToken cancel
    )
    {
        int[] ports = [.. Enumerable.Range(0, 3).Select(_ => Anvil.FreePort())];
        var directories = ports.Select(_ => NewDirectory()).ToList();
        var nodes = ports
            .Zip(directories, (port, directory) => (Port: port, Directory: directory))
            .Select(one =>
                MeasuredNode.Start(
                    arguments.Node,
                    ValidatorArguments(arguments, one.Directory),
                    new Dictionary<string, string>
                    {
                        ["TAO20_Journal__Kind"] = "PostgreSql",
                        ["TAO20_Journal__ConnectionString"] = database,
                        ["TAO20_Cluster__Enabled"] = "true",
                        ["TAO20_Cluster__Port"] = $"{one.Port}",
                        ["TAO20_Cluster__SeedNodes"] = string.Join(',', ports.Select(port => $"akka.tcp://tao20@127.0.0.1:{port}")),
                    }
                )
            )
            .ToList();
        try
        {
            var measures = await Task.WhenAll(nodes.Select(node => node.LevelAsync(cancel)));
            var all = await nodes[0].UntilAsync("/status?all=true", _ => true, cancel);
            var answered = nodes[0].Now;
            foreach (var node in nodes)
                await node.StopAsync(cancel);
            return (
                new StartMeasures(
                    measures.Max(one => one.LiveSeconds),
                    measures.Max(one => one.FirstTradesSeconds),
                    measures.Max(one => one.ReadySeconds),
                    measures.Max(one => one.LevelSeconds),
                    measures.Sum(one => one.ProcessorSeconds),
                    measures.Max(one => one.PeakMiB)
                ),
                answered,
                all
            );
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            directories.ForEach(directory => Directory.Delete(directory, recursive: true));
        }
    }

    /// <summary>A data directory in which everything is folded.</summary>
    private static async Task<string> FilledAsync(StartArguments arguments, CancellationToken cancel)
    {
        var directory = NewDirectory();
        await using var node = MeasuredNode.Start(arguments.Node, ValidatorArguments(arguments, directory));
        await node.LevelAsync(cancel);
        await node.StopAsync(cancel);
        return directory;
    }

    private static IEnumerable<string> ValidatorArguments(StartArguments arguments, string directory) =>
        [
            "validator",
            "--rpc",
            arguments.Rpc,
            "--contract",
            arguments.Contract,
            "--from-block",
            $"{arguments.From}",
            "--data-dir",
            directory,
        ];

    /// <summary>How long a bare program takes, from its start to its end.</summary>
    private static async Task<double> BareAsync(string command, string[] arguments, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], command, .. arguments]) { RedirectStandardOutput = true }
        )!;
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"{command} has ended with exit code {process.ExitCode}.");
    }

    private static long Trades(JsonObject status) => status["cursor"]?["trades"]?.GetValue<long>() ?? 0;

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return Math.Round(sorted[sorted.Count / 2], 2);
    }
}
