using Tao20.Actors.Checks;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Node.Checks;

namespace Tao20.Node.Http;

/// <summary>A fault, as <c>/status</c> shows it.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">What, where, and what to do, in a line.</param>
/// <param name="Remedy">What happens, and what to do, about all of its kind.</param>
/// <param name="LosesReadiness">Whether the node is not ready meanwhile.</param>
internal sealed record FaultDocument(string Kind, DateTimeOffset Since, string Message, string Remedy, bool LosesReadiness)
{
    /// <summary>All that is at fault: in reading the chain, in what was computed from it, and in the chain itself.</summary>
    public static IReadOnlyList<FaultDocument> AllOf(FaultSources sources) => [.. FaultsOf(sources).Select(Of)];

    /// <summary>The same, as they are inside.</summary>
    public static IReadOnlyList<NodeFault> FaultsOf(FaultSources sources) =>
        [
            .. sources.Journal,
            .. (
                (NodeFault?[])
                    [
                        // What stops the reader of the chain may be the journal, which says more of it.
                        sources.Journal.Any(fault => fault.Kind == sources.Follower?.Kind)
                            ? null
                            : sources.Follower,
                        sources.Sender?.Fault,
                        sources.Computed?.Fault,
                        OfCheck(sources.Check),
                    ]
            ).OfType<NodeFault>(),
            .. (sources.Computed?.Epochs ?? []).Where(result => result.DisagreesWithConsensus is not null).Select(OfResult),
            .. (sources.Weights?.Alarms ?? []).Select(alarm => new NodeFault(
                FaultKind.WeightsNotArriving,
                alarm.Text,
                DateTimeOffset.FromUnixTimeSeconds((long)alarm.Since)
            )),
        ];

    /// <summary>The document of a fault.</summary>
    public static FaultDocument Of(NodeFault fault)
    {
        var type = FaultType.Of(fault.Kind);
        return new FaultDocument(fault.Kind.ToString(), fault.At, fault.Message, type.Remedy, type.LosesReadiness);
    }

    private static NodeFault OfResult(LocalEpochResult result) =>
        new(
            FaultKind.DisagreesWithConsensus,
            $"Epoch {result.Epoch}: computed here is something else than was settled: "
                + $"{result.DisagreesWithConsensus}. Compare with tao20 consensus verify --epoch {result.Epoch}.",
            result.NotedAt
        );

    private static NodeFault? OfCheck(ChainCheckStatus? check) =>
        check is null or { Off.Count: 0 } or { Report: null, Problem: null }
            ? null
            : new NodeFault(
                FaultKind.ChainNotAsAssumed,
                check.Problem is { } problem
                    ? $"The chain cannot be checked: {problem}"
                    : $"Off: {string.Join(", ", check.Off.Select(off => CheckText.Word(off.Action)))}. "
                        + string.Join("; ", check.Off.Select(off => off.Why).Distinct()),
                check.Since
            );
}
