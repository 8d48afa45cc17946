using Tao20.Actors.Metrics;
using Tao20.Chain.JsonRpc;

namespace Tao20.Node.Http;

/// <summary>How a node catches up, as <c>/status</c> shows it.</summary>
/// <param name="BlocksPerSecond">Blocks read a second, over the last half minute.</param>
/// <param name="TradesPerSecond">Trades read a second.</param>
/// <param name="LevelInSeconds">When it is level if nothing changes; null when the chain grows as fast.</param>
/// <param name="LimitedBy">What it waits for most.</param>
/// <param name="Text">All of it in a sentence, as the log says it.</param>
internal sealed record ProgressDocument(
    double BlocksPerSecond,
    double TradesPerSecond,
    double? LevelInSeconds,
    string LimitedBy,
    string Text
)
{
    /// <summary>The document of a progress.</summary>
    public static ProgressDocument? Of(CatchUpProgress? progress, IReadOnlyList<EndpointStatus> endpoints) =>
        progress is null
            ? null
            : new ProgressDocument(
                Math.Round(progress.BlocksPerSecond, 1),
                Math.Round(progress.TradesPerSecond, 1),
                progress.LevelIn is { } left ? Math.Round(left.TotalSeconds, 1) : null,
                progress.LimitedBy.ToString(),
                CatchUpWatch.Words(progress, endpoints)
            );
}
