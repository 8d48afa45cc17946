using Microsoft.Data.Sqlite;

namespace Tao20.Actors.Journal;

/// <summary>
/// Looks whether a journal's file and its write-ahead log are still those that the node has open, and where nothing is written any more,
/// whether the file is locked.
/// </summary>
internal sealed class SqliteProbe : JournalProbe
{
    private readonly JournalOptions _options;
    private readonly string _file;

    // As long as it is open, nobody takes the write-ahead log away who has the right to.
    private readonly SqliteConnection _held;
    private readonly Dictionary<string, FileIdentity> _known = [];

    /// <summary>The probe of a file, which is there: what is found now is the journal, and whatever comes later is not.</summary>
    public SqliteProbe(JournalOptions options)
    {
        _options = options;
        _file = Path.GetFullPath(new SqliteConnectionStringBuilder(options.ConnectionString).DataSource);
        _held = new SqliteConnection(options.ConnectionString);
        try
        {
            Hold();
        }
        catch (SqliteException)
        {
            // The first try finds the same, and tells it.
        }

        if (FileIdentity.IsKnown)
            Missing();
    }

    /// <inheritdoc/>
    public override Task TryAsync(JournalHealth health, CancellationToken cancel) =>
        TellAsync(
            health,
            _ =>
                Task.Run(
                    () =>
                    {
                        Hold();
                        health.NoteFile(FileIdentity.IsKnown ? Missing() : null);
                        if (health.Trouble is not null)
                            RequireUnlocked();
                    },
                    cancel
                ),
            cancel
        );

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _held.DisposeAsync();

    private void Hold()
    {
        if (_held.State == System.Data.ConnectionState.Open)
            return;
        _held.Open();
        using var command = _held.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master";
        command.ExecuteScalar();
    }

    /// <summary>What is not there any more, or is another file; null when all is as it was.</summary>
    private string? Missing()
    {
        foreach (var path in (string[])[_file, $"{_file}-wal"])
        {
            var found = FileIdentity.Of(path);
            if (!_known.TryGetValue(path, out var known))
            {
                if (found is { } first)
                    _known.Add(path, first);
            }
            else if (found != known)
            {
                return found is null ? $"{path} is not there any more" : $"{path} is another file now";
            }
        }

        return null;
    }

    private void RequireUnlocked()
    {
        using var connection = new SqliteConnection(_options.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandTimeout = 1;
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        command.CommandText = "ROLLBACK";
        command.ExecuteNonQuery();
    }
}
