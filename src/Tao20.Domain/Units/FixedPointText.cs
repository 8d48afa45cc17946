using System.Globalization;
using System.Numerics;

namespace Tao20.Domain.Units;

/// <summary>Fixed-point figures in digits.</summary>
public static class FixedPointText
{
    /// <summary>All digits, without zeros at the end.</summary>
    /// <param name="units">The figure in its smallest unit.</param>
    /// <param name="decimals">How many of these units' digits stand behind the point.</param>
    public static string Exact(BigInteger units, int decimals)
    {
        var (whole, part) = Parts(units, decimals);
        part = part.TrimEnd('0');
        return part.Length == 0 ? whole : $"{whole}.{part}";
    }

    /// <summary>The digits before the point, with the sign, and all of those behind it.</summary>
    /// <param name="units">The figure in its smallest unit.</param>
    /// <param name="decimals">How many of these units' digits stand behind the point.</param>
    public static (string Whole, string Part) Parts(BigInteger units, int decimals)
    {
        var digits = BigInteger.Abs(units).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return ((units.Sign < 0 ? "-" : "") + digits[..^decimals], digits[^decimals..]);
    }
}
