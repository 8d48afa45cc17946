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

    // From a second to a month; what is longer is divided as any other axis.
    private static readonly double[] Times =
    [
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
        600,
        900,
        1_800,
        3_600,
        7_200,
        10_800,
        21_600,
        43_200,
        86_400,
        172_800,
        604_800,
        2_592_000,
    ];

    private Axis(double least, double most, double step, double start, double end)
    {
        (Least, Most, Step) = (least, most, step);
        (_start, _end) = (start, end);
    }

    /// <summary>The value at its beginning.</summary>
    public double Least { get; }

    /// <summary>The value at its end.</summary>
    public double Most { get; }

    /// <summary>Whether its values are times, in Unix seconds.</summary>
    public bool IsTime { get; private init; }

    /// <summary>From one written value to the next.</summary>
    public double Step { get; }

    /// <summary>The values that are written.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var first = IsTime ? Math.Ceiling(Least / Step) * Step : Least;
            for (var i = 0; first + i * Step <= Most + Step / 1e6; i++)
                yield return first + i * Step;
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

    /// <summary>An axis of times, in Unix seconds, with a clock's time written at some of them.</summary>
    public static Axis OfTime(double least, double most, double start, double end, int ticks = 6)
    {
        most = Math.Max(most, least + 1);
        var wanted = (most - least) / Math.Max(1, ticks);
        var step = Times.FirstOrDefault(one => one >= wanted) is > 0 and var found ? found : Nice(wanted);
        return new Axis(least, most, step, start, end) { IsTime = true };
    }

    /// <summary>Where a value is, in the units of the drawing.</summary>
    public double At(double value) => _start + (value - Least) / (Most - Least) * (_end - _start);

    /// <summary>A value as it is written.</summary>
    public string Text(double value)
    {
        if (IsTime)
            return DateTimeOffset
                .FromUnixTimeSeconds((long)value)
                .ToString(
                    Step < 60 ? "HH:mm:ss"
                        : Step < 86_400 ? "HH:mm"
                        : "MM-dd",
                    CultureInfo.InvariantCulture
                );
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
