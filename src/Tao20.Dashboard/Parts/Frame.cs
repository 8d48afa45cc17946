using Tao20.Domain.Units;

namespace Tao20.Dashboard.Parts;

/// <summary>What stands around every page.</summary>
/// <param name="Node">What the node is: a validator, a miner, which one.</param>
/// <param name="Address">The page's own address: path and query.</param>
/// <param name="Title">What the page is called.</param>
/// <param name="Names">What addresses are called.</param>
public sealed record Frame(string Node, string Address, string Title, IReadOnlyDictionary<Address, string> Names)
{
    /// <summary>The state of the node in a word, for the top of each page; null before it is known.</summary>
    public NodeMood? Mood { get; init; }

    /// <summary>Whether the page is kept up to date while it is open.</summary>
    public bool IsLive { get; init; } = true;
}

/// <summary>How a node is, in a word.</summary>
/// <param name="Word">The word.</param>
/// <param name="IsGood">Whether nothing is wrong.</param>
public sealed record NodeMood(string Word, bool IsGood);
