using Tao20.Actors.Metrics;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;

namespace Tao20.Node.Hosting;

/// <summary>The gauges of the chain, as a node sees it.</summary>
internal static class ChainMetrics
{
    /// <summary>Adds them to a node's meter.</summary>
    public static void Observe(PipelineMetrics metrics, ChainConnection chain)
    {
        metrics.Observe("tao20.chain.head", "{block}", "The chain's latest block", () => (long)(chain.Head.Latest?.Number ?? 0));
        metrics.Observe(
            "tao20.chain.finalized",
            "{block}",
            "The chain's last final block",
            () => (long)(chain.Head.Finalized?.Number ?? 0)
        );
        metrics.Observe("tao20.cursor", "{block}", "The last folded block", () => (long)metrics.CursorBlock);
        metrics.Observe(
            "tao20.lag",
            "{block}",
            "Final blocks not folded yet",
            () => Math.Max(0, (long)(chain.Head.Finalized?.Number ?? 0) - (long)metrics.CursorBlock)
        );
        metrics.Observe(
            "tao20.endpoints.usable",
            "{endpoint}",
            "RPC endpoints that are neither resting, lagging nor dropped",
            () => chain.Pool.Status.Count(endpoint => endpoint.State == EndpointState.Ok)
        );
        metrics.Observe(
            "tao20.chain.blocks.withheld",
            "{block}",
            "Blocks whose logs an endpoint had not given though they were there",
            () => chain.Reader.BlocksWithheld
        );
        metrics.Observe(
            "tao20.chain.blooms.false",
            "{block}",
            "Blocks whose bloom told of logs, and there were none",
            () => chain.Reader.FalseBlooms
        );
    }
}
