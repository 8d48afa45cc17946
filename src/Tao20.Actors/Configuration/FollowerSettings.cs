using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;

namespace Tao20.Actors.Configuration;

/// <summary>What the follower is configured with.</summary>
/// <param name="Identity">The chain and contract it finds; what a journal must be of.</param>
/// <param name="Scoring">The parameters wanted.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="Faults">Where faults that end the node are told.</param>
/// <param name="Metrics">Where progress is counted.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Until">The last block to fold; null goes on with the chain.</param>
/// <param name="Earlier">The parameters of past epochs, for a journal that is folded anew; null for what its own journal knows.</param>
public sealed record FollowerSettings(
    ChainIdentity Identity,
    DomainParameters Scoring,
    JournalFaultReporter Journal,
    FaultSignal Faults,
    PipelineMetrics Metrics,
    TimeProvider Clock,
    ulong? Until = null,
    ParameterSchedule? Earlier = null
)
{
    /// <summary>The first ranges, if they are being read already; null where the follower begins with them.</summary>
    public EarlyReading? Early { get; init; }

    internal string ForeignJournal(ChainIdentity journal) => Journal.Foreign(journal, Identity);

    internal string UnknownCursor(BlockHeader last) =>
        $"The journal in {Journal.Where} has folded up to block {last.Number} ({last.Hash}), and the chain has no such block. "
        + $"Give the {Journal.Container} of this chain, an empty one, or an endpoint that has caught up.";
}
