using System.Data.Common;
using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Tests.Journal;

/// <summary>Connections are kept open between their owners, and each has one owner at a time.</summary>
[Trait("Category", "Fast")]
public sealed class SqliteConnectionsTests : InDirectory
{
    private JournalOptions Options => new() { ConnectionString = SqliteJournal.ConnectionString(Path) };

    [Fact]
    public void The_next_owner_gets_the_same_connection_and_finds_it_as_new()
    {
        using var connections = Prepared();
        nint first;
        using (var owner = new DataConnection(connections.DataOptions()))
            first = HandleOf(owner);
        using var next = new DataConnection(connections.DataOptions());
        Assert.Equal(first, HandleOf(next));
        Assert.Null(next.Transaction);
    }

    [Fact]
    public void Closing_twice_does_not_take_it_from_the_next_owner()
    {
        using var connections = Prepared();
        var owner = Open(connections);
        owner.Close();
        using var next = Open(connections);
        owner.Close();
        owner.Dispose();
        using var third = Open(connections);
        Assert.NotEqual(((SqliteConnection)next).Handle!.DangerousGetHandle(), ((SqliteConnection)third).Handle!.DangerousGetHandle());
    }

    [Fact]
    public void One_that_comes_back_in_the_middle_of_a_transaction_is_rolled_back_and_not_lent_again()
    {
        using var connections = Prepared();
        var owner = Open(connections);
        Execute(owner, "BEGIN IMMEDIATE");
        Execute(owner, "INSERT INTO t VALUES (1)");
        owner.Dispose();

        using var next = Open(connections);
        Execute(next, "BEGIN IMMEDIATE");
        Execute(next, "INSERT INTO t VALUES (2)");
        Execute(next, "COMMIT");
        Assert.Equal(2L, Execute(next, "SELECT sum(x) FROM t"));
    }

    [Fact]
    public async Task Many_owners_at_once_never_share_a_transaction()
    {
        using var connections = Prepared();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, cancel) =>
            {
                await using var owner = new DataConnection(connections.DataOptions());
                await owner.BeginTransactionAsync(cancel);
                await owner.ExecuteAsync("INSERT INTO t VALUES (1)", cancel);
                await owner.CommitTransactionAsync(cancel);
            }
        );
        using var last = Open(connections);
        Assert.Equal(400L, Execute(last, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void When_it_ends_nothing_stays_open()
    {
        var connections = Prepared();
        var owner = Open(connections);
        connections.Dispose();
        Execute(owner, "INSERT INTO t VALUES (1)");
        owner.Dispose();

        // The last connection to close takes the log into the file and deletes it.
        Assert.False(File.Exists(System.IO.Path.Combine(Path, SqliteJournal.FileName + "-wal")));
    }

    private SqliteConnections Prepared()
    {
        SqliteJournal.Prepare(Options);
        var connections = new SqliteConnections(Options);
        using var owner = Open(connections);
        Execute(owner, "CREATE TABLE t (x INTEGER)");
        return connections;
    }

    private static DbConnection Open(SqliteConnections connections)
    {
        var connection = connections.DataOptions().ConnectionOptions.ConnectionFactory!(connections.DataOptions());
        connection.Open();
        return connection;
    }

    private static nint HandleOf(DataConnection owner) => ((SqliteConnection)owner.OpenDbConnection()).Handle!.DangerousGetHandle();

    private static object? Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
