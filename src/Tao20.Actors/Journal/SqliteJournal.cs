using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tao20.Actors.Journal;

/// <summary>The SQLite file of a data directory: made durable, checked before it is used.</summary>
public static class SqliteJournal
{
    /// <summary>The name of the file in the data directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>Up to this size the whole file is checked at the start (about a second); a larger one only when it is read.</summary>
    public const long CheckedUpToBytes = 512L * 1024 * 1024;

    private const int PageBytes = 4096;

    /// <summary>The connection string of the journal in a data directory.</summary>
    /// <remarks>Without the pool of Microsoft.Data.Sqlite: <see cref="SqliteConnections"/> says why.</remarks>
    public static string ConnectionString(string dataDirectory) => ConnectionStringOf(Path.Combine(dataDirectory, FileName));

    /// <summary>The connection string of a journal that is a file of any name.</summary>
    public static string ConnectionStringOf(string file) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString();

    /// <summary>The same journal, to be read and never written.</summary>
    public static JournalOptions ReadOnly(JournalOptions options) =>
        options with
        {
            ConnectionString = new SqliteConnectionStringBuilder(options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly }.ToString(),
        };

    /// <summary>Creates the file if it is not there, gives it a write-ahead log, checks what it holds, and makes its tables.</summary>
    /// <returns>The newest program that has written it, this one included.</returns>
    /// <exception cref="JournalException">It is corrupt, of a newer version, cannot be written, or there is no space.</exception>
    public static JournalVersion Prepare(JournalOptions options)
    {
        JournalVersion? noted = null;
        var file = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        Guarded(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var connection = new SqliteConnection(options.ConnectionString);
            connection.Open();
            Configure(connection, options);
            Execute(connection, "PRAGMA journal_mode = WAL");
            if (new FileInfo(file).Length <= CheckedUpToBytes && Execute(connection, "PRAGMA quick_check(1)") is var verdict and not "ok")
                throw new JournalException(JournalProblem.Corrupt, verdict);
            using var transaction = connection.BeginTransaction(deferred: false);
            noted = JournalVersion.NoteAsync(JournalKind.Sqlite, connection, CancellationToken.None).GetAwaiter().GetResult();
            JournalSchema.ApplyAsync(JournalKind.Sqlite, connection, int.MaxValue, CancellationToken.None).GetAwaiter().GetResult();
            transaction.Commit();
        });
        return noted!;
    }

    /// <summary>Whose entries and snapshots the file holds. Nobody's while its tables are not there yet.</summary>
    /// <remarks>
    /// From one id to the next by the index, without reading the entries in between (SQLite has no such step of its own).
    /// </remarks>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public static IReadOnlySet<string> PersistenceIds(JournalOptions options)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        using var connection = new SqliteConnection(options.ConnectionString);
        connection.Open();
        foreach (var table in (string[])["journal", "snapshot"])
        {
            if (!HasTable(connection, table))
                continue;
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                WITH RECURSIVE ids(id) AS (
                  SELECT min(persistence_id) FROM {table}
                  UNION ALL SELECT (SELECT min(persistence_id) FROM {table} WHERE persistence_id > id) FROM ids WHERE id IS NOT NULL)
                SELECT id FROM ids WHERE id IS NOT NULL
                """;
            using var reader = command.ExecuteReader();
            while (reader.Read())
                ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>Whether the file holds an entry or a snapshot of somebody.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public static bool Holds(JournalOptions options, string persistenceId)
    {
        var holds = false;
        Guarded(() =>
        {
            using var connection = new SqliteConnection(options.ConnectionString);
            connection.Open();
            holds = ((string[])["journal", "snapshot"]).Any(table =>
                HasTable(connection, table)
                && Execute(connection, $"SELECT EXISTS (SELECT 1 FROM {table} WHERE persistence_id = @id)", persistenceId) == "1"
            );
        });
        return holds;
    }

    /// <summary>Does something with a journal's file; what the database or the file system says is a problem of the journal.</summary>
    /// <exception cref="JournalException">It cannot be done.</exception>
    internal static void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteException e)
        {
            throw new JournalException(
                JournalProblems.Of(e) is var problem and not JournalProblem.Passing ? problem : JournalProblem.Unwritable,
                e.Message,
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalProblem.Unwritable, e.Message, e);
        }
    }

    /// <summary>Synced at every commit: what was acknowledged survives a power cut. The log is moved into the file every 16 MiB.</summary>
    internal static void Configure(DbConnection connection, JournalOptions options)
    {
        Execute(
            connection,
            "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -2000; "
                + "PRAGMA temp_store = MEMORY;"
        );
        if (options.MaxSizeMiB > 0)
            Execute(connection, $"PRAGMA max_page_count = {options.MaxSizeMiB * (1024L * 1024 / PageBytes)}");
    }

    private static bool HasTable(DbConnection connection, string table) =>
        Execute(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @id", table) == "1";

    /// <summary>Does something, and says what comes first of it; nothing where nothing does.</summary>
    internal static string Execute(DbConnection connection, string sql, string? id = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (id is not null)
            command.Parameters.Add(new SqliteParameter("@id", id));
        return command.ExecuteScalar()?.ToString() ?? "";
    }
}

/// <summary>The journal cannot be used.</summary>
public sealed class JournalException(JournalProblem problem, string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>What kind of problem.</summary>
    public JournalProblem Problem { get; } = problem;
}
