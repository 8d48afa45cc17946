using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Domain.Checks;

/// <summary>What became of one assumption about the chain, from best to worst.</summary>
public enum CheckOutcome
{
    /// <summary>It holds.</summary>
    Ok = 0,

    /// <summary>There was nothing to ask after: it is about something this node does not have, or this spec does not.</summary>
    NotAsked = 1,

    /// <summary>It does not hold, and all goes on: by what was read, or with an eye on it.</summary>
    Warn = 2,

    /// <summary>It does not hold, and what rests on it is off until it does again.</summary>
    Degrade = 3,

    /// <summary>It does not hold, and what rests on it is refused: somebody has to look.</summary>
    Refuse = 4,
}

/// <summary>One assumption, and what was found.</summary>
/// <param name="Row">Its number (source: docs/chain-check.md).</param>
/// <param name="Assumption">What is assumed.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Expected">What was expected, in words.</param>
/// <param name="Found">What was found, in words.</param>
/// <param name="Off">What is off because of it.</param>
public sealed record CheckResult(
    int Row,
    string Assumption,
    CheckOutcome Outcome,
    string Expected,
    string Found,
    IReadOnlyList<ChainAction> Off
)
{
    /// <summary>Whether it holds, or is not about this node.</summary>
    public bool Holds => Outcome is CheckOutcome.Ok or CheckOutcome.NotAsked;
}

/// <summary>All assumptions about the chain, held against one node at one block.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Version">Its runtime; null where it does not tell.</param>
/// <param name="Block">The final block that everything was read at.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="At">When that was, in Unix seconds.</param>
/// <param name="Results">The assumptions, by number.</param>
public sealed record CheckReport(
    string Node,
    RuntimeVersion? Version,
    ulong Block,
    Hash256 BlockHash,
    ulong At,
    IReadOnlyList<CheckResult> Results
)
{
    /// <summary>Which rules hold.</summary>
    public RuntimeProfile Profile => Version?.Profile ?? RuntimeProfile.Unknown;

    /// <summary>The worst outcome.</summary>
    public CheckOutcome Worst => Results.Select(result => result.Outcome).DefaultIfEmpty().Max();

    /// <summary>What was read, by name: minimums and the like, and what has to be so still next time.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Why an action is off; null when it is not.</summary>
    public string? Closed(ChainAction action) =>
        Version is null && ChainActions.Signs.Contains(action)
            ? $"{Node} does not tell its runtime (state_getRuntimeVersion): it is only read from"
        : Results.FirstOrDefault(result => result.Outcome >= CheckOutcome.Degrade && result.Off.Contains(action)) is { } off
            ? $"row {off.Row} of the chain check, {Lower(off.Assumption)}: {off.Found}"
        : null;

    /// <summary>All that is off.</summary>
    public IReadOnlyList<ChainAction> Off => [.. Enum.GetValues<ChainAction>().Where(action => Closed(action) is not null)];

    /// <summary>The rows whose outcome, or what was found where it does not hold, is not what an earlier report has.</summary>
    public IReadOnlyList<CheckResult> DifferencesFrom(CheckReport earlier)
    {
        var before = earlier.Results.ToDictionary(result => result.Row);
        return
        [
            .. Results.Where(result =>
                !before.TryGetValue(result.Row, out var known)
                || known.Outcome != result.Outcome
                || (!result.Holds && known.Found != result.Found)
            ),
        ];
    }

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
