using System.Data.Common;
using LinqToDB;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Miners;

namespace Tao20.Actors.Hosting;

/// <summary>The SQLite file of a data directory: made durable, checked before it is used.</summary>
public static class SqliteJournal
{
    /// <summary>The name of the file in the data directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>Up to this size the whole file is checked at the start (about a second); a larger one only when it is read.</summary>
    public const long CheckedUpToBytes = 512L * 1024 * 1024;

    private const int PageBytes = 4096;

    /// <summary>The connection string of the journal in a data directory.</summary>
    /// <remarks>
    /// Without pooling: under concurrent opens the pool of Microsoft.Data.Sqlite can lend one live connection to two owners
    /// (dotnet/efcore issue 39008), and one of them then commits or rolls back what the other has written.
    /// </remarks>
    public static string ConnectionString(string dataDirectory) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDirectory, FileName), Pooling = false, DefaultTimeout = 60 }.ToString();

    /// <summary>Creates the file if it is not there, switches it to a write-ahead log, and checks what it holds.</summary>
    /// <exception cref="JournalException">It is corrupt, cannot be written, or there is no space.</exception>
    public static void Prepare(JournalOptions options)
    {
        var file = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var connection = new SqliteConnection(options.ConnectionString);
            connection.Open();
            Configure(connection, options);
            Execute(connection, "PRAGMA journal_mode = WAL");
            if (new FileInfo(file).Length <= CheckedUpToBytes && Execute(connection, "PRAGMA quick_check(1)") is var verdict and not "ok")
                throw new JournalException(JournalProblem.Corrupt, verdict);
        }
        catch (SqliteException e)
        {
            throw new JournalException(JournalProblems.Of(e) is var problem and not JournalProblem.Passing ? problem : JournalProblem.Unwritable, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalProblem.Unwritable, e.Message, e);
        }
    }

    /// <summary>
    /// A connection that only stays open: whenever the last one closes, SQLite moves the whole log into the file and syncs both.
    /// </summary>
    public static IDisposable HoldOpen(JournalOptions options)
    {
        var connection = new SqliteConnection(options.ConnectionString);
        connection.Open();
        Execute(connection, "PRAGMA schema_version");
        return connection;
    }

    /// <summary>What the persistence plugin is told of its connections.</summary>
    public static DataOptions DataOptions(JournalOptions options) => new DataOptions()
        .UseConnectionString(ProviderName.SQLiteMS, options.ConnectionString)
        .UseInterceptor(new Connections(options));

    /// <summary>Synced at every commit: what was acknowledged survives a power cut. The log is moved into the file every 16 MiB.</summary>
    private static void Configure(DbConnection connection, JournalOptions options)
    {
        Execute(connection, "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY;");
        if (options.MaxSizeMiB > 0)
            Execute(connection, $"PRAGMA max_page_count = {options.MaxSizeMiB * (1024L * 1024 / PageBytes)}");
    }

    /// <summary>Sets each connection up, and opens it away from the thread that asked.</summary>
    /// <remarks>
    /// SQLite's asynchronous calls run to their end on the caller's thread. The plugin gathers waiting entries into one transaction
    /// only while a write is under way elsewhere; without the hop every entry would be a transaction, and a sync, of its own.
    /// </remarks>
    private sealed class Connections(JournalOptions options) : ConnectionInterceptor
    {
        public override async Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => Configure(connection, options);

        public override Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
        {
            Configure(connection, options);
            return Task.CompletedTask;
        }
    }

    private static string Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString() ?? "";
    }
}

/// <summary>The journal cannot be used.</summary>
public sealed class JournalException(JournalProblem problem, string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>What kind of problem.</summary>
    public JournalProblem Problem { get; } = problem;
}
