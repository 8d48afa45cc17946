using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Devnet;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>start</c>, in seconds from the start of the process, as who asks it over HTTP sees it.</summary>
/// <param name="LiveSeconds">Until <c>/health/live</c> answers.</param>
/// <param name="FirstTradesSeconds">Until <c>/status</c> shows folded trades.</param>
/// <param name="ReadySeconds">Until <c>/status</c> says that it is ready.</param>
/// <param name="LevelSeconds">Until nothing final is left to fold.</param>
/// <param name="AllMinersAnsweredSeconds">Until, after that, every miner has been asked for.</param>
/// <param name="ProcessorSeconds">Processor time of the node until then.</param>
/// <param name="PeakMiB">Its most memory.</param>
/// <param name="Trades">The trades it has folded.</param>
/// <param name="Miners">The miners that have traded.</param>
/// <param name="Steps">Its own time line; null of a build that has none.</param>
internal sealed record StartResult(
    double LiveSeconds,
    double FirstTradesSeconds,
    double ReadySeconds,
    double LevelSeconds,
    double AllMinersAnsweredSeconds,
    double ProcessorSeconds,
    double PeakMiB,
    long Trades,
    int Miners,
    JsonNode? Steps
);

/// <summary>Starts a validator as a user does and asks it how far it is until it is level.</summary>
internal static class StartRun
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    public static async Task<StartResult> RunAsync(
        string node,
        string rpc,
        string contract,
        ulong from,
        string directory,
        CancellationToken cancel
    )
    {
        var port = Anvil.FreePort();
        string[] arguments =
        [
            .. node.EndsWith(".dll", StringComparison.Ordinal) ? (string[])["dotnet", node] : [node],
            "validator",
            "--rpc",
            rpc,
            "--contract",
            contract,
            "--from-block",
            $"{from}",
            "--data-dir",
            directory,
            "--http-port",
            $"{port}",
        ];
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardError = true })!;
        process.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        double? live = null,
            first = null,
            ready = null,
            level = null;
        double Now() => Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 2);
        try
        {
            while (ready is null || level is null)
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"The node has ended with exit code {process.ExitCode}; is it built?");
                if (live is null && await AskAsync(http, "/health/live", cancel) is not null)
                    live = Now();
                if (live is null || await AskAsync(http, "/status", cancel) is not { } status)
                {
                    await Task.Delay(BetweenLooks, cancel);
                    continue;
                }

                if (status["cursor"] is not null)
                    first ??= Now();
                if (status["ready"]!.GetValue<bool>())
                    ready ??= Now();
                if (status["lag"]!["blocks"]?.GetValue<ulong>() == 0)
                    level ??= Now();
            }

            var all = (await AskAsync(http, "/status?all=true", cancel))!;
            var answered = Now();
            process.Refresh();
            return new StartResult(
                live!.Value,
                first ?? 0,
                ready.Value,
                level.Value,
                answered,
                Math.Round(process.TotalProcessorTime.TotalSeconds, 1),
                Math.Round(process.PeakWorkingSet64 / 1048576.0),
                all["cursor"]?["trades"]?.GetValue<long>() ?? 0,
                all["miners"]!.AsArray().Count,
                all["start"]?.DeepClone()
            );
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>What it answers; null while it does not, or only that it cannot yet.</summary>
    private static async Task<JsonObject?> AskAsync(HttpClient http, string path, CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync(path, cancel);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonObject>(cancel) : null;
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
    }
}
