using System.Data.Common;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Audit;

/// <summary>An entry of a stream.</summary>
/// <param name="Number">Its place in the stream, from 1.</param>
/// <param name="Event">What it says.</param>
public sealed record StreamEntry(long Number, object Event);

/// <summary>Some entries of one stream of a journal, read back from its end: of a long history, as much as is looked at.</summary>
/// <param name="Entries">The entries, the newest first.</param>
/// <param name="HasOlder">Whether there are older ones.</param>
public sealed record StreamPage(IReadOnlyList<StreamEntry> Entries, bool HasOlder)
{
    /// <summary>Reads a page.</summary>
    /// <param name="options">The journal.</param>
    /// <param name="stream">The persistence id.</param>
    /// <param name="before">Only entries before this one; null for the newest.</param>
    /// <param name="count">How many at most, from 1.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="manifest">Only entries of this manifest; null for all.</param>
    /// <param name="skip">How many of the newest of them are left out.</param>
    /// <exception cref="JournalException">The journal, or an entry of it, cannot be read.</exception>
    public static Task<StreamPage> ReadBackAsync(
        JournalOptions options,
        string stream,
        long? before,
        int count,
        CancellationToken cancel,
        string? manifest = null,
        int skip = 0
    ) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            await using var command = connection.Command(
                "SELECT sequence_number, message, manifest FROM journal WHERE persistence_id = @stream AND sequence_number < @before "
                    + $"AND NOT deleted {(manifest is null ? "" : "AND manifest = @manifest ")}"
                    + $"ORDER BY sequence_number DESC LIMIT {count + 1} OFFSET {skip}"
            );
            command.With("@stream", stream).With("@before", before ?? long.MaxValue);
            if (manifest is not null)
                command.With("@manifest", manifest);
            var entries = new List<StreamEntry>();
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                entries.Add(new StreamEntry(reader.GetInt64(0), Read(reader, stream)));
            return entries.Count > count ? new StreamPage(entries[..count], true) : new StreamPage(entries, false);
        });

    /// <summary>Reads a snapshot of a stream.</summary>
    /// <param name="options">The journal.</param>
    /// <param name="stream">The persistence id.</param>
    /// <param name="at">The entry it was made after.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Null where it is not there.</returns>
    /// <exception cref="JournalException">The journal, or the snapshot, cannot be read.</exception>
    public static Task<object?> SnapshotAsync(JournalOptions options, string stream, long at, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            return JournalStreams.Snapshot(connection, stream, at) switch
            {
                UnreadableEntry { Manifest: "" } => null,
                UnreadableEntry unreadable => throw unreadable.In(stream, at),
                var snapshot => snapshot,
            };
        });

    private static object Read(DbDataReader row, string stream) =>
        AuditSerializer.Read((byte[])row.GetValue(1), row.IsDBNull(2) ? "" : row.GetString(2)) switch
        {
            UnreadableEntry unreadable => throw unreadable.In(stream, row.GetInt64(0)),
            var read => read,
        };
}
