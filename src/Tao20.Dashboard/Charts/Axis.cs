using System.Globalization;

namespace Tao20.Dashboard.Charts;

/// <summary>A linear axis that shows a range of values, and the values that are written at it.</summary>
/// <remarks>
/// Steps are 1, 2 or 5 times a power of ten (source: P. Heckbert, Nice Numbers for Graph Labels, Graphics Gems, 1990).
/// </remarks>
public sealed class Axis
{
    private readonly double _start;
    private readonly double _end;

    private Axis(double least, double most, double step, double start, double end)
    {
        (Least, Most, Step) = (least, most, step);
        (_start, _end) = (start, end);
    }

    /// <summary>The value at its beginning.</summary>
    public double Least { get; }

    /// <summary>The value at its end.</summary>
    public double Most { get; }

    /// <summary>From one written value to the next.</summary>
    public double Step { get; }

    /// <summary>The values that are written.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            for (var i = 0; Least + i * Step <= Most + Step / 1e6; i++)
                yield return Least + i * Step;
        }
    }

    /// <summary>An axis that shows all of some values, and 0 where it is wanted.</summary>
    /// <param name="values">The values; those that are none are left out.</param>
    /// <param name="start">Where it begins, in the units of the drawing.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="fromZero">Whether it has 0 on it.</param>
    /// <param name="ticks">About how many values are written.</param>
    public static Axis Of(IEnumerable<double> values, double start, double end, bool fromZero = true, int ticks = 5)
    {
        var known = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (least, most) = (known.Min(), known.Max());
        if (fromZero)
            (least, most) = (Math.Min(0, least), Math.Max(0, most));
        if (most - least <= Math.Abs(most) * 1e-12)
            (least, most) = fromZero || most == 0 ? (least, least + 1) : (least - Math.Abs(least) / 1_000, most + Math.Abs(most) / 1_000);
        var step = Nice((most - least) / Math.Max(1, ticks));
        return new Axis(Math.Floor(least / step) * step, Math.Ceiling(most / step) * step, step, start, end);
    }

    /// <summary>An axis over whole numbers, with a value written at some of them.</summary>
    public static Axis OfWhole(double least, double most, double start, double end, int ticks = 10)
    {
        var step = Math.Max(1, Nice((most - least) / Math.Max(1, ticks)));
        return new Axis(least, Math.Max(most, least + 1), step, start, end);
    }

    /// <summary>Where a value is, in the units of the drawing.</summary>
    public double At(double value) => _start + (value - Least) / (Most - Least) * (_end - _start);

    /// <summary>A value as it is written.</summary>
    public string Text(double value)
    {
        var digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 8);
        return Math.Abs(value) >= 1e6
            ? $"{(value / 1e6).ToString("0.##", CultureInfo.InvariantCulture)}M"
            : value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    private static double Nice(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
        {
            <= 1.000001 => power,
            <= 2.000001 => 2 * power,
            <= 5.000001 => 5 * power,
            _ => 10 * power,
        };
    }
}
