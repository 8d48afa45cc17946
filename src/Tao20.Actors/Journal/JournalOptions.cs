using System.Globalization;
using Npgsql;
using Tao20.Domain.Validation;

namespace Tao20.Actors.Journal;

/// <summary>Where events are kept.</summary>
public enum JournalKind
{
    /// <summary>A SQLite file in the data directory: one node.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database: any number of nodes.</summary>
    PostgreSql,
}

/// <summary>How events are kept.</summary>
[Settings("Journal")]
public sealed record JournalOptions
{
    /// <summary>Which database.</summary>
    [Setting("Where events are kept: a file in the data directory, or a database that several nodes share.")]
    public JournalKind Kind { get; init; } = JournalKind.Sqlite;

    /// <summary>Its connection string. For SQLite it is made from the data directory.</summary>
    [Setting("The PostgreSQL database; for SQLite it follows from the data directory.", Unit = "connection string")]
    public required string ConnectionString { get; init; }

    /// <summary>A snapshot is saved after so many entries of an actor. 10 to 100,000; default 200.</summary>
    [Setting(
        "A snapshot is saved after so many entries of an actor: fewer make recovery faster and writing slower.",
        Least = "10",
        Most = "100000",
        Unit = "entries"
    )]
    public int SnapshotEvery { get; init; } = 200;

    /// <summary>
    /// Whether entries older than the last but one snapshot are kept too, for replay from the journal alone; default no: they can
    /// be replayed from the chain.
    /// </summary>
    [Setting("Whether entries that snapshots cover are kept too, for a replay from the journal alone.")]
    public bool KeepEverything { get; init; }

    /// <summary>A miner that is not asked anything for so long leaves memory. 10 s to 1 day; default 10 min.</summary>
    [Setting("A miner that is not asked anything for so long leaves memory.", Least = "10s", Most = "1d")]
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest size of the SQLite file in MiB; 0 for no limit. 0 or 1 to 1,000,000; default 0.</summary>
    [Setting("The largest size of the SQLite file; 0 for no limit.", Least = "0", Most = "1000000", Unit = "MiB")]
    public int MaxSizeMiB { get; init; }

    /// <summary>Where a PostgreSQL database is, for messages: without what its connection string keeps secret.</summary>
    public string Database
    {
        get
        {
            var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
            return string.Create(CultureInfo.InvariantCulture, $"database {connection.Database} on {connection.Host}:{connection.Port}");
        }
    }

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(ConnectionString))
            errors.Add("Journal:ConnectionString is empty: give the connection string of the PostgreSQL database.");
        else if (Kind == JournalKind.PostgreSql && Problem() is { } problem)
            errors.Add(
                $"Journal:ConnectionString is none for PostgreSQL ({problem}): give one such as "
                    + $"Host=db;Database=tao20;Username=tao20;Password=..."
            );
        errors.AddRange(Setting.Check(this).Select(error => error.ToString()));
        return errors;
    }

    /// <summary>What is wrong with the connection string, without its text: it may hold a password.</summary>
    private string? Problem()
    {
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(ConnectionString).Host) ? "it names no Host" : null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
