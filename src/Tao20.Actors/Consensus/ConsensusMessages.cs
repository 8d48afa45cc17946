using Tao20.Domain.Consensus;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>The registry key of the coordinator.</summary>
public sealed class ConsensusKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "consensus";
}

/// <summary>Settle a closed epoch; answered by <see cref="EpochAcknowledged"/> once it is durable, at once if it was before.</summary>
/// <param name="Epoch">The epoch and who traded in it.</param>
/// <param name="Parameters">The parameters in force in it.</param>
public sealed record SettleEpoch(EpochToSettle Epoch, ParametersVersion Parameters);

/// <summary>The epoch is settled, durably.</summary>
public sealed record EpochAcknowledged(EpochId Epoch);

/// <summary>Take these into the book; answered by <see cref="FactsFolded"/> once they are durable.</summary>
/// <param name="Range">The number of the range they are from.</param>
/// <param name="Items">What happened, in chain order.</param>
/// <param name="Through">The last block of the range.</param>
public sealed record FoldFacts(long Range, IReadOnlyList<BookItem> Items, ulong Through);

/// <summary>The facts of a range are durable.</summary>
public sealed record FactsFolded(long Range);

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
public sealed record SettledEpochs(long Count, IReadOnlyList<EpochReport> Recent, ConsensusBook? Book = null);
