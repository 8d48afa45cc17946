using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>What is in a journal, without changing it.</summary>
/// <param name="WrittenBy">The newest program that has written it, and its format; null before the first.</param>
/// <param name="MissingSteps">The steps of its tables that are still to be made.</param>
/// <param name="Streams">How many streams it holds.</param>
/// <param name="Events">How many events.</param>
/// <param name="Snapshots">How many snapshots.</param>
/// <param name="Writers">Who may write it, and whether they live; none for a file.</param>
public sealed record JournalInventory(
    string? WrittenBy,
    IReadOnlyList<string> MissingSteps,
    long Streams,
    long Events,
    long Snapshots,
    IReadOnlyList<string> Writers
)
{
    /// <summary>Takes it.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<JournalInventory> OfAsync(JournalOptions options, CancellationToken cancel)
    {
        try
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            var tables = await ReadAsync(connection, TablesOf(options.Kind), cancel).ConfigureAwait(false);
            var made = tables.Contains("tao20_schema")
                ? await ReadAsync(connection, "SELECT step FROM tao20_schema", cancel).ConfigureAwait(false)
                : [];
            var by = tables.Contains("tao20_version")
                ? await ReadAsync(connection, "SELECT program || ', format ' || format FROM tao20_version", cancel).ConfigureAwait(false)
                : [];
            return new JournalInventory(
                by.Count == 0 ? null : $"tao20 {by[0]}",
                [
                    .. JournalSchema
                        .Steps(options.Kind)
                        .Where(step => !made.Contains(step.Number.ToString(CultureInfo.InvariantCulture)))
                        .Select(step => $"{step.Number} {step.Name}"),
                ],
                await CountAsync("SELECT count(DISTINCT persistence_id) FROM journal", "journal").ConfigureAwait(false),
                await CountAsync("SELECT count(*) FROM journal", "journal").ConfigureAwait(false),
                await CountAsync("SELECT count(*) FROM snapshot", "snapshot").ConfigureAwait(false),
                tables.Contains("tao20_writer") ? await WritersAsync((NpgsqlConnection)connection, cancel).ConfigureAwait(false) : []
            );

            async Task<long> CountAsync(string sql, string table) =>
                tables.Contains(table)
                    ? long.Parse((await ReadAsync(connection, sql, cancel).ConfigureAwait(false))[0], CultureInfo.InvariantCulture)
                    : 0;
        }
        catch (DbException e)
        {
            throw new JournalException(JournalProblems.Of(e), JournalProblems.Innermost(e), e);
        }
    }

    private static string TablesOf(JournalKind kind) =>
        kind == JournalKind.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table'"
            : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()";

    private static async Task<IReadOnlyList<string>> WritersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var table = new WriterTable(connection, transaction);
        var writers = new List<string>();
        foreach (var writer in await table.NotEndedAsync(cancel).ConfigureAwait(false))
            writers.Add(await table.LivesAsync(writer.Number, cancel).ConfigureAwait(false) ? $"{writer}" : $"{writer}, which has gone");
        return writers;
    }

    private static async Task<List<string>> ReadAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }
}
