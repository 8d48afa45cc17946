using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Tao20.Actors.Journal;

/// <summary>
/// The tables of a journal. They are made and changed step by step, each step once, by whoever comes first: its text is one of the files in
/// Journal/Schema, and the table <c>tao20_schema</c> says which have been made.
/// </summary>
internal static partial class JournalSchema
{
    private const string Table = "tao20_schema";

    /// <summary>The step after which only registered writers can write: made where nodes write, not where a journal is rebuilt.</summary>
    public const int Writers = 2;

    /// <summary>The steps of a kind of journal, in their order.</summary>
    public static IReadOnlyList<SchemaStep> Steps(JournalKind kind) => kind == JournalKind.Sqlite ? OfSqlite : OfPostgreSql;

    private static IReadOnlyList<SchemaStep> OfSqlite { get; } = Read("sqlite");

    private static IReadOnlyList<SchemaStep> OfPostgreSql { get; } = Read("postgresql");

    /// <summary>Makes the steps that are missing, in a transaction that nobody else has at the same time.</summary>
    /// <param name="kind">What kind of database it is.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="upTo">The last step that is made.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The steps that were missing.</returns>
    public static async Task<IReadOnlyList<SchemaStep>> ApplyAsync(
        JournalKind kind,
        DbConnection connection,
        DbTransaction transaction,
        int upTo,
        CancellationToken cancel
    )
    {
        if (!await HasTableAsync(kind, connection, transaction, Table, cancel).ConfigureAwait(false))
            await ExecuteAsync($"CREATE TABLE {Table} (step INTEGER PRIMARY KEY, name TEXT NOT NULL, program TEXT NOT NULL)")
                .ConfigureAwait(false);
        var made = await MadeAsync().ConfigureAwait(false);
        var missing = Steps(kind).Where(step => step.Number <= upTo && !made.Contains(step.Number)).ToList();
        foreach (var step in missing)
        {
            await ExecuteAsync(step.Sql).ConfigureAwait(false);
            await ExecuteAsync(
                    $"INSERT INTO {Table} (step, name, program) VALUES ({step.Number}, '{step.Name}', "
                        + $"'{JournalVersion.Current.Program.ToString(3)}')"
                )
                .ConfigureAwait(false);
        }

        return missing;

        async Task<HashSet<int>> MadeAsync()
        {
            await using var command = Command($"SELECT step FROM {Table}");
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var steps = new HashSet<int>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                steps.Add(Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture));
            return steps;
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = Command(sql);
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }

        DbCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command;
        }
    }

    /// <summary>
    /// Whether a table is there. PostgreSQL asks for the right to make tables also where one that is there would not be made again.
    /// </summary>
    public static async Task<bool> HasTableAsync(
        JournalKind kind,
        DbConnection connection,
        DbTransaction transaction,
        string table,
        CancellationToken cancel
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            kind == JournalKind.Sqlite
                ? $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
                : $"SELECT count(to_regclass('{table}'))";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false), CultureInfo.InvariantCulture) > 0;
    }

    private static IReadOnlyList<SchemaStep> Read(string database)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Select(name => (Name: name, Match: FileName().Match(name)))
                .Where(one => one.Match.Success && one.Match.Groups["database"].Value == database)
                .Select(one => new SchemaStep(
                    int.Parse(one.Match.Groups["number"].Value, CultureInfo.InvariantCulture),
                    one.Match.Groups["name"].Value,
                    Text(one.Name)
                ))
                .OrderBy(step => step.Number),
        ];

        string Text(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }

    [GeneratedRegex(@"^schema/(?<database>[a-z]+)-(?<number>\d+)-(?<name>[a-z-]+)\.sql$")]
    private static partial Regex FileName();
}

/// <summary>A step of a journal's tables.</summary>
/// <param name="Number">Its number; they are made in this order.</param>
/// <param name="Name">What it makes.</param>
/// <param name="Sql">How.</param>
internal sealed record SchemaStep(int Number, string Name, string Sql);
