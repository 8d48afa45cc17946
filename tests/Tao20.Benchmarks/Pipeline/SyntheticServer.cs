using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>Serves a made-up chain over HTTP on 127.0.0.1 until stopped.</summary>
internal static class SyntheticServer
{
    public static async Task<int> RunAsync(SyntheticChain chain, int port, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.MapPost(
            "/",
            async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                return Results.Bytes(chain.Answer(body.ToArray()), "application/json");
            }
        );
        await app.StartAsync(cancel);
        ResultOutput.Writer.WriteLine(
            $"--rpc http://127.0.0.1:{port} --contract {SyntheticChain.ContractAddress} --from 1 --to {chain.Head}"
        );
        await app.WaitForShutdownAsync(cancel);
        return 0;
    }
}
