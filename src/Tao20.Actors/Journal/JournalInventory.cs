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
/// <param name="Bytes">How large it is.</param>
public sealed record JournalInventory(
    string? WrittenBy,
    IReadOnlyList<string> MissingSteps,
    long Streams,
    long Events,
    long Snapshots,
    IReadOnlyList<string> Writers,
    long Bytes
)
{
    // Miners' streams begin with it: all that sorts between these two.
    private const string OfMiners = "persistence_id >= 'miner-' AND persistence_id < 'miner.'";

    /// <summary>Takes it.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static Task<JournalInventory> OfAsync(JournalOptions options, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            var missing = await JournalSchema.MissingAsync(options.Kind, connection, cancel).ConfigureAwait(false);
            var by = await IfThereAsync("tao20_version", "SELECT program || ', format ' || format FROM tao20_version")
                .ConfigureAwait(false);
            return new JournalInventory(
                by is null ? null : $"tao20 {by}",
                [.. missing.Select(step => $"{step.Number} {step.Name}")],
                await CountAsync("journal", "DISTINCT persistence_id").ConfigureAwait(false),
                await CountAsync("journal", "*").ConfigureAwait(false),
                await CountAsync("snapshot", "*").ConfigureAwait(false),
                await HasAsync(WriterTable.Name).ConfigureAwait(false)
                    ? await WritersAsync((NpgsqlConnection)connection, cancel).ConfigureAwait(false)
                    : [],
                await connection
                    .NumberAsync(
                        options.Kind == JournalKind.Sqlite
                            ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                            : "SELECT pg_database_size(current_database())",
                        cancel
                    )
                    .ConfigureAwait(false)
            );

            async Task<long> CountAsync(string table, string what) =>
                long.Parse(
                    await IfThereAsync(table, $"SELECT count({what}) FROM {table}").ConfigureAwait(false) ?? "0",
                    CultureInfo.InvariantCulture
                );

            async Task<string?> IfThereAsync(string table, string sql) =>
                await HasAsync(table).ConfigureAwait(false)
                    ? (await connection.TextsAsync(sql, cancel).ConfigureAwait(false)).FirstOrDefault()
                    : null;

            Task<bool> HasAsync(string table) => JournalSchema.HasTableAsync(options.Kind, connection, table, cancel);
        });

    /// <summary>The streams of a journal but those of miners.</summary>
    /// <param name="options">The journal.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Their names, the numbers of their last events, and how many of their events are kept.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static Task<IReadOnlyList<(string Stream, long LastEvent, long Kept)>> StreamsAsync(
        JournalOptions options,
        CancellationToken cancel
    ) =>
        JournalProblems.GuardedAsync<IReadOnlyList<(string, long, long)>>(async () =>
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            await using var command = connection.Command(
                $"SELECT persistence_id, max(sequence_number), count(*) FROM journal WHERE NOT ({OfMiners}) GROUP BY persistence_id "
                    + "ORDER BY persistence_id"
            );
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var streams = new List<(string, long, long)>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                streams.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
            return streams;
        });

    private static async Task<IReadOnlyList<string>> WritersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var table = new WriterTable(connection);
        var writers = new List<string>();
        foreach (var writer in await table.NotEndedAsync(cancel).ConfigureAwait(false))
            writers.Add(await table.LivesAsync(writer.Number, cancel).ConfigureAwait(false) ? $"{writer}" : $"{writer}, which has gone");
        return writers;
    }
}
