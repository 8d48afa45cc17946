using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Coordination;

/// <summary>Something that concerns settled epochs or the book of validators.</summary>
public abstract record CoordinatorCommand
{
    private CoordinatorCommand() { }

    /// <summary>The volumes of a closed epoch's miners are known: settle it.</summary>
    /// <param name="Closed">The epoch and how it ended.</param>
    /// <param name="Parameters">The parameters in force in it.</param>
    /// <param name="Volumes">What each of its miners did in it.</param>
    public sealed record Settle(ClosedEpoch Closed, ParametersVersion Parameters, IEnumerable<EpochVolume> Volumes) : CoordinatorCommand;

    /// <summary>These have happened, in chain order; after a crash some of them come again.</summary>
    public sealed record Queue(IReadOnlyList<BookItem> Items) : CoordinatorCommand;

    /// <summary>Take what waits into the book, as far as epochs are settled.</summary>
    /// <param name="Through">The last block whose logs have all come.</param>
    public sealed record Advance(ulong Through) : CoordinatorCommand;
}

/// <summary>Something has happened to settled epochs or the book of validators: persisted by <c>consensus</c>.</summary>
public abstract record CoordinatorEvent
{
    private CoordinatorEvent() { }

    /// <summary>An epoch was settled; never deleted.</summary>
    public sealed record EpochSettled(EpochReport Report) : CoordinatorEvent;

    /// <summary>Facts have come and wait to be taken into the book.</summary>
    public sealed record FactsQueued(IReadOnlyList<BookItem> Items) : CoordinatorEvent;

    /// <summary>What follows from facts.</summary>
    /// <param name="Taken">How many of those that waited it follows from.</param>
    /// <param name="Events">What follows, in order.</param>
    public sealed record BookAdvanced(int Taken, IReadOnlyList<ConsensusEvent> Events) : CoordinatorEvent;
}
