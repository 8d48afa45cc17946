using Tao20.Actors.Journal;

namespace Tao20.Actors.Rebuild;

/// <summary>
/// A journal that is folded anew beside the one in use, and then takes its place. Whatever instant the process ends at, the place has one
/// of the two, whole.
/// </summary>
public abstract class JournalReplacement
{
    /// <summary>What is written here is for the rebuild, and not another node's.</summary>
    internal const string Name = "rebuild";

    /// <summary>How the new journal is kept while it is folded.</summary>
    public abstract JournalOptions Options { get; }

    /// <summary>Where the new journal is, for messages.</summary>
    public abstract string Where { get; }

    /// <summary>The replacement of a journal.</summary>
    /// <param name="current">The journal in use.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="clock">The clock.</param>
    public static JournalReplacement Of(JournalOptions current, string directory, TimeProvider clock) =>
        current.Kind == JournalKind.Sqlite ? new SqliteReplacement(current, directory, clock) : new PostgreSqlReplacement(current, clock);

    /// <summary>Makes the place for the new journal; what an interrupted rebuild has left is gone on with.</summary>
    /// <exception cref="JournalException">It cannot be made.</exception>
    public abstract Task PrepareAsync(CancellationToken cancel);

    /// <summary>Removes the new journal.</summary>
    /// <exception cref="JournalException">It cannot be removed.</exception>
    public abstract Task DiscardAsync(CancellationToken cancel);

    /// <summary>
    /// The new journal takes along what no chain gives back, and the place of the one in use, which is kept. No node may use either.
    /// </summary>
    /// <returns>Where the former journal is kept.</returns>
    /// <exception cref="JournalException">It cannot; then the one in use is as it was.</exception>
    public abstract Task<string> TakePlaceAsync(CancellationToken cancel);

    /// <summary>What a kept journal is called, by the time it was replaced at.</summary>
    protected static string Kept(TimeProvider clock) =>
        clock.GetUtcNow().ToString("yyyyMMddTHHmmssZ", System.Globalization.CultureInfo.InvariantCulture);
}
