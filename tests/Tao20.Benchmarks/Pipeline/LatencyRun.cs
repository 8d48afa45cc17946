using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.Tests.Oracles;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>latency</c>: from a block's finality to its trades in <c>/status</c>, in milliseconds.</summary>
internal sealed record LatencyResult(int Blocks, double MedianMilliseconds, double P99Milliseconds, double MaxMilliseconds);

/// <summary>The real executable on a real local chain: how soon a final block's trades are in what it answers.</summary>
internal static class LatencyRun
{
    private const int Warmup = 50;
    private const int TradesPerBlock = 20;

    public static async Task<LatencyResult> RunAsync(string node, int blocks, CancellationToken cancel)
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Accounts = 1 };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var account = (await anvil.Client.AccountsAsync(cancel))[0];
        var time = options.GenesisTimestamp + 12;
        var emitter = (
            await anvil.Client.ExecuteAsync(
                [new DevnetTransaction(account, null, ContractArtifact.Load("TradeEmitter").Bytecode)],
                time,
                cancel
            )
        )[0]!.Value;
        var directory = Directory.CreateTempSubdirectory("tao20-latency-").FullName;
        var port = Anvil.FreePort();
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    node,
                    "validator",
                    "--rpc",
                    anvil.Rpc.ToString(),
                    "--contract",
                    emitter.ToString(),
                    "--data-dir",
                    directory,
                    "--http-port",
                    $"{port}",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            process.ErrorDataReceived += (_, _) => { };
            process.OutputDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await ReadyAsync(process, http, cancel);
            var latencies = new List<double>();
            for (var i = 0; i < Warmup + blocks; i++)
            {
                var call = AbiEncoder.Call("emitTrades(uint256,uint256,uint256)", i * TradesPerBlock, TradesPerBlock, 20);
                await anvil.Client.SubmitAsync([new DevnetTransaction(account, emitter, call)], cancel);
                for (var mined = 0; mined < 3; mined++)
                    await anvil.Client.MineAsync(time += 12, cancel);
                var started = Stopwatch.GetTimestamp();
                var final = await anvil.Client.BlockNumberAsync(cancel) - 2;
                while (await CursorAsync(http, cancel) < final)
                    await Task.Yield();
                if (i >= Warmup)
                    latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            latencies.Sort();
            return new LatencyResult(
                blocks,
                Math.Round(latencies[blocks / 2], 1),
                Math.Round(latencies[(int)(blocks * 0.99)], 1),
                Math.Round(latencies[^1], 1)
            );
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<ulong> CursorAsync(HttpClient http, CancellationToken cancel) =>
        (await http.GetFromJsonAsync<JsonObject>("/status", cancel))!["cursor"]?["block"]?.GetValue<ulong>() ?? 0;

    private static async Task ReadyAsync(Process process, HttpClient http, CancellationToken cancel)
    {
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The node has ended with exit code {process.ExitCode}; is it built?");
            try
            {
                using var response = await http.GetAsync("/health/ready", cancel);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(5, cancel);
        }
    }
}
