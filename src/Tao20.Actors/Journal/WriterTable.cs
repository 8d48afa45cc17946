using System.Globalization;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>
/// Who writes a PostgreSQL journal: the statements about the tables of Journal/Schema/postgresql-2-writers.sql. What changes them does so
/// in a transaction, which only one writer has at a time.
/// </summary>
/// <param name="connection">An open connection.</param>
internal sealed class WriterTable(NpgsqlConnection connection)
{
    /// <summary>The state of an error by which the database refuses who may not write.</summary>
    public const string Refused = "TAO01";

    /// <summary>The table of writers.</summary>
    public const string Name = "tao20_writer";

    // Where writers hear of changes.
    private const string Channel = Name;

    // Locks of two numbers, the second a writer's: one is held as long as it lives, the other by its transactions.
    private const int Life = 0x7461_6f01;
    private const int Writing = 0x7461_6f02;

    // Whoever changes these tables holds it.
    private const long Changing = 0x7461_6f32_3020_0002;

    // Shorter than a lease is waited for.
    private const int ChangesWithinSeconds = 4;

    // So long it is kept who has taken what.
    private const int KeptDays = 90;

    private const string Columns = "number, node, incarnation, program, began, ended_by";

    // Of a row: whether a session holds the lock of its number.
    private static readonly string Lives = string.Create(
        CultureInfo.InvariantCulture,
        $"EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = {Life} AND objid = number AND objsubid = 2 "
            + $"AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    );

    /// <summary>What a session does first that shows that a writer lives: it holds the lock of its number as long as it lasts.</summary>
    /// <remarks>A machine that is lost without a word is noticed by its silence: after 5 s three questions, 2 s apart.</remarks>
    public static string Live(long writer) =>
        $"""
            SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
            SET idle_session_timeout = 0; SET statement_timeout = 0; LISTEN {Channel};
            SELECT pg_advisory_lock({Life}, {writer})
            """;

    /// <summary>
    /// Waits until nobody else changes these tables. Who is paused or cut off in the middle of that would keep all others from it: its
    /// session is ended by the database.
    /// </summary>
    public Task BeginAsync(CancellationToken cancel) =>
        connection.ExecuteAsync(
            $"SET LOCAL idle_in_transaction_session_timeout = '{ChangesWithinSeconds}s'; SELECT pg_advisory_xact_lock({Changing})",
            cancel
        );

    /// <summary>A writer; null when it is not known.</summary>
    public async Task<WriterRow?> FindAsync(long writer, CancellationToken cancel) =>
        (await ReadAsync($"SELECT {Columns} FROM {Name} WHERE number = {writer}", cancel).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>All that may write.</summary>
    public Task<IReadOnlyList<WriterRow>> NotEndedAsync(CancellationToken cancel) =>
        ReadAsync($"SELECT {Columns} FROM {Name} WHERE ended IS NULL ORDER BY number", cancel);

    /// <summary>One that may write and lives, and is neither a certain one nor runs where that does; null when there is none.</summary>
    /// <param name="number">The number of that one.</param>
    /// <param name="node">Where it runs.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<WriterRow?> FindOtherAsync(long number, string node, CancellationToken cancel)
    {
        await using var command = Command(
            $"SELECT {Columns} FROM {Name} WHERE ended IS NULL AND number <> {number} AND node <> @node AND {Lives} ORDER BY number LIMIT 1"
        );
        command.Parameters.AddWithValue("node", node);
        return (await ReadAsync(command, cancel).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <summary>Who has a lease; null when nobody has, or has had it for longer than its term.</summary>
    public async Task<WriterRow?> HolderAsync(string lease, TimeSpan? term, CancellationToken cancel)
    {
        await using var command = Command(
            $"SELECT {Columns} FROM tao20_lease l JOIN {Name} w "
                + "ON w.number = l.writer WHERE l.name = @lease AND w.ended IS NULL"
                + (term is { } limit ? $" AND l.since > now() - interval '{limit.TotalSeconds:0} s'" : "")
        );
        command.Parameters.AddWithValue("lease", lease);
        return (await ReadAsync(command, cancel).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <summary>Whether a writer lives: whether a session holds its lock.</summary>
    public async Task<bool> LivesAsync(long writer, CancellationToken cancel)
    {
        await using var command = Command($"SELECT {Lives} FROM {Name} WHERE number = {writer}");
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) is true;
    }

    /// <summary>Notes that a writer may write.</summary>
    public async Task AddAsync(WriterRow writer, CancellationToken cancel)
    {
        await using var command = Command(
            $"INSERT INTO {Name} (number, node, incarnation, program) VALUES (@number, @node, @incarnation, @program)"
        );
        command.Parameters.AddWithValue("number", writer.Number);
        command.Parameters.AddWithValue("node", writer.Node);
        command.Parameters.AddWithValue("incarnation", writer.Incarnation);
        command.Parameters.AddWithValue("program", writer.Program);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        await connection
            .ExecuteAsync($"DELETE FROM tao20_takeover WHERE since < now() - interval '{KeptDays} days'", cancel)
            .ConfigureAwait(false);
    }

    /// <summary>Ends a writer: when this is committed, nothing of its is written any more, and what it had can be had by others.</summary>
    /// <param name="writer">Whom.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task EndAsync(long writer, string by, CancellationToken cancel)
    {
        // A process that is stopped in the middle of a transaction would keep its lock for ever.
        await using (
            var sessions = Command(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = @name AND pid <> pg_backend_pid()"
            )
        )
        {
            sessions.Parameters.AddWithValue("name", PostgreSqlJournal.NameOf(writer));
            await sessions.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }

        await RetireAsync(writer, by, cancel).ConfigureAwait(false);
    }

    /// <summary>The same for a writer whose sessions have ended, or will at once.</summary>
    public async Task RetireAsync(long writer, string by, CancellationToken cancel)
    {
        await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({Writing}, {writer})", cancel).ConfigureAwait(false);
        await using var command = Command(
            $"UPDATE {Name} SET ended = now(), ended_by = @by WHERE number = @number AND ended IS NULL; "
                + $"DELETE FROM tao20_lease WHERE writer = @number; SELECT pg_notify('{Channel}', @number::text)"
        );
        command.Parameters.AddWithValue("by", by);
        command.Parameters.AddWithValue("number", writer);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Notes who has a lease from now on.</summary>
    public async Task TakeAsync(string lease, long writer, CancellationToken cancel)
    {
        await using var command = Command(
            "INSERT INTO tao20_lease (name, writer) VALUES (@lease, @number) "
                + "ON CONFLICT (name) DO UPDATE SET writer = excluded.writer, since = now(); "
                + "INSERT INTO tao20_takeover (lease, writer) VALUES (@lease, @number)"
        );
        command.Parameters.AddWithValue("lease", lease);
        command.Parameters.AddWithValue("number", writer);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Notes that a writer has no use for a lease any more.</summary>
    public async Task ReleaseAsync(string lease, long writer, CancellationToken cancel)
    {
        await using var command = Command(
            $"DELETE FROM tao20_lease WHERE name = @lease AND writer = @number; SELECT pg_notify('{Channel}', '')"
        );
        command.Parameters.AddWithValue("lease", lease);
        command.Parameters.AddWithValue("number", writer);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<WriterRow>> ReadAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        return await ReadAsync(command, cancel).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<WriterRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var rows = new List<WriterRow>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            rows.Add(
                new WriterRow(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3))
                {
                    Began = reader.GetFieldValue<DateTimeOffset>(4),
                    EndedBy = reader.IsDBNull(5) ? null : reader.GetString(5),
                }
            );
        return rows;
    }

    private NpgsqlCommand Command(string sql) => new(sql, connection);
}

/// <summary>A process that writes a journal, or has.</summary>
/// <param name="Number">Its number: no other process ever has the same.</param>
/// <param name="Node">Where it runs, as people know it.</param>
/// <param name="Incarnation">What tells it from others that ran there: the cluster's number of this start; 0 in no cluster.</param>
/// <param name="Program">The version it runs.</param>
internal sealed record WriterRow(long Number, string Node, long Incarnation, string Program)
{
    /// <summary>Since when it may write.</summary>
    public DateTimeOffset Began { get; init; }

    /// <summary>Who has ended it; null while it may write.</summary>
    public string? EndedBy { get; init; }

    /// <summary>As people read it.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Node} ({Program}, writer {Number} since {Began.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)"
        );
}
