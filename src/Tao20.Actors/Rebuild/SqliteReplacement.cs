using Microsoft.Data.Sqlite;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Rebuild;

/// <summary>
/// A file in the directory <c>rebuild</c> of the data directory. It is complete before it is renamed to the journal's name, and both files
/// are without a write-ahead log by then, so that none is left that would be taken for the other's.
/// </summary>
internal sealed class SqliteReplacement : JournalReplacement
{
    private readonly string _file;
    private readonly string _directory;
    private readonly TimeProvider _clock;

    public SqliteReplacement(JournalOptions current, string dataDirectory, TimeProvider clock)
    {
        _clock = clock;
        _file = new SqliteConnectionStringBuilder(current.ConnectionString).DataSource;
        _directory = Path.Combine(dataDirectory, Name);
        Options = current with { ConnectionString = SqliteJournal.ConnectionString(_directory) };
    }

    public override JournalOptions Options { get; }

    public override string Where => _directory;

    private string NewFile => Path.Combine(_directory, SqliteJournal.FileName);

    public override Task PrepareAsync(CancellationToken cancel)
    {
        SqliteJournal.Prepare(Options);
        return Task.CompletedTask;
    }

    public override Task DiscardAsync(CancellationToken cancel)
    {
        SqliteJournal.Guarded(() =>
        {
            if (Directory.Exists(_directory))
                Directory.Delete(_directory, recursive: true);
        });
        return Task.CompletedTask;
    }

    public override Task<string> TakePlaceAsync(CancellationToken cancel)
    {
        var kept = Path.Combine(Path.GetDirectoryName(_file)!, $"journal.replaced-{Kept(_clock)}.db");
        SqliteJournal.Guarded(() =>
        {
            TakeAlong();
            WithoutLog(NewFile);
            WithoutLog(_file);
            File.Replace(NewFile, _file, kept);
            Directory.Delete(_directory, recursive: true);
        });
        return Task.FromResult(kept);
    }

    /// <summary>Copies what is not folded from the journal in use, in one transaction.</summary>
    private void TakeAlong()
    {
        using var connection = Open(NewFile);
        Execute(connection, "ATTACH DATABASE $file AS former", ("$file", _file));
        Execute(connection, "BEGIN IMMEDIATE");
        foreach (var table in Names(connection, "SELECT name FROM former.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        {
            var columns = Names(connection, $"SELECT name FROM pragma_table_info('{table}', 'former') WHERE name <> 'ordering'");
            if (!columns.Contains("persistence_id"))
                continue;
            var list = string.Join(", ", columns);

            // What an interrupted attempt has copied is copied again: the node may have gone on since.
            Execute(connection, $"DELETE FROM main.{table} WHERE NOT {FoldedStreams.Condition}");
            Execute(
                connection,
                $"INSERT INTO main.{table} ({list}) SELECT {list} FROM former.{table} WHERE NOT {FoldedStreams.Condition} ORDER BY rowid"
            );
        }

        Execute(connection, "COMMIT");
    }

    /// <summary>Moves a file's write-ahead log into it, and removes the log.</summary>
    private static void WithoutLog(string file)
    {
        using var connection = Open(file);
        if (Execute(connection, "PRAGMA journal_mode = DELETE") is var mode and not "delete")
            throw new JournalException(JournalProblem.Unwritable, $"{file} is in use: its write-ahead log stays in mode '{mode}'");
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
            }.ToString()
        );
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Execute(SqliteConnection connection, string sql, params (string Name, string Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command.ExecuteScalar()?.ToString() ?? "";
    }

    private static List<string> Names(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }
}
