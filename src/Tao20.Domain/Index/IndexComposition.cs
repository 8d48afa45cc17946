using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>The emission of every subnet on one day, 18 decimals in whatever unit the source counts.</summary>
/// <param name="Day">The day of the snapshot.</param>
/// <param name="Emissions">Netuid to emission; a subnet that is absent has no entry.</param>
public sealed record EmissionSnapshot(DateOnly Day, IReadOnlyDictionary<ushort, UInt128> Emissions);

/// <summary>A subnet in the index.</summary>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="Netuid">The subnet.</param>
/// <param name="AverageEmission">Its average emission over the days it was present, 18 decimals, floored.</param>
/// <param name="Weight">Its weight, 18 decimals; the weights of an index sum to 1 exactly.</param>
public sealed record Constituent(int Rank, ushort Netuid, UInt128 AverageEmission, Ratio Weight);

/// <summary>
/// The index rule: average emission over 14 daily snapshots, netuid 0 and absent days excluded, the 20 largest, normalised to 1,
/// ties by netuid (source: TAO20 specification, index methodology).
/// </summary>
public static class IndexComposition
{
    /// <summary>How many daily snapshots are averaged.</summary>
    public const int Days = 14;

    /// <summary>How many subnets are in the index.</summary>
    public const int Size = 20;

    /// <summary>The days of the index as of <paramref name="asOf"/>: that day and the 13 before it, oldest first.</summary>
    public static IReadOnlyList<DateOnly> Window(DateOnly asOf) => [.. Enumerable.Range(0, Days).Select(i => asOf.AddDays(i - Days + 1))];

    /// <summary>The constituents by these snapshots, best first; fewer than 20 when there are fewer subnets with emission.</summary>
    /// <exception cref="ArgumentException">Two snapshots of one day.</exception>
    public static IReadOnlyList<Constituent> Compose(IReadOnlyCollection<EmissionSnapshot> snapshots)
    {
        if (snapshots.GroupBy(snapshot => snapshot.Day).FirstOrDefault(day => day.Count() > 1) is { } twice)
            throw new ArgumentException($"There are two snapshots of {twice.Key:yyyy-MM-dd}.", nameof(snapshots));

        var largest = snapshots
            .SelectMany(snapshot => snapshot.Emissions)
            .Where(emission => emission.Key != 0)
            .GroupBy(emission => emission.Key, (netuid, days) => Average(netuid, [.. days.Select(day => day.Value)]))
            .Where(subnet => subnet.Average > 0)
            .OrderByDescending(subnet => subnet.Average)
            .ThenBy(subnet => subnet.Netuid)
            .Take(Size)
            .ToList();
        if (largest.Count == 0)
            return [];

        var weights = LargestRemainder.Split((ulong)Ratio.Scale, [.. largest.Select(subnet => (BigInteger)subnet.Average)]);
        return [.. largest.Select((subnet, i) => new Constituent(i + 1, subnet.Netuid, subnet.Average, new Ratio(weights[i])))];
    }

    private static (ushort Netuid, UInt128 Average) Average(ushort netuid, List<UInt128> days)
    {
        var sum = days.Aggregate(BigInteger.Zero, (total, day) => total + day);
        return (netuid, (UInt128)(sum / days.Count));
    }
}
