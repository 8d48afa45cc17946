using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Node;

/// <summary>Decimal numbers with 18 decimals, read and written exactly.</summary>
internal static class FixedPoint
{
    private const int Decimals = 18;

    /// <summary>The value as a decimal number without trailing zeros.</summary>
    public static string Format(UInt128 value) => FixedPointText.Exact(value, Decimals);

    /// <summary>Reads a JSON number, exponent and all, floored to 18 decimals; false when negative, too large or no number.</summary>
    public static bool TryParse(string text, out UInt128 value)
    {
        value = 0;
        var parts = text.Split('e', 'E');
        var exponent = 0;
        if (
            parts.Length > 2
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            || Math.Abs(exponent) > 60
        )
            return false;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > 60 || !digits.All(char.IsAsciiDigit))
            return false;
        var scale = Decimals + exponent - (point < 0 ? 0 : parts[0].Length - point - 1);
        var number = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        number = scale >= 0 ? number * BigInteger.Pow(10, scale) : number / BigInteger.Pow(10, -scale);
        if (number > UInt128.MaxValue >> 1)
            return false;
        value = (UInt128)number;
        return true;
    }

    /// <summary>An amount for display: four decimals of it.</summary>
    internal static string Tao(string units, int decimals)
    {
        var digits = units.TrimStart('-').PadLeft(decimals + 1, '0');
        return $"{(units.StartsWith('-') ? "-" : "")}{digits[..^decimals]}.{digits[^decimals..][..4]}";
    }
}
