namespace Tao20.Actors.Journal;

/// <summary>What a journal could not do.</summary>
public enum JournalProblem
{
    /// <summary>Something that may pass, of no kind that is told apart here.</summary>
    Passing = 0,

    /// <summary>No space is left.</summary>
    DiskFull = 1,

    /// <summary>The journal's bytes are not what was written.</summary>
    Corrupt = 2,

    /// <summary>It cannot be written: permissions, or a device error.</summary>
    Unwritable = 3,

    /// <summary>The database is not there: it refuses connections, or has broken them off. May pass.</summary>
    Refused = 4,

    /// <summary>The database does not let this node in: password, user, or what it may do. May pass.</summary>
    Authentication = 5,

    /// <summary>The database has no connection or memory left. May pass.</summary>
    Limit = 6,

    /// <summary>There is no answer in time. May pass.</summary>
    TimedOut = 7,

    /// <summary>The database takes no writes: it is a standby, or is failing over. May pass.</summary>
    ReadOnly = 8,

    /// <summary>Another process holds the lock of the database. May pass.</summary>
    Locked = 9,

    /// <summary>It was written by a newer version.</summary>
    Newer = 10,

    /// <summary>Its file is not there any more, or is another one.</summary>
    Replaced = 11,

    /// <summary>Another process writes it, and this one may not, or not any more.</summary>
    AnotherWriter = 12,
}
