using System.Diagnostics;
using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.Devnet.PostgreSql;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>What is started, and how often.</summary>
/// <param name="Nodes">tao20.dll, or published executables: by turns.</param>
/// <param name="Rpc">The chain; a cluster and a single validator read it.</param>
/// <param name="Contract">The contract.</param>
/// <param name="From">The first block.</param>
/// <param name="Runs">How often; printed is the middle of each figure.</param>
/// <param name="IsRestart">Whether the journal holds everything already.</param>
internal sealed record StartArguments(IReadOnlyList<string> Nodes, string Rpc, string Contract, ulong From, int Runs, bool IsRestart)
{
    /// <summary>How many nodes a cluster has.</summary>
    public int Size { get; init; } = 3;
}

/// <summary>One start.</summary>
/// <param name="Measures">How long it took.</param>
/// <param name="Answered">Until the node had shown all.</param>
/// <param name="Status">What it showed.</param>
internal sealed record OneStart(StartMeasures Measures, double Answered, JsonObject Status);

/// <summary>One line of <c>start</c>: the middle of the runs.</summary>
/// <param name="What">What was started.</param>
/// <param name="Node">Which build.</param>
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
    string Node,
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
    public static async Task<IReadOnlyList<StartResult>> ValidatorAsync(StartArguments arguments, bool beside, CancellationToken cancel)
    {
        var (downloads, writes) = (new List<double>(), new List<double>());
        var results = await ByTurnsAsync(
            "validator",
            arguments.Nodes,
            arguments.Runs,
            arguments.IsRestart,
            async (node, directory) =>
            {
                await using var process = MeasuredNode.Start(node, ValidatorArguments(arguments, directory));
                var measures = await process.LevelAsync(cancel);
                var all = await process.UntilAsync("/status?all=true", _ => true, cancel);
                var answered = process.Now;
                await process.StopAsync(cancel);
                if (beside)
                {
                    downloads.Add(await BareAsync("bare-download", ["--rpc", arguments.Rpc, "--contract", arguments.Contract], cancel));
                    writes.Add(await BareAsync("bare-write", ["--trades", $"{Trades(all)}"], cancel));
                }

                return new OneStart(measures, answered, all);
            }
        );
        return beside
            ? [.. results.Select(one => one with { BareDownloadSeconds = Middle(downloads), BareWriteSeconds = Middle(writes) })]
            : results;
    }

    /// <summary>The same by turns with one that is inspected once a second meanwhile.</summary>
    public static Task<IReadOnlyList<StartResult>> InspectedAsync(StartArguments arguments, CancellationToken cancel)
    {
        const string Inspected = "inspected";
        return BesideAsync(
            arguments,
            ["by itself", Inspected],
            _ => null,
            async (how, process, directory, enough) => how == Inspected ? $"{await process.InspectAsync(directory, enough)} answers" : "",
            cancel
        );
    }

    /// <summary>By turns without a dashboard, with one that nobody looks at, and with windows open on it.</summary>
    public static Task<IReadOnlyList<StartResult>> WatchedAsync(StartArguments arguments, int windows, CancellationToken cancel)
    {
        const string Without = "without a dashboard";
        var watched = $"{windows} windows";
        return BesideAsync(
            arguments,
            [Without, "with a dashboard", watched],
            how => new Dictionary<string, string> { ["TAO20_Dashboard__Enabled"] = how == Without ? "false" : "true" },
            async (how, process, _, enough) => how == watched ? $"{await process.WatchAsync(windows, enough)}" : "",
            cancel
        );
    }

    /// <summary>One build by turns, each time with something else beside it.</summary>
    /// <param name="arguments">What is started.</param>
    /// <param name="turns">What each turn is called.</param>
    /// <param name="environment">What the environment of one has besides.</param>
    /// <param name="meanwhile">What is done to it, in its directory, until it is level; what that came to.</param>
    /// <param name="cancel">Cancels the operation.</param>
    private static Task<IReadOnlyList<StartResult>> BesideAsync(
        StartArguments arguments,
        IReadOnlyList<string> turns,
        Func<string, IReadOnlyDictionary<string, string>?> environment,
        Func<string, MeasuredNode, string, CancellationToken, Task<string>> meanwhile,
        CancellationToken cancel
    ) =>
        ByTurnsAsync(
            "validator",
            turns,
            arguments.Runs,
            arguments.IsRestart,
            async (how, directory) =>
            {
                var (node, told) = (arguments.Nodes[0], ValidatorArguments(arguments, directory));
                await using var process = MeasuredNode.Start(node, told, environment(how));
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var beside = meanwhile(how, process, directory, enough.Token);
                var measures = await process.LevelAsync(cancel);
                await enough.CancelAsync();
                Console.Error.WriteLine($"{how}: {measures} {await beside}");
                var all = await process.UntilAsync("/status?all=true", _ => true, cancel);
                var answered = process.Now;
                await process.StopAsync(cancel);
                return new OneStart(measures, answered, all);
            }
        );

    /// <summary>The nodes of one validator, at the same moment, on a PostgreSQL made for each run; of the slowest of them.</summary>
    public static Task<IReadOnlyList<StartResult>> ClusterAsync(StartArguments arguments, CancellationToken cancel) =>
        ByTurnsAsync(
            $"cluster of {arguments.Size}",
            arguments.Nodes,
            arguments.Runs,
            isRestart: false,
            async (node, _) =>
            {
                await using var database = await PostgreSqlServer.StartAsync();
                if (arguments.IsRestart)
                    SayFirst(await AllAsync(node, arguments, database.ConnectionString, cancel));
                return await AllAsync(node, arguments, database.ConnectionString, cancel);
            }
        );

    /// <summary>Starts builds by turns.</summary>
    /// <param name="what">What is started.</param>
    /// <param name="nodes">The builds.</param>
    /// <param name="runs">How often each.</param>
    /// <param name="isRestart">Whether each keeps its directory, and its first start does not count.</param>
    /// <param name="start">Starts one in a directory, and stops it.</param>
    public static async Task<IReadOnlyList<StartResult>> ByTurnsAsync(
        string what,
        IReadOnlyList<string> nodes,
        int runs,
        bool isRestart,
        Func<string, string, Task<OneStart>> start
    )
    {
        var directories = nodes.ToDictionary(node => node, _ => NewDirectory());
        var starts = nodes.ToDictionary(node => node, _ => new List<OneStart>());
        try
        {
            for (var run = isRestart ? -1 : 0; run < runs; run++)
            {
                foreach (var node in nodes)
                {
                    var one = await start(node, directories[node]);
                    if (run >= 0)
                        starts[node].Add(one);
                    else
                        SayFirst(one);
                    if (isRestart)
                        continue;
                    Directory.Delete(directories[node], recursive: true);
                    directories[node] = NewDirectory();
                }
            }
        }
        finally
        {
            foreach (var directory in directories.Values)
                Directory.Delete(directory, recursive: true);
        }

        return [.. nodes.Select(node => Result(isRestart ? $"{what}, again" : what, node, starts[node]))];
    }

    /// <summary>The middle of each figure.</summary>
    private static StartResult Result(string what, string node, List<OneStart> starts)
    {
        var last = starts[^1].Status;
        return new StartResult(
            what,
            node,
            starts.Count,
            new StartMeasures(
                Of(start => start.LiveSeconds),
                Of(start => start.FirstTradesSeconds),
                Of(start => start.ReadySeconds),
                Of(start => start.LevelSeconds),
                Of(start => start.ProcessorSeconds),
                Math.Round(Of(start => start.PeakMiB))
            ),
            Middle(starts.Select(start => start.Answered)),
            Trades(last),
            last["miners"]!.AsArray().Count,
            null,
            null,
            last["start"]?.DeepClone()
        );

        double Of(Func<StartMeasures, double> figure) => Middle(starts.Select(start => figure(start.Measures)));
    }

    /// <summary>The start that does not count is told beside the results.</summary>
    private static void SayFirst(OneStart first) => Console.Error.WriteLine($"the first start, which filled the journal: {first.Measures}");

    /// <summary>An empty directory.</summary>
    internal static string NewDirectory() => Directory.CreateTempSubdirectory("tao20-start-").FullName;

    private static async Task<OneStart> AllAsync(string node, StartArguments arguments, string database, CancellationToken cancel)
    {
        int[] ports = [.. Enumerable.Range(0, arguments.Size).Select(_ => Anvil.FreePort())];
        var directories = ports.Select(_ => NewDirectory()).ToList();
        var nodes = ports
            .Zip(directories, (port, directory) => (Port: port, Directory: directory))
            .Select(one =>
                MeasuredNode.Start(
                    node,
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
            var measures = await Task.WhenAll(nodes.Select(one => one.LevelAsync(cancel)));
            var all = await nodes[0].UntilAsync("/status?all=true", _ => true, cancel);
            var answered = nodes[0].Now;
            foreach (var one in nodes)
                await one.StopAsync(cancel);
            return new OneStart(
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
            foreach (var one in nodes)
                await one.DisposeAsync();
            directories.ForEach(directory => Directory.Delete(directory, recursive: true));
        }
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
