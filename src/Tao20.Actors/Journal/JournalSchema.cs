using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace Tao20.Actors.Journal;

/// <summary>
/// The tables of a journal. They are made and changed step by step, each step once, by whoever comes first: its text is one of the files in
/// Journal/Schema, and the table <c>tao20_schema</c> says which have been made.
/// </summary>
internal static class JournalSchema
{
    /// <summary>The step after which only registered writers can write: made where nodes write, not where a journal is rebuilt.</summary>
    public const int Writers = 2;

    private const string Table = "tao20_schema";

    /// <summary>The steps of a kind of journal that are not made yet, in their order.</summary>
    public static async Task<IReadOnlyList<SchemaStep>> MissingAsync(JournalKind kind, DbConnection connection, CancellationToken cancel)
    {
        var made = await HasTableAsync(kind, connection, Table, cancel).ConfigureAwait(false)
            ? await connection.TextsAsync($"SELECT step FROM {Table}", cancel).ConfigureAwait(false)
            : [];
        return [.. Steps(kind).Where(step => !made.Contains(step.Number.ToString(CultureInfo.InvariantCulture)))];
    }

    /// <summary>Makes the steps that are missing, in a transaction that nobody else has at the same time.</summary>
    /// <param name="kind">What kind of database it is.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="upTo">The last step that is made.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public static async Task ApplyAsync(JournalKind kind, DbConnection connection, int upTo, CancellationToken cancel)
    {
        if (!await HasTableAsync(kind, connection, Table, cancel).ConfigureAwait(false))
            await connection
                .ExecuteAsync($"CREATE TABLE {Table} (step INTEGER PRIMARY KEY, name TEXT NOT NULL, program TEXT NOT NULL)", cancel)
                .ConfigureAwait(false);
        foreach (var step in await MissingAsync(kind, connection, cancel).ConfigureAwait(false))
        {
            if (step.Number > upTo)
                break;
            await connection.ExecuteAsync(step.Sql, cancel).ConfigureAwait(false);
            await connection
                .ExecuteAsync(
                    $"INSERT INTO {Table} (step, name, program) VALUES ({step.Number}, '{step.Name}', "
                        + $"'{JournalVersion.Current.Program.ToString(3)}')",
                    cancel
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether a table is there. PostgreSQL asks for the right to make tables also where one that is there would not be made again.
    /// </summary>
    public static async Task<bool> HasTableAsync(JournalKind kind, DbConnection connection, string table, CancellationToken cancel) =>
        await connection
            .NumberAsync(
                kind == JournalKind.Sqlite
                    ? $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
                    : $"SELECT count(to_regclass('{table}'))",
                cancel
            )
            .ConfigureAwait(false) > 0;

    /// <summary>All steps of a kind of journal: files such as <c>postgresql-1-tables.sql</c>.</summary>
    private static IEnumerable<SchemaStep> Steps(JournalKind kind)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var (prefix, suffix) = (kind == JournalKind.Sqlite ? "schema/sqlite-" : "schema/postgresql-", ".sql");
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name =>
            {
                var parts = name[prefix.Length..^suffix.Length].Split('-', 2);
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new SchemaStep(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], reader.ReadToEnd());
            })
            .OrderBy(step => step.Number);
    }
}

/// <summary>A step of a journal's tables.</summary>
/// <param name="Number">Its number; they are made in this order.</param>
/// <param name="Name">What it makes.</param>
/// <param name="Sql">How.</param>
internal sealed record SchemaStep(int Number, string Name, string Sql);
