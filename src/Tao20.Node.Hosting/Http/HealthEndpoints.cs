using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tao20.Actors.Hosting;
using Tao20.Actors.Status;
using Tao20.Chain.Following;

namespace Tao20.Node.Http;

/// <summary>Whether a node lives, and whether it is ready: for what starts containers, and for what spreads requests over nodes.</summary>
internal static class HealthEndpoints
{
    /// <summary>Answers 200 while the process and its actors run.</summary>
    public const string Live = "/health/live";

    /// <summary>Answers 200 while what the node tells equals what the chain says, and a node of a cluster is a member of it.</summary>
    public const string Ready = "/health/ready";

    /// <summary>Adds both.</summary>
    /// <param name="app">The node's HTTP.</param>
    /// <param name="chain">Its connection to the chain.</param>
    /// <param name="hasActors">Whether its actors are started.</param>
    public static void MapHealth(this WebApplication app, ChainConnection chain, Func<bool> hasActors)
    {
        app.MapGet(
            Live,
            async (IServiceProvider services, CancellationToken cancel) =>
            {
                // Before there are actors, the process is what lives.
                var wrong = hasActors() ? await WrongAsync(services, HealthTags.Live, cancel) : null;
                return Results.Json(
                    new
                    {
                        live = wrong is null,
                        chainId = chain.Pool.ChainId,
                        reason = wrong,
                    },
                    NodeEndpoints.Json,
                    statusCode: Code(wrong)
                );
            }
        );
        app.MapGet(
            Ready,
            async (IServiceProvider services, IRequiredActor<StatusKey> status, CancellationToken cancel) =>
                await NodeEndpoints.AnswerAsync(async () =>
                {
                    var (reason, lag) = await NodeEndpoints.Ask<Readiness>(status.ActorRef, GetReadiness.Instance, cancel);
                    reason ??= await WrongAsync(services, HealthTags.Ready, cancel);
                    return Results.Json(
                        new
                        {
                            ready = reason is null,
                            reason,
                            lagBlocks = lag,
                        },
                        NodeEndpoints.Json,
                        statusCode: Code(reason)
                    );
                })
        );
    }

    /// <summary>What the actor system says is wrong; null where nothing is.</summary>
    private static async Task<string?> WrongAsync(IServiceProvider services, string tag, CancellationToken cancel)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag), cancel);
        return report.Status == HealthStatus.Healthy
            ? null
            : string.Join(
                "; ",
                report
                    .Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
                    .Select(entry => entry.Value.Description ?? entry.Key)
            );
    }

    private static int Code(string? wrong) => wrong is null ? 200 : 503;
}
