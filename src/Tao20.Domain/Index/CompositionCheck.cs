using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What a contract holds as its composition, held against the index rule.</summary>
/// <param name="AsOf">The rebalance day of the rule's composition that comes nearest.</param>
/// <param name="Differences">What differs, in words, a line each; empty when the contract keeps to the rule.</param>
public sealed record CompositionCheck(DateOnly AsOf, IReadOnlyList<string> Differences)
{
    /// <summary>
    /// By how much a weight may differ, in 1e-18: an index contract keeps weights with fewer digits or divides otherwise.
    /// </summary>
    public const long ToleratedWeight = 1_000_000_000_000;

    private const ulong SecondsPerDay = 86_400;
    private const ulong RebalanceSecond = 16 * 3_600 + 30 * 60;
    private static readonly DateOnly FirstDay = new(1970, 1, 1);

    /// <summary>
    /// The days of the last two possible rebalances at a time, the later first: the index is rebalanced every second Sunday at 16:30 UTC,
    /// and which Sundays these are is not on chain (source: TAO20 specification, index methodology).
    /// </summary>
    /// <param name="unixSeconds">The time.</param>
    public static IReadOnlyList<DateOnly> RebalanceDays(ulong unixSeconds)
    {
        // Days that begin at 16:30; the first day of Unix time was a Thursday, the fourth after a Sunday.
        var day = (int)((unixSeconds - Math.Min(unixSeconds, RebalanceSecond)) / SecondsPerDay);
        var sunday = FirstDay.AddDays(day - (day + 4) % 7);
        return [sunday, sunday.AddDays(-7)];
    }

    /// <summary>Holds a composition against the rule's for each of some days; the day that comes nearest tells.</summary>
    /// <param name="composition">Netuid and weight of what the contract holds.</param>
    /// <param name="candidates">What the rule gives, by day; not empty.</param>
    public static CompositionCheck Of(
        IReadOnlyList<(ushort Netuid, Ratio Weight)> composition,
        IReadOnlyList<(DateOnly AsOf, IReadOnlyList<Constituent> Rule)> candidates
    ) =>
        candidates
            .Select(candidate => new CompositionCheck(candidate.AsOf, Differing(composition, candidate.Rule)))
            .MinBy(check => check.Differences.Count)!;

    private static List<string> Differing(IReadOnlyList<(ushort Netuid, Ratio Weight)> composition, IReadOnlyList<Constituent> rule)
    {
        var held = composition.ToDictionary(one => one.Netuid, one => one.Weight);
        var differences = rule.Where(one => !held.ContainsKey(one.Netuid))
            .Select(one => $"subnet {one.Netuid} is rank {one.Rank} by the rule and not held")
            .ToList();
        foreach (var (netuid, weight) in composition)
        {
            if (rule.FirstOrDefault(one => one.Netuid == netuid) is not { } right)
                differences.Add($"subnet {netuid} is held and not among the largest {rule.Count}");
            else if (BigInteger.Abs((BigInteger)weight.Value - (BigInteger)right.Weight.Value) > ToleratedWeight)
                differences.Add($"subnet {netuid} has the weight {weight}, by the rule {right.Weight}");
        }

        return differences;
    }
}
