using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tao20.Actors.Journal;

/// <summary>
/// A backup of a journal: one SQLite file with all of it as it was at one moment, whatever it is kept in and whoever writes it meanwhile.
/// </summary>
public static class JournalBackup
{
    /// <summary>The backup in a file, as a journal.</summary>
    public static JournalOptions Of(string file) => new() { ConnectionString = SqliteJournal.ConnectionStringOf(file) };

    /// <summary>Takes a backup; nodes may use the journal meanwhile. It is not replayed here.</summary>
    /// <param name="from">The journal.</param>
    /// <param name="file">The file that is made: none may be there.</param>
    /// <param name="progress">Told how many events have been copied; of a file that is copied as a whole, nothing.</param>
    /// <param name="cancel">Cancels the operation; what is in the file by then is no backup.</param>
    /// <returns>How many events and snapshots it holds.</returns>
    /// <exception cref="JournalException">The journal cannot be read, or the file not be written.</exception>
    public static async Task<(long Events, long Snapshots)> TakeAsync(
        JournalOptions from,
        string file,
        IProgress<long>? progress,
        CancellationToken cancel
    )
    {
        var to = Of(file);
        if (from.Kind == JournalKind.PostgreSql)
        {
            SqliteJournal.Prepare(to);
            await JournalCopy.CopyAsync(from, to, progress, cancel).ConfigureAwait(false);
        }
        else
        {
            await Task.Run(() => SqliteJournal.Guarded(() => CopyFile(from, to)), cancel).ConfigureAwait(false);
        }

        return await Task.Run(() => Close(to), cancel).ConfigureAwait(false);
    }

    /// <summary>Puts a backup in the place of a journal that is not there.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="to">
    /// Where the journal is to be: for SQLite a file that is not there, for PostgreSQL empty tables that this process may write.
    /// </param>
    /// <param name="progress">Told how many events have been copied; of a file that is copied as a whole, nothing.</param>
    /// <param name="cancel">Cancels the operation, which then has left nothing behind.</param>
    /// <returns>How many events and snapshots there are.</returns>
    /// <exception cref="JournalException">The backup cannot be read, or the journal not be written, or one is there.</exception>
    public static async Task<(long Events, long Snapshots)> RestoreAsync(
        string file,
        JournalOptions to,
        IProgress<long>? progress,
        CancellationToken cancel
    )
    {
        if (to.Kind == JournalKind.PostgreSql)
            return await JournalCopy.CopyAsync(Of(file), to, progress, cancel).ConfigureAwait(false);
        var (events, snapshots) = (0L, 0L);
        await Task.Run(
                () =>
                    SqliteJournal.Guarded(() =>
                    {
                        var place = new SqliteConnectionStringBuilder(to.ConnectionString).DataSource;

                        // The rename is what makes it a journal: whoever is interrupted before has no half of one.
                        var unfinished = $"{place}.restoring";
                        File.Delete(unfinished);
                        CopyFile(Of(file), Of(unfinished));
                        (events, snapshots) = Close(Of(unfinished));
                        File.Move(unfinished, place);
                    }),
                cancel
            )
            .ConfigureAwait(false);
        return (events, snapshots);
    }

    /// <summary>By SQLite's own backup: all pages of one moment, while others read and write.</summary>
    private static void CopyFile(JournalOptions from, JournalOptions to)
    {
        using var source = new SqliteConnection(SqliteJournal.ReadOnly(from).ConnectionString);
        source.Open();
        using var target = new SqliteConnection(to.ConnectionString);
        target.Open();
        source.BackupDatabase(target);
    }

    /// <summary>Checks the whole file, and leaves it without a write-ahead log: a file by itself, synced.</summary>
    private static (long Events, long Snapshots) Close(JournalOptions options)
    {
        var (events, snapshots) = (0L, 0L);
        SqliteJournal.Guarded(() =>
        {
            using (var connection = new SqliteConnection(options.ConnectionString))
            {
                connection.Open();
                SqliteJournal.Execute(connection, "PRAGMA synchronous = FULL");
                SqliteJournal.Execute(connection, "PRAGMA journal_mode = DELETE");
                if (SqliteJournal.Execute(connection, "PRAGMA integrity_check(1)") is var verdict and not "ok")
                    throw new JournalException(JournalProblem.Corrupt, verdict);
                events = Number(connection, "journal");
                snapshots = Number(connection, "snapshot");
            }

            using var file = new FileStream(
                new SqliteConnectionStringBuilder(options.ConnectionString).DataSource,
                FileMode.Open,
                FileAccess.ReadWrite
            );
            file.Flush(flushToDisk: true);
        });
        return (events, snapshots);

        static long Number(SqliteConnection connection, string table) =>
            long.Parse(SqliteJournal.Execute(connection, $"SELECT count(*) FROM {table}"), CultureInfo.InvariantCulture);
    }
}
