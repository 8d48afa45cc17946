using System.Globalization;
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

/// <summary>What a node answers over HTTP: its status, its miners, its metrics.</summary>
internal static class NodeEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>How all JSON of this program is written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    /// <summary>The answer of a node whose actors are not there yet.</summary>
    public static IResult Starting { get; } =
        Results.Json(new { ready = false, error = "The node is starting; try again." }, Json, statusCode: 503);

    public static void MapNode(this WebApplication app, ChainConnection chain, PipelineMetrics metrics, ClusterDocument? cluster)
    {
        app.MapGet(
            "/status",
            async (bool? all, string? wait, IRequiredActor<StatusKey> status, CancellationToken cancel) =>
                TryReadWait(wait, out var patience)
                    ? await AnswerAsync(() => StatusAsync(status.ActorRef, new GetNodeStatus(all ?? false, patience), cancel))
                    : Error($"wait = '{wait}' is no number of seconds: give 0 to {LongestWait.TotalSeconds:0}, or leave it out.", 400)
        );
        app.MapGet(
            "/miners/{address}",
            async (string address, IRequiredActor<MinersKey> miners, IRequiredActor<ChainFollowerKey> follower, CancellationToken cancel) =>
            {
                if (!Address.TryParse(address, out var miner))
                    return Error($"'{address}' is not an address: give 0x and 40 hex digits.", 400);
                return await AnswerAsync(async () =>
                    await MinerLookup.FindAsync(follower.ActorRef, miners.ActorRef, miner, Patience, cancel) is { } summary
                        ? Results.Json(MinerDocument.Of(summary), Json)
                        : Error(NothingThere.OfMiner(miner), 404)
                );
            }
        );
        app.MapPrometheusScrapingEndpoint("/metrics");

        async Task<IResult> StatusAsync(IActorRef status, GetNodeStatus query, CancellationToken cancel)
        {
            var (start, progress) = (StatusDocument.Of(metrics.Start), ProgressDocument.Of(metrics.CatchUp.Progress, chain.Pool.Status));
            try
            {
                var known = await Ask<NodeStatus>(status, query, cancel);
                return Results.Json(StatusDocument.Of(known) with { Start = start, Progress = progress, Cluster = cluster }, Json);
            }
            catch (StatusUnknownException e)
            {
                return Results.Json(UnknownStatusDocument.Of(e, start, progress), Json, statusCode: 503);
            }
        }
    }

    /// <summary>The answer where there is none: what is wrong, and what to give.</summary>
    public static IResult Error(string error, int status) => Results.Json(new { error }, Json, statusCode: status);

    /// <summary>Answers, or says that the node is too busy to.</summary>
    public static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (StreamIncompleteException e)
        {
            return Error(e.Message, 503);
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            return Error("The node is busy starting or its journal does not answer; try again.", 503);
        }
    }

    /// <summary>How long others are waited for: no longer than who asks wants, and not so long that nothing would be answered.</summary>
    private static bool TryReadWait(string? text, out TimeSpan? wait)
    {
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        wait = isNumber ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds + 1)) : null;
        return text is null || (isNumber && wait <= LongestWait);
    }

    /// <summary>Asks an actor, with the patience of this HTTP.</summary>
    public static Task<T> Ask<T>(IActorRef actor, object query, CancellationToken cancel) => actor.Ask<T>(query, Patience, cancel);
}
