namespace Tao20.Actors.Journal;

/// <summary>What a journal could not do.</summary>
public enum JournalProblem
{
    /// <summary>Something that may pass: a busy database, a time-out, a lost connection.</summary>
    Passing = 0,

    /// <summary>No space is left.</summary>
    DiskFull = 1,

    /// <summary>The journal's bytes are not what was written.</summary>
    Corrupt = 2,

    /// <summary>It cannot be written: permissions, or a device error.</summary>
    Unwritable = 3,
}
