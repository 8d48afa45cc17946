using Tao20.Actors.Ingestion;
using Tao20.Chain.JsonRpc;

namespace Tao20.Node.Http;

/// <summary>The chain and its endpoints, as <c>/status</c> shows them.</summary>
internal sealed record ChainDocument(
    ulong? Head,
    ulong? Finalized,
    bool WebSocket,
    long Reorgs,
    int TradesAboveFinality,
    IReadOnlyList<EndpointDocument> Endpoints
)
{
    /// <summary>The document of what a follower knows.</summary>
    public static ChainDocument Of(FollowerStatus follower) =>
        new(
            follower.Latest?.Number,
            follower.Finalized?.Number,
            follower.Subscribed,
            follower.Reorgs,
            follower.Overlay?.Values.Sum(miner => miner.Trades) ?? 0,
            [.. follower.Endpoints.Select(EndpointDocument.Of)]
        );
}

internal sealed record EndpointDocument(string Name, string State, string? Reason, ulong? Head, double? AnswersInMs, long RateLimited)
{
    public static EndpointDocument Of(EndpointStatus endpoint) =>
        new(
            endpoint.Endpoint,
            EndpointStatus.Word(endpoint.State),
            endpoint.Reason,
            endpoint.Head,
            endpoint.AnswersIn is { } taken ? Math.Round(taken.TotalMilliseconds, 1) : null,
            endpoint.RateLimited
        );
}
