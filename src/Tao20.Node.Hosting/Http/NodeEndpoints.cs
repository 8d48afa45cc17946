using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain.Following;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Node.Http;

/// <summary>What a node answers over HTTP: its status, its health, its metrics.</summary>
internal static class NodeEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How all JSON of this program is written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    /// <summary>The answer of a node whose actors are not there yet.</summary>
    public static IResult Starting { get; } =
        Results.Json(new { ready = false, error = "The node is starting; try again." }, Json, statusCode: 503);

    public static void MapNode(this WebApplication app, ChainConnection chain, PipelineMetrics metrics)
    {
        app.MapGet(
            "/status",
            async (bool? all, IRequiredActor<StatusKey> status, CancellationToken cancel) =>
                await AnswerAsync(async () =>
                    Results.Json(
                        StatusDocument.Of(await Ask<NodeStatus>(status.ActorRef, new GetNodeStatus(all ?? false), cancel)) with
                        {
                            Start = StatusDocument.Of(metrics.Start),
                            Progress = ProgressDocument.Of(metrics.CatchUp.Progress, chain.Pool.Status),
                        },
                        Json
                    )
                )
        );
        app.MapGet(
            "/miners/{address}",
            async (string address, IRequiredActor<MinersKey> miners, IRequiredActor<ChainFollowerKey> follower, CancellationToken cancel) =>
            {
                if (!Address.TryParse(address, out var miner))
                    return Results.BadRequest(new { error = $"'{address}' is not an address: give 0x and 40 hex digits." });
                return await AnswerAsync(async () =>
                {
                    var state = (await Ask<FollowerStatus>(follower.ActorRef, GetFollowerStatus.Instance, cancel)).State;
                    return state.Known.ContainsKey(miner)
                        ? Results.Json(
                            MinerDocument.Of(await Ask<MinerSummary>(miners.ActorRef, new GetMinerSummary(miner, state.Book.Open), cancel)),
                            Json
                        )
                        : Results.NotFound(new { error = $"{miner} has not traded." });
                });
            }
        );
        app.MapGet("/health/live", () => Results.Json(new { live = true, chainId = chain.Pool.ChainId }, Json));
        app.MapGet(
            "/health/ready",
            async (IRequiredActor<ChainFollowerKey> follower, CancellationToken cancel) =>
                await AnswerAsync(async () =>
                {
                    var status = await Ask<FollowerStatus>(follower.ActorRef, GetFollowerStatus.Instance, cancel);
                    var reason = status.Ready
                        ? null
                        : status.Fault?.Message
                            ?? (
                                status.Finalized is null
                                    ? "the chain has not been read yet"
                                    : $"{status.LagBlocks} blocks behind, more than three ranges of {status.RangeBlocks}"
                            );
                    return Results.Json(
                        new
                        {
                            ready = status.Ready,
                            reason,
                            lagBlocks = status.LagBlocks,
                        },
                        Json,
                        statusCode: status.Ready ? 200 : 503
                    );
                })
        );
        app.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <summary>Answers, or says that the node is too busy to.</summary>
    public static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            return Results.Json(
                new { error = "The node is busy starting or its journal does not answer; try again." },
                Json,
                statusCode: 503
            );
        }
    }

    private static Task<T> Ask<T>(IActorRef actor, object query, CancellationToken cancel) => actor.Ask<T>(query, Patience, cancel);
}
