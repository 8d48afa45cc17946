using Tao20.Actors.Journal;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Consensus;

/// <summary>The registry key of the coordinator.</summary>
public sealed class ConsensusKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "consensus";
}

/// <summary>
/// Settle a closed epoch; answered by <see cref="EpochAcknowledged"/> once it is durable, at once if it was before, or by
/// <see cref="StreamIncomplete"/> where the journal lacks what it would be settled by.
/// </summary>
/// <param name="Epoch">The epoch and who traded in it.</param>
/// <param name="Parameters">The parameters in force in it.</param>
/// <param name="Heads">How far the cursor knows the trades of its miners to be folded.</param>
/// <param name="Settled">How many epochs the cursor knows to be settled.</param>
public sealed record SettleEpoch(
    EpochToSettle Epoch,
    ParametersVersion Parameters,
    IReadOnlyDictionary<Address, MinerHead> Heads,
    long Settled
);

/// <summary>The epoch is settled, durably.</summary>
public sealed record EpochAcknowledged(EpochId Epoch);

/// <summary>Take these into the book; answered by <see cref="FactsFolded"/> once they are durable.</summary>
/// <param name="Range">The number of the range they are from.</param>
/// <param name="Items">What happened, in chain order.</param>
/// <param name="Through">The last block of the range.</param>
/// <param name="Time">Its time, in seconds.</param>
/// <param name="After">Where the last stands that the cursor knows to be in the journal; null where it knows none.</param>
public sealed record FoldFacts(long Range, IReadOnlyList<BookItem> Items, ulong Through, ulong Time, Position? After);

/// <summary>The facts of a range are durable.</summary>
public sealed record FactsFolded(long Range);

/// <summary>
/// An operator has this node state nothing and set no weights, or do it again; answered by <see cref="StatingSwitched"/> once that is
/// durable.
/// </summary>
public sealed record SwitchStating(bool IsPaused);

/// <summary>Whether this node states nothing and sets no weights.</summary>
/// <param name="IsPaused">Whether it is so.</param>
/// <param name="DormantRounds">After how many missed rounds it can be made dormant; 0 before the registry is known.</param>
public sealed record StatingSwitched(bool IsPaused, int DormantRounds);

/// <summary>What has been settled? Answered by <see cref="SettledEpochs"/>.</summary>
public sealed record GetSettledEpochs
{
    /// <summary>The query.</summary>
    public static readonly GetSettledEpochs Instance = new();
}

/// <summary>The settled epochs.</summary>
/// <param name="Count">How many there ever were.</param>
/// <param name="Recent">The latest of them, oldest first.</param>
/// <param name="Book">What validators agree on; null without a registry.</param>
/// <param name="Time">The time of the last block that is in the book, in seconds; 0 before the first.</param>
public sealed record SettledEpochs(long Count, IReadOnlyList<EpochReport> Recent, RegistryBook? Book = null, ulong Time = 0)
{
    /// <summary>Whether an operator has stopped this node's stating and setting weights.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The hash of the last round that is over; null before the first, and where it is not known.</summary>
    public ChainedRound? LastRound { get; init; }

    /// <summary>
    /// Whether an epoch's ranking root may be told: not while others can still commit to it (source: the consensus rules, What a node
    /// does).
    /// </summary>
    public bool IsTold(EpochId epoch) => Book is null || Book.IsTold(epoch, Time);
}
