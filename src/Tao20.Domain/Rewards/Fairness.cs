using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Rewards;

/// <summary>How evenly an epoch's pay is spread, 18 decimals each; all zero when nobody is paid.</summary>
/// <param name="Gini">Gini coefficient of the payouts: 0 all equal, towards 1 all to one.</param>
/// <param name="Herfindahl">Herfindahl index of the payouts: the sum of squared shares, 1/n to 1.</param>
/// <param name="TopTenShare">The part of the ten highest ranked.</param>
/// <param name="MedianOverMean">Median payout over mean payout.</param>
/// <param name="VolumeRewardCorrelation">Pearson correlation of weighted volume with payout, -1 to 1; 0 when either never varies.</param>
public sealed record Fairness(Ratio Gini, Ratio Herfindahl, Ratio TopTenShare, Ratio MedianOverMean, Ratio VolumeRewardCorrelation)
{
    /// <summary>The figures of these payouts, which are in rank order.</summary>
    public static Fairness Of(IReadOnlyList<MinerPayout> payouts)
    {
        var pay = payouts.Select(payout => (BigInteger)payout.Payout.Value).ToList();
        var volume = payouts.Select(payout => payout.Miner.Score.WeightedVolume).ToList();
        var total = Sum(pay);
        if (total.IsZero)
            return new Fairness(Ratio.Zero, Ratio.Zero, Ratio.Zero, Ratio.Zero, Ratio.Zero);

        BigInteger n = pay.Count;
        var ascending = pay.Order().ToList();

        // G = (2 * sum(i * x_i) - (n + 1) * sum(x)) / (n * sum(x)), x ascending, i from 1.
        var ordered = Sum(ascending.Select((x, i) => (i + 1) * x));
        var gini = Ratio.Of(2 * ordered - (n + 1) * total, n * total);
        var herfindahl = Ratio.Of(Sum(pay.Select(x => x * x)), total * total);
        var topTen = Ratio.Of(Sum(pay.Take(10)), total);
        var middle = ascending[(pay.Count - 1) / 2] + ascending[pay.Count / 2];
        var medianOverMean = Ratio.Of(middle * n, 2 * total);
        return new Fairness(gini, herfindahl, topTen, medianOverMean, Correlation(volume, pay));
    }

    /// <summary><c>(n*sum(xy) - sum(x)sum(y)) / sqrt((n*sum(x^2) - sum(x)^2) * (n*sum(y^2) - sum(y)^2))</c>, integer square root.</summary>
    private static Ratio Correlation(List<BigInteger> x, List<BigInteger> y)
    {
        BigInteger n = x.Count;
        var covariance = n * Sum(x.Zip(y, (a, b) => a * b)) - Sum(x) * Sum(y);
        var spread = Variance(x) * Variance(y);
        return Ratio.Of(covariance, IntegerRoot.Of(spread));

        BigInteger Variance(List<BigInteger> values) => n * Sum(values.Select(v => v * v)) - Sum(values) * Sum(values);
    }

    private static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);
}
