using System.Data.Common;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Audit;

/// <summary>A stream of a journal.</summary>
/// <param name="First">The number of its first entry; 0 where it has none.</param>
/// <param name="Last">The number of its last entry; 0 where it has none.</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Snapshots">The entries of which there are snapshots, ascending.</param>
internal sealed record StreamExtent(long First, long Last, long Entries, IReadOnlyList<long> Snapshots)
{
    /// <summary>A stream of which there is nothing.</summary>
    public static readonly StreamExtent None = new(1, 0, 0, []);

    /// <summary>The entries that are missing between its first and its last.</summary>
    public IReadOnlyList<(long First, long Last)> Gaps { get; init; } = [];

    /// <summary>Whether its first entries are no longer there.</summary>
    public bool IsBehindSnapshot => First != 1;

    /// <summary>
    /// The snapshot that a replay begins with: the one that the first entry follows on; where that is gone, since snapshots and entries are
    /// deleted one after the other, the next; and otherwise the last before the first entry. Null where there is none.
    /// </summary>
    public long? Base =>
        !IsBehindSnapshot ? null
        : First > 0 && !Snapshots.Contains(First - 1) && Snapshots.Any(at => at >= First) ? Snapshots.First(at => at >= First)
        : Snapshots.Where(at => First == 0 || at < First).Cast<long?>().LastOrDefault();
}

/// <summary>The streams of a journal and their snapshots: what is there, before any of it is read.</summary>
/// <param name="Extents">Each stream, by its persistence id.</param>
/// <param name="Entries">How many entries there are.</param>
internal sealed record JournalStreams(IReadOnlyDictionary<string, StreamExtent> Extents, long Entries)
{
    /// <summary>Reads what there is.</summary>
    public static async Task<JournalStreams> ReadAsync(DbConnection connection, CancellationToken cancel)
    {
        var snapshots = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        await ReadAsync(
                connection,
                "SELECT persistence_id, sequence_number FROM snapshot ORDER BY persistence_id, sequence_number",
                row =>
                {
                    var id = row.GetString(0);
                    if (!snapshots.TryGetValue(id, out var known))
                        snapshots[id] = known = new List<long>(2);
                    known.Add(row.GetInt64(1));
                },
                cancel
            )
            .ConfigureAwait(false);
        var extents = new Dictionary<string, StreamExtent>(StringComparer.Ordinal);
        var entries = 0L;
        await ReadAsync(
                connection,
                "SELECT persistence_id, min(sequence_number), max(sequence_number), count(*) FROM journal WHERE NOT deleted "
                    + "GROUP BY persistence_id",
                row =>
                {
                    var id = row.GetString(0);
                    extents[id] = new StreamExtent(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), Of(id));
                    entries += row.GetInt64(3);
                },
                cancel
            )
            .ConfigureAwait(false);
        foreach (var (id, extent) in extents.Where(one => one.Value.Entries != one.Value.Last - one.Value.First + 1).ToList())
            extents[id] = extent with { Gaps = await GapsAsync(connection, id, cancel).ConfigureAwait(false) };
        foreach (var id in snapshots.Keys.Where(id => !extents.ContainsKey(id)).ToList())
            extents[id] = new StreamExtent(0, 0, 0, Of(id));
        return new JournalStreams(extents, entries);

        IReadOnlyList<long> Of(string id) => snapshots.TryGetValue(id, out var known) ? known : [];
    }

    /// <summary>The snapshot of an entry; an <see cref="UnreadableEntry"/> where it cannot be read.</summary>
    public static object Snapshot(DbConnection connection, string stream, long at)
    {
        using var command = connection.Command(
            "SELECT snapshot, manifest FROM snapshot WHERE persistence_id = @stream AND sequence_number = @at"
        );
        command.With("@stream", stream).With("@at", at);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? AuditSerializer.Read((byte[])reader.GetValue(0), reader.IsDBNull(1) ? "" : reader.GetString(1))
            : new UnreadableEntry("", "it is no longer there");
    }

    private static async Task<IReadOnlyList<(long First, long Last)>> GapsAsync(
        DbConnection connection,
        string stream,
        CancellationToken cancel
    )
    {
        var gaps = new List<(long First, long Last)>();
        var before = default(long?);
        await ReadAsync(
                connection,
                "SELECT sequence_number FROM journal WHERE persistence_id = @stream AND NOT deleted ORDER BY sequence_number",
                row =>
                {
                    var number = row.GetInt64(0);
                    if (before is { } last && number > last + 1)
                        gaps.Add((last + 1, number - 1));
                    before = number;
                },
                cancel,
                stream
            )
            .ConfigureAwait(false);
        return gaps;
    }

    private static async Task ReadAsync(
        DbConnection connection,
        string sql,
        Action<DbDataReader> take,
        CancellationToken cancel,
        string? stream = null
    )
    {
        await using var command = connection.Command(sql);
        if (stream is not null)
            command.With("@stream", stream);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            take(reader);
    }
}
