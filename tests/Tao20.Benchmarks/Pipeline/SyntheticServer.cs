using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>Serves a made-up chain over HTTP on 127.0.0.1 until stopped.</summary>
internal static class SyntheticServer
{
    public static async Task<int> RunAsync(SyntheticChain chain, int port, TimeSpan delay, int perSecond, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        using var limiter = Limiter(perSecond);
        app.MapPost(
            "/",
            async (HttpRequest request, HttpResponse response) =>
            {
                await Task.Delay(delay, request.HttpContext.RequestAborted);
                using var lease = limiter?.AttemptAcquire();
                if (lease is { IsAcquired: false })
                {
                    response.Headers.RetryAfter = "1";
                    return Results.StatusCode(StatusCodes.Status429TooManyRequests);
                }

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

    private static TokenBucketRateLimiter? Limiter(int perSecond) =>
        perSecond == 0
            ? null
            : new(
                new TokenBucketRateLimiterOptions
                {
                    TokenLimit = perSecond,
                    TokensPerPeriod = perSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    QueueLimit = 0,
                }
            );
}
