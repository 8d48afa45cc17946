using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Dashboard.Parts;

/// <summary>Fixed-point figures as people read them: short, with all digits beside it.</summary>
public static class Figures
{
    /// <summary>The decimals of TAO, of tokens and of ratios.</summary>
    public const int Decimals = 18;

    /// <summary>The decimals of rao.</summary>
    public const int RaoDecimals = 9;

    /// <summary>The first digits behind the point, rounded towards zero, and thousands apart.</summary>
    /// <param name="units">The figure in its smallest unit.</param>
    /// <param name="decimals">How many of these units' digits stand behind the point.</param>
    /// <param name="shown">How many digits are shown behind the point.</param>
    public static string Short(BigInteger units, int decimals, int shown)
    {
        var (whole, part) = FixedPointText.Parts(units, decimals);
        var sign = whole.StartsWith('-') ? "-" : "";
        var grouped = BigInteger.Parse(whole.TrimStart('-'), CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
        return shown == 0 ? sign + grouped : $"{sign}{grouped}.{part[..shown]}";
    }

    /// <summary>A ratio in percent, rounded towards zero.</summary>
    public static string Percent(Ratio ratio, int shown = 2) => $"{Short((BigInteger)ratio.Value * 100, Decimals, shown)} %";

    /// <summary>A ratio as a number for a chart.</summary>
    public static double Number(BigInteger units, int decimals) => (double)units / Math.Pow(10, decimals);

    /// <summary>A count, thousands apart.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Count(long)"/>
    public static string Count(ulong count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A time in words: seconds below two minutes, then minutes, hours, days.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 120 ? $"{span.TotalSeconds:0} s"
        : span.TotalMinutes < 120 ? $"{span.TotalMinutes:0} min"
        : span.TotalHours < 48 ? $"{span.TotalHours:0} h"
        : $"{span.TotalDays:0} days";
}
