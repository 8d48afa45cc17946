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
    public sealed record Advance : CoordinatorCommand;

    /// <summary>An operator has this node state nothing and set no weights, or do it again.</summary>
    public sealed record Pause(bool IsPaused) : CoordinatorCommand;
}

/// <summary>Something has happened to settled epochs or the book of validators: persisted by <c>consensus</c>.</summary>
public abstract record CoordinatorEvent
{
    private CoordinatorEvent() { }

    /// <summary>An epoch was settled; never deleted.</summary>
    public sealed record EpochSettled(EpochReport Report) : CoordinatorEvent;

    /// <summary>Facts have come and wait to be taken into the book.</summary>
    public sealed record FactsQueued(IReadOnlyList<BookItem> Items) : CoordinatorEvent;

    /// <summary>Facts that waited are in the book.</summary>
    /// <param name="Taken">How many of them.</param>
    /// <param name="Rounds">The hashes of the rounds that are over by them, in their order.</param>
    public sealed record BookAdvanced(int Taken, IReadOnlyList<ChainedRound> Rounds) : CoordinatorEvent;

    /// <summary>An operator has stopped this node's stating and setting weights, or let it go on.</summary>
    public sealed record StatingPaused(bool IsPaused) : CoordinatorEvent;

    /// <summary>What a journal holds of a registry that is followed no more: it says nothing of the present one.</summary>
    public sealed record FirstRegistryTold : CoordinatorEvent;
}
