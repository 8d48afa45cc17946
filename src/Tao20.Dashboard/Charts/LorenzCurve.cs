using System.Numerics;

namespace Tao20.Dashboard.Charts;

/// <summary>
/// How evenly something is spread: of those who have least together, their share of all of them and of all there is (source: M. Lorenz,
/// Methods of Measuring the Concentration of Wealth, 1905).
/// </summary>
public static class LorenzCurve
{
    /// <summary>The curve has at most about so many points.</summary>
    private const int Points = 200;

    /// <summary>The curve from (0, 0) to (1, 1); (0, 0) alone where there is nothing.</summary>
    /// <param name="ascending">What each has, ascending.</param>
    public static IReadOnlyList<(double Part, double Share)> Of(IReadOnlyList<UInt128> ascending)
    {
        var curve = new List<(double, double)> { (0, 0) };
        var (total, sum) = (ascending.Aggregate(BigInteger.Zero, (all, one) => all + one), BigInteger.Zero);
        for (var i = 0; i < ascending.Count && !total.IsZero; i++)
        {
            sum += ascending[i];
            if (i == ascending.Count - 1 || (i + 1) * Points / ascending.Count != i * Points / ascending.Count)
                curve.Add(((double)(i + 1) / ascending.Count, (double)sum / (double)total));
        }

        return curve;
    }
}
