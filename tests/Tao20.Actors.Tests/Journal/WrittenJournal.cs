using Npgsql;
using Tao20.Actors.Journal;
using Tao20.Devnet.PostgreSql;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Journal;

/// <summary>A PostgreSQL journal as writers, and strangers, use it.</summary>
/// <param name="database">The connection string of its database.</param>
internal sealed class WrittenJournal(string database)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    public string Database => database;

    public JournalOptions Options => new() { Kind = JournalKind.PostgreSql, ConnectionString = PostgreSqlJournal.Named(database) };

    public Task<JournalWriter> BeginAsync() => JournalWriter.BeginAsync(Options, CancellationToken.None, AtOnce);

    public Task<long> NumberAsync(string sql) => PostgreSqlFixture.NumberAsync(database, sql);

    public Task ExecuteAsync(string sql) => PostgreSqlServer.ExecuteAsync(database, sql);

    public async Task<List<long?>> WritersAsync(string stream)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT writer FROM journal WHERE persistence_id = '{stream}' ORDER BY sequence_number",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var writers = new List<long?>();
        while (await reader.ReadAsync())
            writers.Add(reader.IsDBNull(0) ? null : reader.GetInt64(0));
        return writers;
    }

    public static async Task WriteAsync(JournalWriter writer, string stream, long number)
    {
        await using var connection = new NpgsqlConnection(writer.Options.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await InsertAsync(connection, stream, number);
    }

    public static async Task InsertAsync(NpgsqlConnection connection, string stream, long number)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO journal (created, deleted, persistence_id, sequence_number, message) VALUES (0, false, '{stream}', {number}, '')",
            connection
        );
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A cluster of nodes.</summary>
internal sealed class Membership
{
    private readonly HashSet<string> _removed = [];

    public void Remove(string node) => _removed.Add(node);

    public IWriterPeers Of(string node) => new View(this, node);

    private sealed class View(Membership peers, string node) : IWriterPeers
    {
        public string Node => node;

        public long Incarnation => 1;

        // One that is out does not know it.
        public WriterStanding StandingOf(string node, long incarnation) =>
            peers._removed.Contains(Node) || !peers._removed.Contains(node) ? WriterStanding.Member : WriterStanding.Removed;
    }
}
