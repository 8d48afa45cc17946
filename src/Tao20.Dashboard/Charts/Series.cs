using System.Globalization;

namespace Tao20.Dashboard.Charts;

/// <summary>A line, or the parts of bars with one meaning.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Points">Its points, by x ascending; a y that is no number leaves a gap.</param>
public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Whether it is drawn with points at its values alone.</summary>
    public bool IsDots { get; init; }
}

/// <summary>Numbers as SVG takes them.</summary>
internal static class Svg
{
    /// <summary>A number with at most two digits after the point.</summary>
    public static string Of(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);
}
