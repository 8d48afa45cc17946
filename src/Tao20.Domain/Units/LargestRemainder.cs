using System.Numerics;

namespace Tao20.Domain.Units;

/// <summary>Cuts a whole into integer parts in proportion to weights, losing nothing (Hamilton's method).</summary>
public static class LargestRemainder
{
    /// <summary>
    /// The parts of <paramref name="total"/>, one per weight, summing to it exactly: each gets the floor of its share, and what is
    /// left goes one unit each to the largest remainders, ties to the earlier. All weights zero: equal shares.
    /// </summary>
    /// <exception cref="ArgumentException">There is something to split and nobody to give it to.</exception>
    public static ulong[] Split(ulong total, IReadOnlyList<BigInteger> weights)
    {
        if (weights.Count == 0)
            return total == 0 ? [] : throw new ArgumentException($"There is nobody to give {total} to.", nameof(weights));

        var sum = weights.Aggregate(BigInteger.Zero, (acc, weight) => acc + weight);
        var parts = new ulong[weights.Count];
        var remainders = new BigInteger[weights.Count];
        var given = 0UL;
        for (var i = 0; i < parts.Length; i++)
        {
            var share = BigInteger.DivRem(sum.IsZero ? total : total * weights[i], sum.IsZero ? parts.Length : sum, out remainders[i]);
            parts[i] = (ulong)share;
            given += parts[i];
        }

        var left = (int)(total - given);
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => remainders[i]).ThenBy(i => i).Take(left))
            parts[i]++;
        return parts;
    }
}
