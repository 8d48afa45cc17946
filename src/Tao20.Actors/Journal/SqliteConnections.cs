using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.SQLite;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tao20.Actors.Journal;

/// <summary>
/// The connections to one SQLite file, kept open between their owners: to open one costs more than most of what is asked of it.
/// </summary>
/// <remarks>
/// The pool of Microsoft.Data.Sqlite can lend one connection to two owners (dotnet/efcore issue 39008). Here a connection is in the
/// bag or with the one <see cref="Lease"/> that took it out of the bag, and one that comes back in the middle of something is
/// closed.
/// </remarks>
internal sealed class SqliteConnections(JournalOptions options) : IDisposable
{
    /// <summary>No more than so many stay open unused: one that writes, and those that recover at once.</summary>
    private const int MostIdle = 8;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private int _count;
    private volatile bool _ended;

    /// <summary>What the persistence plugin is told of its connections. It looks for the provider's name beside what makes them.</summary>
    public DataOptions DataOptions() =>
        new DataOptions()
            .UseConnectionFactory(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => new Lease(this, options.ConnectionString))
            .WithOptions<ConnectionOptions>(connection => connection with { ProviderName = ProviderName.SQLiteMS })
            .UseInterceptor(new YieldOnOpenInterceptor());

    /// <summary>Closes what is idle; what is still lent is closed when it comes back.</summary>
    public void Dispose()
    {
        _ended = true;
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }

    private SqliteConnection Take()
    {
        if (_idle.TryTake(out var idle))
        {
            Interlocked.Decrement(ref _count);
            return idle;
        }

        var connection = new SqliteConnection(options.ConnectionString);
        try
        {
            connection.Open();
            SqliteJournal.Configure(connection, options);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void TakeBack(SqliteConnection connection)
    {
        if (!IsAtRest(connection))
        {
            connection.Dispose();
            return;
        }

        if (Interlocked.Increment(ref _count) > MostIdle)
        {
            Interlocked.Decrement(ref _count);
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_ended)
            Dispose();
    }

    /// <summary>No transaction is open and no statement half read: the next owner finds it as new.</summary>
    private static bool IsAtRest(SqliteConnection connection)
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            return false;
        for (
            var statement = raw.sqlite3_next_stmt(connection.Handle, null);
            statement is not null;
            statement = raw.sqlite3_next_stmt(connection.Handle, statement)
        )
        {
            if (raw.sqlite3_stmt_busy(statement) != 0)
                return false;
        }

        return true;
    }

    /// <summary>
    /// What an owner opens and closes: a connection of the bag for that time, and nothing afterwards, however often it is closed.
    /// </summary>
    private sealed class Lease(SqliteConnections connections, string connectionString) : SqliteConnection(connectionString)
    {
        private SqliteConnection? _lent;

        public override sqlite3? Handle => _lent?.Handle;

        public override ConnectionState State => _lent is null ? ConnectionState.Closed : ConnectionState.Open;

        public override void Open() => _lent ??= connections.Take();

        public override void Close()
        {
            if (_lent is null)
                return;
            Transaction?.Dispose();
            if (Interlocked.Exchange(ref _lent, null) is { } lent)
                connections.TakeBack(lent);
        }
    }

    /// <summary>Opens a connection away from the thread that asked.</summary>
    /// <remarks>
    /// SQLite's asynchronous calls run to their end on the caller's thread. The plugin gathers waiting entries into one transaction
    /// only while a write is under way elsewhere; without the hop every entry would be a transaction, and a sync, of its own.
    /// </remarks>
    private sealed class YieldOnOpenInterceptor : ConnectionInterceptor
    {
        public override async Task ConnectionOpeningAsync(
            ConnectionEventData eventData,
            DbConnection connection,
            CancellationToken cancellationToken
        ) => await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }
}
