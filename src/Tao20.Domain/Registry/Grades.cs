using System.Numerics;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Registry;

/// <summary>
/// How far a statement is from the one that was settled. The registry grades by the same rules (source: Contracts/Registry/Grades.sol); a
/// test holds the two together.
/// </summary>
public static class Grades
{
    // The largest share, in thousandths, that is still none, minor, moderate and severe; above is critical.
    private static readonly int[] NavBounds = [1, 5, 20, 50];
    private static readonly int[] WeightBounds = [50, 100, 150, 300];

    /// <summary>What a grade takes of the effective stake, in percent: 0, 1, 5, 15 or 50.</summary>
    public static int Percent(Severity grade) =>
        grade switch
        {
            Severity.Minor => 1,
            Severity.Moderate => 5,
            Severity.Severe => 15,
            Severity.Critical => 50,
            _ => 0,
        };

    /// <summary>
    /// The gravest of what differs: NAV (0.1, 0.5, 2 and 5 % of the settled one, moderate where one of them is 0), weights (L1 distance
    /// over the sum of both: 5, 10, 15 and 30 %), ranking root or supply (minor at least), and block (severe at least).
    /// </summary>
    /// <param name="settled">What was settled.</param>
    /// <param name="other">What was stated instead.</param>
    public static Severity Between(Stated settled, Stated other)
    {
        var (one, two) = (settled.Statement, other.Statement);
        var grade = Graver(OfNav(one.Nav.Value, two.Nav.Value), OfWeights(settled.Weights, other.Weights));
        if (one.RankingRoot != two.RankingRoot || one.TotalSupply != two.TotalSupply)
            grade = Graver(grade, Severity.Minor);
        if (one.BlockNumber != two.BlockNumber || one.BlockHash != two.BlockHash)
            grade = Graver(grade, Severity.Severe);
        return grade;
    }

    private static Severity OfNav(UInt128 settled, UInt128 other)
    {
        if (settled == other)
            return Severity.None;
        if (settled == 0 || other == 0)
            return Severity.Moderate;
        return ByShare(settled > other ? settled - other : other - settled, settled, NavBounds);
    }

    private static Severity OfWeights(IReadOnlyList<SubnetWeight> settled, IReadOnlyList<SubnetWeight> other)
    {
        var differences = settled
            .Select(weight => (weight.Uid, Signed: (long)weight.Weight))
            .Concat(other.Select(weight => (weight.Uid, Signed: -(long)weight.Weight)))
            .GroupBy(weight => weight.Uid, weight => weight.Signed);
        var distance = differences.Sum(uid => Math.Abs(uid.Sum()));
        return ByShare(distance, settled.Concat(other).Sum(weight => (long)weight.Weight), WeightBounds);
    }

    private static Severity ByShare(BigInteger part, BigInteger whole, int[] bounds)
    {
        var grade = Array.FindIndex(bounds, bound => part * 1_000 <= whole * bound);
        return grade < 0 ? Severity.Critical : (Severity)grade;
    }

    private static Severity Graver(Severity one, Severity two) => (Severity)Math.Max((byte)one, (byte)two);
}
