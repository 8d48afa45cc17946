using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// How far a market can be from NAV before a trade of a size pays, on either side: <c>fee + swaps + market's fee + gas / size + impact</c>,
/// and what is asked of profit beside (source: the index contract's design, section 7). Within it nobody brings the market back.
/// </summary>
public static class PegBand
{
    private const int SubnetSwaps = 5;
    private const int MarketFee = 30;
    private const int BasisPoints = 10_000;

    /// <summary>Half its width, in hundredths of a percent of NAV.</summary>
    /// <param name="size">What is traded, in TAO.</param>
    /// <param name="gas">What its gas costs, in wei.</param>
    /// <param name="feeBps">The index's fee.</param>
    /// <param name="pool">The market: a trade of a size moves its price by about its part of what is in it.</param>
    /// <param name="profitBps">The profit that is asked for.</param>
    public static int HalfWidth(Wei size, BigInteger gas, int feeBps, PoolReserves pool, int profitBps)
    {
        if (size.Value == 0)
            return int.MaxValue;
        var impact = pool.Tao.Value == 0 ? 0 : (BigInteger)size.Value * BasisPoints / pool.Tao.Value;
        var all = feeBps + SubnetSwaps + MarketFee + profitBps + gas * BasisPoints / size.Value + impact;
        return (int)BigInteger.Min(int.MaxValue, all);
    }
}
