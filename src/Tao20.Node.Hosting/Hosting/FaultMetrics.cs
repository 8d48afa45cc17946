using System.Diagnostics.Metrics;
using Akka.Actor;
using Tao20.Actors.Faults;
using Tao20.Actors.Metrics;
using Tao20.Actors.Status;
using Tao20.Node.Http;

namespace Tao20.Node.Hosting;

/// <summary>
/// The gauge of faults: each time it is read those who know are asked, and what they said the last time is told. So it never waits, and is
/// as old as the reading before.
/// </summary>
internal sealed class FaultMetrics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly IActorRef _status;
    private volatile IReadOnlyList<NodeFault> _faults = [];
    private Task _asking = Task.CompletedTask;

    private FaultMetrics(IActorRef status) => _status = status;

    /// <summary>Adds it to a node's meter.</summary>
    /// <param name="metrics">The meter.</param>
    /// <param name="status">Who answers for the node's state.</param>
    public static void Observe(PipelineMetrics metrics, IActorRef status) =>
        metrics.ObserveEach("tao20.faults", "{fault}", "How many faults of each kind there are", new FaultMetrics(status).Measure);

    private IEnumerable<Measurement<long>> Measure()
    {
        if (_asking.IsCompleted)
            _asking = AskAsync();
        var faults = _faults;
        return Enum.GetValues<FaultKind>()
            .Select(kind => new Measurement<long>(
                faults.Count(fault => fault.Kind == kind),
                new KeyValuePair<string, object?>("kind", kind.ToString())
            ));
    }

    private async Task AskAsync()
    {
        try
        {
            _faults = FaultDocument.FaultsOf(await _status.Ask<FaultSources>(GetFaults.Instance, Patience).ConfigureAwait(false));
        }
        catch (AskTimeoutException)
        {
            // The node ends: the last that was known stays.
        }
    }
}
