using System.Diagnostics;
using System.Text.Json.Nodes;
using Tao20.Actors.Miners;
using Tao20.Devnet.PostgreSql;
using Tao20.Domain.Units;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>audit</c>. Each figure is of a whole process, from its start to its end; the middle of the runs.</summary>
/// <param name="Trades">How many trades the journal has.</param>
/// <param name="Entries">How many entries.</param>
/// <param name="Miners">How many miners.</param>
/// <param name="Runs">How often.</param>
/// <param name="AuditSeconds">All of it is folded again and compared.</param>
/// <param name="AuditPeakMiB">The most memory of that.</param>
/// <param name="RecoverSeconds">All miners, asked at once, recover: as a node reads it, comparing nothing.</param>
/// <param name="RecoverPeakMiB">The most memory of that.</param>
/// <param name="Ratio">The time of the audit over that of the recovery.</param>
/// <param name="PostgreSqlSeconds">The audit of the same journal in PostgreSQL; null where it was not asked for.</param>
internal sealed record AuditResult(
    long Trades,
    long Entries,
    int Miners,
    int Runs,
    double AuditSeconds,
    double AuditPeakMiB,
    double RecoverSeconds,
    double RecoverPeakMiB,
    double Ratio,
    double? PostgreSqlSeconds
);

/// <summary>What <c>bare-recover</c> prints.</summary>
/// <param name="Miners">How many miners have answered.</param>
internal sealed record BareRecoverResult(int Miners);

/// <summary>
/// <c>tao20 audit replay</c> of a journal that keeps everything, by turns with a program that only lets the same miners recover.
/// </summary>
internal static class AuditRun
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public static async Task<AuditResult> RunAsync(
        string node,
        string rpc,
        string contract,
        int miners,
        int runs,
        bool postgreSql,
        CancellationToken cancel
    )
    {
        var directory = StartRun.NewDirectory();
        try
        {
            await FillAsync(node, rpc, contract, directory, cancel);
            string[] audit = [node, "audit", "replay", "--data-dir", directory, "--json"];
            string[] recover = [Environment.GetCommandLineArgs()[0], "bare-recover", "--data-dir", directory, "--miners", $"{miners}"];
            var (audits, recoveries) = (new List<Measured>(), new List<Measured>());
            for (var run = 0; run < runs; run++)
            {
                recoveries.Add(await MeasureAsync(recover, cancel));
                audits.Add(await MeasureAsync(audit, cancel));
            }

            var document = JsonNode.Parse(audits[^1].Output)!;
            var (ours, theirs) = (Middle(audits), Middle(recoveries));
            return new AuditResult(
                document["trades"]!.GetValue<long>(),
                document["entries"]!.GetValue<long>(),
                document["miners"]!.GetValue<int>(),
                runs,
                ours.Seconds,
                ours.PeakMiB,
                theirs.Seconds,
                theirs.PeakMiB,
                Math.Round(ours.Seconds / theirs.Seconds, 2),
                postgreSql ? await PostgreSqlAsync(node, directory, runs, cancel) : null
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Lets all miners of a journal recover, asked at once.</summary>
    public static async Task<BareRecoverResult> RecoverAsync(string directory, int miners, CancellationToken cancel)
    {
        var (host, region) = await JournalRun.StartAsync(directory, JournalRun.NoSnapshots, cancel);
        using var running = host;
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, miners)
                .Select(i =>
                    Akka.Actor.Futures.Ask<MinerSummary>(
                        region,
                        new GetMinerSummary(SyntheticTrades.Miner(i), new EpochId(0)),
                        JournalRun.Patience,
                        cancel
                    )
                )
        );
        await host.StopAsync(cancel);
        return new BareRecoverResult(answers.Count(answer => answer.Position is not null));
    }

    /// <summary>A node follows the chain to its head, and keeps every entry.</summary>
    private static async Task FillAsync(string node, string rpc, string contract, string directory, CancellationToken cancel)
    {
        await using var process = MeasuredNode.Start(
            node,
            ["validator", "--rpc", rpc, "--contract", contract, "--from-block", "1", "--data-dir", directory],
            new Dictionary<string, string> { ["TAO20_Journal__KeepEverything"] = "true" }
        );
        await process.LevelAsync(cancel);
        await process.StopAsync(cancel);
    }

    private static async Task<double> PostgreSqlAsync(string node, string directory, int runs, CancellationToken cancel)
    {
        await using var server = await PostgreSqlServer.StartAsync(cancel: cancel);
        var database = $"postgres:{server.ConnectionString}";
        await MeasureAsync([node, "journal", "copy", "--from", $"sqlite:{directory}", "--to", database], cancel);
        var audits = new List<Measured>();
        for (var run = 0; run < runs; run++)
            audits.Add(await MeasureAsync([node, "audit", "replay", "--journal", database, "--json"], cancel));
        return Middle(audits).Seconds;
    }

    private static async Task<Measured> MeasureAsync(string[] arguments, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            peak = Math.Max(peak, process.PeakWorkingSet64);
            await Task.WhenAny(process.WaitForExitAsync(cancel), Task.Delay(BetweenLooks, cancel));
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0
            ? new Measured(Math.Round(seconds, 2), Math.Round(peak / 1024.0 / 1024.0), await output)
            : throw new InvalidOperationException($"{arguments[1]} has ended with exit code {process.ExitCode}: {await output}");
    }

    private static Measured Middle(List<Measured> runs) => runs.OrderBy(run => run.Seconds).ElementAt(runs.Count / 2);

    private sealed record Measured(double Seconds, double PeakMiB, string Output);
}
