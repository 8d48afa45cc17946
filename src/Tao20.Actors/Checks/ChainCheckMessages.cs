using Tao20.Chain.Checks;
using Tao20.Domain.Checks;

namespace Tao20.Actors.Checks;

/// <summary>The registry key of what checks the chain: one on each node, for what that node's endpoints say.</summary>
public sealed class ChainCheckKey
{
    /// <summary>The actor's name.</summary>
    public const string Name = "chain-check";
}

/// <summary>What a node's check of the chain is configured with.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Actions">What the node does with the chain: only these being off is a fault.</param>
/// <param name="Kept">Keeps each report, for the next start; null keeps none.</param>
/// <param name="Clock">The clock.</param>
public sealed record ChainCheckSettings(
    CheckSubject Subject,
    IReadOnlyList<ChainAction> Actions,
    Action<CheckReport>? Kept,
    TimeProvider Clock
);

/// <summary>Is the chain as it is taken to be? Answered by <see cref="ChainCheckStatus"/>.</summary>
public sealed record GetChainCheck
{
    /// <summary>The query.</summary>
    public static readonly GetChainCheck Instance = new();
}

/// <summary>Check the chain now, whatever is due.</summary>
public sealed record CheckChain
{
    /// <summary>The command.</summary>
    public static readonly CheckChain Instance = new();
}

/// <summary>How the chain is.</summary>
/// <param name="Report">The last report; null before the first.</param>
/// <param name="Problem">Why the last check could not be made; null when it could.</param>
/// <param name="Checks">How many have been made since the start.</param>
/// <param name="Off">What this node does and is off, each with why.</param>
/// <param name="Since">Since when something is off; now when nothing is.</param>
public sealed record ChainCheckStatus(
    CheckReport? Report,
    string? Problem,
    long Checks,
    IReadOnlyList<(ChainAction Action, string Why)> Off,
    DateTimeOffset Since
);
