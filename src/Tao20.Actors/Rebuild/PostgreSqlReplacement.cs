using Npgsql;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Rebuild;

/// <summary>
/// A schema of its own in the same database. The tables change places in one transaction, with what no chain gives back; the former ones
/// stay in a schema named for the time.
/// </summary>
internal sealed class PostgreSqlReplacement : JournalReplacement
{
    private const string Schema = "tao20_rebuild";
    private readonly JournalOptions _current;
    private readonly TimeProvider _clock;

    public PostgreSqlReplacement(JournalOptions current, TimeProvider clock)
    {
        (_current, _clock) = (current, clock);
        Options = current with
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(current.ConnectionString)
            {
                SearchPath = Schema,
                ApplicationName = $"{PostgreSqlJournal.ApplicationName}-{Name}",
                MinPoolSize = 0,
            }.ToString(),
        };
    }

    public override JournalOptions Options { get; }

    public override string Where => $"schema {Schema} of {_current.Database}";

    public override async Task PrepareAsync(CancellationToken cancel)
    {
        await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Schema}", cancel).ConfigureAwait(false);

        // Nobody else writes there; the next node that starts makes the rest.
        await PostgreSqlJournal.PrepareAsync(Options, JournalSchema.Writers - 1, cancel).ConfigureAwait(false);
    }

    public override Task DiscardAsync(CancellationToken cancel) => ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE", cancel);

    public override Task<string> TakePlaceAsync(CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            NpgsqlConnection.ClearAllPools();
            await using var connection = new NpgsqlConnection(_current.ConnectionString);
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            var place = (
                await connection
                    .TextsAsync("SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('journal')", cancel)
                    .ConfigureAwait(false)
            ).Single();
            var kept = $"tao20_replaced_{Kept(_clock).ToLowerInvariant()}";
            await connection.ExecuteAsync($"CREATE SCHEMA {kept}", cancel).ConfigureAwait(false);
            foreach (var table in await TablesAsync(connection, Schema, cancel).ConfigureAwait(false))
            {
                if ((await TablesAsync(connection, place, cancel).ConfigureAwait(false)).Contains(table))
                {
                    await connection.ExecuteAsync($"LOCK TABLE {place}.{table} IN ACCESS EXCLUSIVE MODE", cancel).ConfigureAwait(false);
                    await TakeAlongAsync(connection, place, table, cancel).ConfigureAwait(false);
                    await connection.ExecuteAsync($"ALTER TABLE {place}.{table} SET SCHEMA {kept}", cancel).ConfigureAwait(false);
                }

                await connection.ExecuteAsync($"ALTER TABLE {Schema}.{table} SET SCHEMA {place}", cancel).ConfigureAwait(false);
            }

            await connection.ExecuteAsync($"DROP SCHEMA {Schema} CASCADE", cancel).ConfigureAwait(false);
            await RequireAloneAsync(connection, cancel).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
            return $"schema {kept} of {_current.Database}";
        });

    /// <summary>Copies what is not folded; the order of the rows stays as it was.</summary>
    private static async Task TakeAlongAsync(NpgsqlConnection connection, string place, string table, CancellationToken cancel)
    {
        var columns = await connection
            .TextsAsync(
                $"SELECT column_name FROM information_schema.columns WHERE table_schema = '{Schema}' AND table_name = '{table}' "
                    + "AND column_name <> 'ordering'",
                cancel
            )
            .ConfigureAwait(false);
        if (!columns.Contains("persistence_id"))
            return;
        var list = string.Join(", ", columns);
        await connection
            .ExecuteAsync(
                $"INSERT INTO {Schema}.{table} ({list}) SELECT {list} FROM {place}.{table} WHERE NOT {FoldedStreams.Condition} "
                    + "ORDER BY persistence_id, sequence_number",
                cancel
            )
            .ConfigureAwait(false);
    }

    /// <summary>A node that goes on with what it has in memory would write on top of what it has not read.</summary>
    private async Task RequireAloneAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var others = await connection
            .TextsAsync(
                "SELECT coalesce(client_addr::text, 'this machine') FROM pg_stat_activity WHERE datname = current_database() "
                    + $"AND application_name ~ '^{PostgreSqlJournal.ApplicationName}(/[0-9]+)?$' AND pid <> pg_backend_pid()",
                cancel
            )
            .ConfigureAwait(false);
        if (others.Count > 0)
            throw new JournalException(
                JournalProblem.Unwritable,
                $"a node on {string.Join(", ", others.Distinct())} uses {_current.Database}: stop it and run the rebuild again, which "
                    + "goes on where it was"
            );
    }

    private static Task<List<string>> TablesAsync(NpgsqlConnection connection, string schema, CancellationToken cancel) =>
        connection.TextsAsync($"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY tablename", cancel);

    private Task ExecuteAsync(string sql, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = new NpgsqlConnection(_current.ConnectionString);
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            await connection.ExecuteAsync(sql, cancel).ConfigureAwait(false);
            return true;
        });
}
