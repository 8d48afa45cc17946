using System.Globalization;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>The PostgreSQL database of a validator with several nodes.</summary>
public static class PostgreSqlJournal
{
    /// <summary>What a node calls itself at the database, before the number of its writer.</summary>
    public const string ApplicationName = "tao20";

    // Any number that nobody else locks: nodes that start at the same moment make the tables one after the other.
    private const long SchemaLock = 0x7461_6f32_3020_0001;

    /// <summary>The same connection by the node's name.</summary>
    public static string Named(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = ApplicationName }.ToString();

    /// <summary>The name of a writer's connections, by which the database knows whose they are.</summary>
    /// <param name="writer">The writer's number.</param>
    public static string NameOf(long writer) => string.Create(CultureInfo.InvariantCulture, $"{ApplicationName}/{writer}");

    /// <summary>
    /// The connections over which leases are taken, each a new one: those of a pool may have ended with the server that was there before,
    /// and a node would take itself out for that. Also where the database does not answer at all, that is known before a node has to
    /// decide without it.
    /// </summary>
    internal static string OfLeases(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 10,
        }.ToString();

    /// <summary>The connection that shows that a writer lives: it waits, and notices when nobody is there any more.</summary>
    internal static string OfLife(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            KeepAlive = 5,
            CommandTimeout = 0,
        }.ToString();

    /// <summary>Makes the tables that are missing, once for all nodes that start at the same moment, and notes who writes.</summary>
    /// <param name="options">The journal.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The newest program that has written it, this one included.</returns>
    /// <exception cref="JournalException">It was written by a newer version, or cannot be used.</exception>
    public static Task<JournalVersion> PrepareAsync(JournalOptions options, CancellationToken cancel) =>
        PrepareAsync(options, int.MaxValue, cancel);

    /// <inheritdoc cref="PrepareAsync(JournalOptions, CancellationToken)"/>
    /// <param name="options">The journal.</param>
    /// <param name="upTo">The last step of the schema that is made.</param>
    /// <param name="cancel">Cancels the operation.</param>
    internal static Task<JournalVersion> PrepareAsync(JournalOptions options, int upTo, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await OpenOnceAsync(options, cancel).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({SchemaLock})", cancel).ConfigureAwait(false);
            var noted = await JournalVersion.NoteAsync(JournalKind.PostgreSql, connection, cancel).ConfigureAwait(false);
            await JournalSchema.ApplyAsync(JournalKind.PostgreSql, connection, upTo, cancel).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
            return noted;
        });

    /// <summary>A connection for a question or two: none stays open behind it.</summary>
    internal static async Task<NpgsqlConnection> OpenOnceAsync(JournalOptions options, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
