using Tao20.Domain.Epochs;
using Tao20.Domain.Units;

namespace Tao20.Domain.Settlement;

/// <summary>The settled epochs, as far as they are needed: the count, and the latest few in full.</summary>
/// <param name="Count">How many there ever were.</param>
/// <param name="Recent">The latest, oldest first: at most <see cref="MostEpochs"/>, and together at most about
/// <see cref="MostMiners"/> miners.</param>
public sealed record SettledState(long Count, IReadOnlyList<EpochReport> Recent)
{
    /// <summary>How many reports are kept in memory; the journal has all.</summary>
    public const int MostEpochs = 1000;

    /// <summary>How many miners the reports kept may have together; the last report is kept however large it is.</summary>
    public const int MostMiners = 20_000;

    /// <summary>Nothing settled yet.</summary>
    public static readonly SettledState Initial = new(0, []);

    /// <summary>The last settled epoch; null before the first.</summary>
    public EpochReport? Last => Recent.Count > 0 ? Recent[^1] : null;

    /// <summary>The report of an epoch; null when it is not settled, or too long ago.</summary>
    public EpochReport? Of(EpochId epoch) => Recent.LastOrDefault(report => report.Closed.Epoch == epoch);

    /// <summary>Whether an epoch is settled: epochs are, in the order in which they end.</summary>
    public bool Has(ClosedEpoch closed) => Last is { } last && closed.ClosedAt <= last.Closed.ClosedAt;

    /// <summary>The state after one more.</summary>
    public SettledState After(EpochReport report)
    {
        var miners = Size(report) + Recent.Sum(Size);
        var dropped = Math.Max(0, Recent.Count + 1 - MostEpochs);
        for (var i = 0; i < dropped; i++)
            miners -= Size(Recent[i]);
        while (dropped < Recent.Count && miners > MostMiners)
            miners -= Size(Recent[dropped++]);
        return new SettledState(Count + 1, [.. Recent.Skip(dropped), report]);
    }

    private static int Size(EpochReport report) => report.Ranking.Ranked.Count + report.Ranking.Unranked.Count;
}
