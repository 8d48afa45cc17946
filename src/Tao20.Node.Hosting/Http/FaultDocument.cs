using Tao20.Actors.Checks;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Node.Checks;

namespace Tao20.Node.Http;

/// <summary>A fault, as <c>/status</c> shows it.</summary>
internal sealed record FaultDocument(string Kind, string Message, DateTimeOffset At, string Remedy)
{
    /// <summary>All that is at fault: in reading the chain, in what was computed from it, and in the chain itself.</summary>
    public static IReadOnlyList<FaultDocument> AllOf(NodeStatus status) => [.. FaultsOf(status).Select(Of)];

    private static IReadOnlyList<NodeFault> FaultsOf(NodeStatus status) =>
        [
            .. (
                (NodeFault?[])
                    [
                        status.Follower.Fault,
                        status.Validator?.Sender.Fault,
                        status.Validator?.Computed.Fault,
                        status.Market?.Sender?.Fault,
                        OfCheck(status.Check),
                    ]
            ).OfType<NodeFault>(),
            .. (status.Validator?.Computed.Epochs ?? []).Where(result => result.DisagreesWithConsensus is not null).Select(OfResult),
            .. (status.Validator?.Weights?.Alarms ?? []).Select(alarm => new NodeFault(
                FaultKind.WeightsNotArriving,
                alarm.Text,
                DateTimeOffset.FromUnixTimeSeconds((long)alarm.Since)
            )),
        ];

    private static FaultDocument Of(NodeFault fault) =>
        new(fault.Kind.ToString(), fault.Message, fault.At, FaultType.Of(fault.Kind).Remedy);

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
