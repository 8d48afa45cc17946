using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Consensus;

/// <summary>The registry key of what sets a validator's weights.</summary>
public sealed class WeightsKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "weights";
}

/// <summary>
/// Bring the weights of this epoch to the subnet; answered by <see cref="WeightsAccepted"/> once that is durable, at once if it was
/// before.
/// </summary>
public sealed record PublishWeights(EpochReport Report);

/// <summary>The weights of an epoch are on their way, or a later one's are.</summary>
public sealed record WeightsAccepted(EpochId Epoch);

/// <summary>The weights of an epoch have moved on; persisted by <c>weights-{address}</c>.</summary>
public sealed record WeightsMoved(WeightsProgress Progress);

/// <summary>How are the weights? Answered by <see cref="WeightsState"/>.</summary>
public sealed record GetWeights
{
    /// <summary>The query.</summary>
    public static readonly GetWeights Instance = new();
}

/// <summary>What sets weights is configured with. Validated before anything starts.</summary>
[Settings("Weights")]
public sealed record WeightsOptions
{
    /// <summary>Whether weights are set at all. Default true.</summary>
    [Setting("Whether a validator sets weights on the subnet.")]
    public bool Enabled { get; init; } = true;

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() => [.. Setting.Check(this).Select(error => error.ToString())];
}
