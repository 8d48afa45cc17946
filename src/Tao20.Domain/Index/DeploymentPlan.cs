using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What an index is deployed with.</summary>
/// <param name="Targets">1 to 20 legs, whose weights sum to 1e18.</param>
/// <param name="Owner">Who proposes from then on.</param>
/// <param name="Guardian">Who can take proposals back, and pause.</param>
/// <param name="Times">What takes its time.</param>
/// <param name="GenesisWei">What the first mint is worth, in wei: a token is worth 1 TAO then.</param>
public sealed record DeploymentPlan(
    ImmutableList<LegTarget> Targets,
    Address Owner,
    Address Guardian,
    IndexTimes Times,
    BigInteger GenesisWei
)
{
    /// <summary>The smallest first mint that the contract takes, in TAO (source: Contracts/Index/Index.sol, GENESIS).</summary>
    public const int LeastGenesisTao = 20;

    /// <summary>The positions of the legs that are the first to name their hotkey: there a little is bought before anything else.</summary>
    public IReadOnlyList<int> Seeded =>
        [.. Targets.Select((target, i) => (target.Hotkey, i)).GroupBy(one => one.Hotkey).Select(same => same.First().i)];
}

/// <summary>
/// What takes its time in an index: seconds, and blocks of the shortest and the longest span of a mean (source: Contracts/Index/Rules.sol).
/// </summary>
/// <param name="Delay">Between a proposal and when it can be applied.</param>
/// <param name="Expiry">From then on until it is void.</param>
/// <param name="Window">In which a composition is traded for.</param>
/// <param name="Gap">Between two trades of a leg.</param>
/// <param name="Day">In which the room for trades refills.</param>
/// <param name="Pause">For which mint and trades can be paused.</param>
/// <param name="PauseEvery">Between two beginnings of that.</param>
/// <param name="Shortest">Blocks of the shortest span of a mean.</param>
/// <param name="Longest">Blocks of the longest.</param>
public sealed record IndexTimes(
    uint Delay,
    uint Expiry,
    uint Window,
    uint Gap,
    uint Day,
    uint Pause,
    uint PauseEvery,
    uint Shortest,
    uint Longest
)
{
    /// <summary>The times of the chain and of its test net, which take no others (source: Rules.sol, RuleTable).</summary>
    public static readonly IndexTimes Table = new(
        Delay: 48 * 3_600,
        Expiry: 7 * 86_400,
        Window: 7 * 86_400,
        Gap: 300,
        Day: 86_400,
        Pause: 72 * 3_600,
        PauseEvery: 14 * 86_400,
        Shortest: 1_800,
        Longest: 14_400
    );

    /// <summary>The times of an index that is lived through in minutes.</summary>
    public static readonly IndexTimes Minutes = new(
        Delay: 600,
        Expiry: 3_600,
        Window: 3_600,
        Gap: 12,
        Day: 3_600,
        Pause: 600,
        PauseEvery: 3_600,
        Shortest: 5,
        Longest: 200
    );
}
