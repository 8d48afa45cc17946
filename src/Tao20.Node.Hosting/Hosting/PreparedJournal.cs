using Tao20.Actors.Faults;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>A journal that a node can use: it is there, of no newer version, and nobody else writes it.</summary>
/// <param name="Options">How the node uses it.</param>
/// <param name="WrittenBy">The newest program that has written it.</param>
/// <param name="IsFresh">
/// Whether nothing has been folded into it yet: then it is known where to begin. Elsewhere the cursor says where to go on, and in a
/// cluster, who.
/// </param>
/// <param name="Writer">The process as one of its writers; null for a file, which the data directory's lock keeps for one process.</param>
internal sealed record PreparedJournal(JournalOptions Options, JournalVersion WrittenBy, bool IsFresh, JournalWriter? Writer)
    : IAsyncDisposable
{
    /// <summary>Prepares the journal of a node.</summary>
    /// <exception cref="NodeException">It cannot be used, or another process writes it.</exception>
    public static Task<PreparedJournal> PrepareAsync(NodeSettings settings, CancellationToken cancel) =>
        JournalErrors.ToldAsync(
            JournalErrors.GuardOf(settings, new FaultSignal()),
            async () =>
            {
                // The first question to the database: whether it answers and lets this user in shows here.
                var writtenBy = await MakeTablesAsync(settings.Journal, cancel);
                if (settings.Journal.Kind == JournalKind.Sqlite)
                {
                    var isFresh = !SqliteJournal.Holds(settings.Journal, ChainFollowerKey.Stream);
                    return new PreparedJournal(settings.Journal, writtenBy, isFresh, null);
                }

                // A node of a cluster is let in once it is a member.
                var writer = settings.Cluster is null
                    ? await WriteAloneAsync(settings.Journal, cancel)
                    : await JournalWriter.BeginAsync(settings.Journal, cancel);
                return new PreparedJournal(writer.Options, writtenBy, IsFresh: false, writer);
            }
        );

    /// <summary>Makes the tables of a journal that are missing.</summary>
    /// <returns>The newest program that has written it, this one included.</returns>
    /// <exception cref="JournalException">It was written by a newer version, or cannot be used.</exception>
    public static async Task<JournalVersion> MakeTablesAsync(JournalOptions options, CancellationToken cancel) =>
        options.Kind == JournalKind.Sqlite ? SqliteJournal.Prepare(options) : await PostgreSqlJournal.PrepareAsync(options, cancel);

    /// <summary>Lets this process alone write a PostgreSQL journal, whose tables are there.</summary>
    /// <param name="options">The journal.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="patience">How long another may take to end; null for as long as a start waits.</param>
    /// <exception cref="JournalException">It cannot be used, or another process writes it.</exception>
    public static async Task<JournalWriter> WriteAloneAsync(JournalOptions options, CancellationToken cancel, TimeSpan? patience = null)
    {
        var writer = await JournalWriter.BeginAsync(options, cancel, patience);
        try
        {
            await writer.RegisterAsync(new NoPeers($"{Environment.MachineName}, process {Environment.ProcessId}"), cancel);
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Writer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
