using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Tao20.Actors.Journal;

/// <summary>
/// Runs the journal's database mapper once on a database in memory, while a start waits for other things: what the process has to compile
/// for its first entry is then compiled already. Nothing depends on it.
/// </summary>
public static class JournalWarmUp
{
    private const int Entries = 20;

    /// <summary>Begins it on a thread of the pool.</summary>
    /// <returns>Its end; it never fails.</returns>
    public static Task Begin() => Task.Run(RunAsync);

    private static async Task RunAsync()
    {
        await using var database = new DataConnection(
            new DataOptions().UseSQLite("Data Source=:memory:", LinqToDB.DataProvider.SQLite.SQLiteProvider.Microsoft)
        );
        await database.CreateTableAsync<Entry>();
        await using (var transaction = await database.BeginTransactionAsync())
        {
            await database.InsertAsync(new Entry { Stream = "first" });
            await database.BulkCopyAsync(
                new BulkCopyOptions
                {
                    BulkCopyType = BulkCopyType.MultipleRows,
                    UseParameters = true,
                    MaxBatchSize = 16,
                },
                Enumerable.Range(1, Entries).Select(number => new Entry { Stream = "second", Number = number })
            );
            await transaction.CommitAsync();
        }

        const long from = 1;
        _ = await database.GetTable<Entry>().Where(entry => entry.Stream == "second").Select(entry => entry.Number).MaxAsync();
        _ = await database
            .GetTable<Entry>()
            .Where(entry => entry.Stream == "second" && entry.Number >= from && !entry.Deleted)
            .OrderBy(entry => entry.Number)
            .Take(Entries)
            .ToListAsync();
    }

    private sealed class Entry
    {
        [PrimaryKey, Identity]
        public long Ordering { get; init; }

        [Column]
        public string Stream { get; init; } = "";

        [Column]
        public long Number { get; init; }

        [Column]
        public bool Deleted { get; init; }

        [Column]
        public byte[] Message { get; init; } = [];
    }
}
