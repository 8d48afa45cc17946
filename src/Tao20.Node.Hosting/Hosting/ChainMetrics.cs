using System.Diagnostics.Metrics;
using Tao20.Actors.Metrics;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Checks;
using Tao20.Node.Checks;

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
            "tao20.chain.spec",
            "{version}",
            "The spec version of the chain's runtime; 0 where the node does not tell",
            () => chain.Runtime.Version?.Spec ?? 0
        );
        metrics.ObserveEach(
            "tao20.chain.check",
            "{outcome}",
            "Each row of the check of the chain: 0 ok, 1 not asked, 2 warn, 3 degrade, 4 refuse",
            () =>
                (chain.Gate.Report?.Results ?? []).Select(row => new Measurement<long>(
                    (long)row.Outcome,
                    new KeyValuePair<string, object?>("row", row.Row)
                ))
        );
        metrics.ObserveEach(
            "tao20.chain.closed",
            "{action}",
            "1 for each action that is off, 0 for those that are not",
            () =>
                Enum.GetValues<ChainAction>()
                    .Select(action => new Measurement<long>(
                        chain.Gate.Closed(action) is null ? 0 : 1,
                        new KeyValuePair<string, object?>("action", CheckText.Word(action))
                    ))
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
