using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace Tao20.Actors.Journal;

/// <summary>
/// Which version has written a journal: kept in it beside the entries, so that an older one says so instead of reading what it does not
/// know.
/// </summary>
/// <param name="Format">The format of the entries; a version reads its own and all before.</param>
/// <param name="Program">The newest program that has written it.</param>
public sealed record JournalVersion(int Format, Version Program)
{
    /// <summary>What this program writes. A later format is one that an earlier program must not read.</summary>
    public static JournalVersion Current { get; } = new(1, Version.Parse(Assembly.GetExecutingAssembly().GetName().Version!.ToString(3)));

    private const string Table = "tao20_version";

    /// <summary>As people read it.</summary>
    public override string ToString() => $"tao20 {Program.ToString(3)}";

    /// <summary>Notes in a journal that this program writes it, and what had been noted.</summary>
    /// <returns>The newest that has written it, this one included.</returns>
    /// <exception cref="JournalException">It was written in a later format.</exception>
    internal static async Task<JournalVersion> NoteAsync(JournalKind kind, DbConnection connection, CancellationToken cancel)
    {
        if (!await JournalSchema.HasTableAsync(kind, connection, Table, cancel).ConfigureAwait(false))
            await connection
                .ExecuteAsync($"CREATE TABLE {Table} (format INTEGER NOT NULL, program TEXT NOT NULL)", cancel)
                .ConfigureAwait(false);
        var noted = await ReadNotedAsync(connection, cancel).ConfigureAwait(false);
        noted?.RequireReadable();
        var newest = noted is null || noted.Program < Current.Program ? Current : noted;
        if (newest != noted)
        {
            await connection.ExecuteAsync($"DELETE FROM {Table}", cancel).ConfigureAwait(false);
            await connection
                .ExecuteAsync($"INSERT INTO {Table} (format, program) VALUES ({Current.Format}, '{Current.Program.ToString(3)}')", cancel)
                .ConfigureAwait(false);
        }

        return newest;
    }

    /// <summary>What is noted in a journal, which stays as it is; null where nothing is.</summary>
    /// <exception cref="JournalException">It was written in a later format.</exception>
    internal static async Task<JournalVersion?> ReadAsync(JournalKind kind, DbConnection connection, CancellationToken cancel)
    {
        if (!await JournalSchema.HasTableAsync(kind, connection, Table, cancel).ConfigureAwait(false))
            return null;
        var noted = await ReadNotedAsync(connection, cancel).ConfigureAwait(false);
        noted?.RequireReadable();
        return noted;
    }

    private static async Task<JournalVersion?> ReadNotedAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command($"SELECT format, program FROM {Table}");
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false)
            ? new JournalVersion(
                Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture),
                Version.TryParse(reader.GetString(1), out var program) ? program : new Version(0, 0, 0)
            )
            : null;
    }

    private void RequireReadable()
    {
        if (Format > Current.Format)
            throw new JournalException(
                JournalProblem.Newer,
                $"it was written by {this}, in format {Format}, and {Current} reads formats up to {Current.Format}."
            );
    }
}
