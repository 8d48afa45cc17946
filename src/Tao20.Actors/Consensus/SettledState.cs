using Tao20.Domain.Rewards;

namespace Tao20.Actors.Consensus;

/// <summary>The settled epochs, as far as they are needed: the count, and the latest few in full.</summary>
/// <param name="Count">How many there ever were.</param>
/// <param name="Recent">The latest, oldest first; at most <see cref="RecentKept"/>.</param>
public sealed record SettledState(long Count, IReadOnlyList<EpochReport> Recent)
{
    /// <summary>How many reports are kept in memory; the journal has all.</summary>
    public const int RecentKept = 24;

    /// <summary>Nothing settled yet.</summary>
    public static readonly SettledState Initial = new(0, []);

    /// <summary>The last settled epoch; null before the first.</summary>
    public EpochReport? Last => Recent.Count > 0 ? Recent[^1] : null;

    /// <summary>The state after one more.</summary>
    public SettledState After(EpochReport report) => new(Count + 1, [.. Recent.Append(report).TakeLast(RecentKept)]);
}
