using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>
/// Copies a journal into an empty one of another kind, in one transaction, and compares each event and each snapshot before that is
/// committed: an interrupted copy leaves nothing behind.
/// </summary>
public static class JournalCopy
{
    private static readonly CopiedTable[] Tables =
    [
        new(
            "journal",
            "persistence_id, sequence_number, created, deleted, message, tags, manifest, identifier, writer_uuid",
            "persistence_id, sequence_number",
            "ordering"
        ),
        new(
            "snapshot",
            "persistence_id, sequence_number, created, snapshot, manifest, serializer_id",
            "persistence_id, sequence_number",
            "persistence_id, sequence_number"
        ),
    ];

    /// <summary>Copies a journal.</summary>
    /// <param name="from">Where from: what is written meanwhile is not copied.</param>
    /// <param name="to">Where to: an empty journal, whose tables are there, and which this process may write.</param>
    /// <param name="progress">Told how many events have been copied.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>How many events and snapshots there are now.</returns>
    /// <exception cref="JournalException">
    /// One cannot be used, the target is not empty, or what was written is not what was read.
    /// </exception>
    public static Task<(long Events, long Snapshots)> CopyAsync(
        JournalOptions from,
        JournalOptions to,
        IProgress<long>? progress,
        CancellationToken cancel
    ) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var source = await JournalLocation.OpenAsync(from, cancel).ConfigureAwait(false);
            await using var target = await JournalLocation.OpenAsync(to, cancel).ConfigureAwait(false);

            // All is read as it is at one moment.
            await using var moment =
                source is NpgsqlConnection
                    ? await source.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel).ConfigureAwait(false)
                    : null;
            await using var transaction = await target.BeginTransactionAsync(cancel).ConfigureAwait(false);
            var counts = new List<long>();
            foreach (var table in Tables)
            {
                if (await target.NumberAsync($"SELECT count(*) FROM {table.Name}", cancel).ConfigureAwait(false) is var there and > 0)
                    throw new JournalException(
                        JournalProblem.Unwritable,
                        $"the target is not empty: its table {table.Name} has {there} rows, and nothing is copied on top of them"
                    );
                counts.Add(await CopyAsync(table, source, target, progress, cancel).ConfigureAwait(false));
            }

            foreach (var table in Tables)
                await CompareAsync(table, source, target, cancel).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
            return (counts[0], counts[1]);
        });

    private static async Task<long> CopyAsync(
        CopiedTable table,
        DbConnection source,
        DbConnection target,
        IProgress<long>? progress,
        CancellationToken cancel
    )
    {
        const int SayEvery = 10_000;
        await using var reading = LongCommand(source, $"SELECT {table.Columns} FROM {table.Name} ORDER BY {table.CopyOrder}");
        await using var reader = await reading.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var names = table.Columns.Split(", ");
        await using var writing = LongCommand(
            target,
            $"INSERT INTO {table.Name} ({table.Columns}) VALUES ({string.Join(", ", names.Select(name => $"@{name}"))})"
        );
        foreach (var name in names)
        {
            var parameter = writing.CreateParameter();
            parameter.ParameterName = name;
            writing.Parameters.Add(parameter);
        }

        var copied = 0L;
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            for (var i = 0; i < names.Length; i++)
                Set(writing.Parameters[i], names[i], reader.GetValue(i));
            await writing.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            if (++copied % SayEvery == 0)
                progress?.Report(copied);
        }

        return copied;
    }

    /// <summary>Reads both sides again, in the order of the streams, row by row.</summary>
    private static async Task CompareAsync(CopiedTable table, DbConnection source, DbConnection target, CancellationToken cancel)
    {
        var order = string.Join(", ", table.Key.Split(", ").Select(Binary));
        await using var readingSource = LongCommand(source, $"SELECT {table.Columns} FROM {table.Name} ORDER BY {Ordered(source)}");
        await using var readingTarget = LongCommand(target, $"SELECT {table.Columns} FROM {table.Name} ORDER BY {Ordered(target)}");
        await using var was = await readingSource.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        await using var written = await readingTarget.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await was.ReadAsync(cancel).ConfigureAwait(false))
        {
            var isThere = await written.ReadAsync(cancel).ConfigureAwait(false);
            for (var i = 0; i < was.FieldCount; i++)
                if (!isThere || !Same(was.GetValue(i), written.GetValue(i)))
                    throw new JournalException(
                        JournalProblem.Corrupt,
                        $"the copy of {was.GetValue(0)} {was.GetValue(1)} in {table.Name} is not what was read ({was.GetName(i)}); nothing "
                            + "was written"
                    );
        }

        if (await written.ReadAsync(cancel).ConfigureAwait(false))
            throw new JournalException(
                JournalProblem.Corrupt,
                $"the copy has more rows in {table.Name} than were read; nothing was written"
            );

        // Texts in the order of their bytes, which is the same everywhere.
        string Ordered(DbConnection connection) => connection is NpgsqlConnection ? order : table.Key;
        static string Binary(string column) => column == "persistence_id" ? "persistence_id COLLATE \"C\"" : column;
    }

    private static void Set(DbParameter parameter, string column, object value) =>
        parameter.Value = column switch
        {
            "deleted" => Convert.ToBoolean(value, CultureInfo.InvariantCulture),
            "identifier" or "serializer_id" when value is long number => checked((int)number),
            _ => value,
        };

    private static bool Same(object was, object written) =>
        (was, written) switch
        {
            (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
            (DBNull, DBNull) => true,
            (bool or long or int, bool or long or int) => Convert.ToInt64(was, CultureInfo.InvariantCulture)
                == Convert.ToInt64(written, CultureInfo.InvariantCulture),
            _ => Equals(was, written),
        };

    /// <summary>A command that may take as long as the journal is large.</summary>
    private static DbCommand LongCommand(DbConnection connection, string sql)
    {
        var command = connection.Command(sql);
        command.CommandTimeout = 0;
        return command;
    }

    private sealed record CopiedTable(string Name, string Columns, string Key, string CopyOrder);
}
