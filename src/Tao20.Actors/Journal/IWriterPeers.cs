namespace Tao20.Actors.Journal;

/// <summary>What a writer knows of another one that may write the same journal.</summary>
public enum WriterStanding
{
    /// <summary>Nothing: whether it lives, its lock at the database shows.</summary>
    Unknown,

    /// <summary>It writes with this one: a node of the same cluster.</summary>
    Member,

    /// <summary>It did, and the cluster has taken it out: whatever it believes, it may not write any more.</summary>
    Removed,
}

/// <summary>A writer as others know it, and those that it shares its journal with.</summary>
public interface IWriterPeers
{
    /// <summary>Where it runs.</summary>
    string Node { get; }

    /// <summary>What tells this start from others there: the cluster's number of it; 0 in no cluster.</summary>
    long Incarnation { get; }

    /// <summary>What is known of another process.</summary>
    /// <param name="node">Where it runs.</param>
    /// <param name="incarnation">Which start of it.</param>
    WriterStanding StandingOf(string node, long incarnation);
}

/// <summary>A node by itself: it shares its journal with nobody.</summary>
/// <param name="node">Where it runs.</param>
public sealed class NoPeers(string node) : IWriterPeers
{
    /// <inheritdoc/>
    public string Node => node;

    /// <inheritdoc/>
    public long Incarnation => 0;

    /// <inheritdoc/>
    public WriterStanding StandingOf(string node, long incarnation) => WriterStanding.Unknown;
}
