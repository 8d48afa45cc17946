using System.Collections;
using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Validation;

/// <summary>Values of settings as people write them.</summary>
public static class SettingText
{
    private static readonly (string Unit, decimal Ticks)[] Durations =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    private static readonly (string Unit, decimal Factor)[] Amounts =
    [
        (" TAO", 1e18m),
        (" KiB", 1024),
        (" MiB", 1024 * 1024),
        (" GiB", 1024 * 1024 * 1024),
    ];

    /// <summary>A whole number, in units too: <c>0.01 TAO</c>, <c>64 KiB</c>.</summary>
    public static bool TryNumber(string text, out BigInteger value)
    {
        foreach (var (unit, factor) in Amounts)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && TryDecimal(text[..^unit.Length], out var number))
            {
                value = new BigInteger(number * factor);
                return true;
            }
        }

        return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A duration: 250ms, 20s, 5m, 1h, 2d, or hh:mm:ss.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        foreach (var (unit, ticks) in Durations)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && TryDecimal(text[..^unit.Length], out var number) && number < 1_000_000)
            {
                value = TimeSpan.FromTicks((long)(number * ticks));
                return true;
            }
        }

        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value) && value >= TimeSpan.Zero;
    }

    /// <summary>URLs with their schemes and hosts only: path, query and user may be secret.</summary>
    /// <param name="urls">URLs, or what was meant to be, separated by commas.</param>
    public static string Hosts(string urls) =>
        string.Join(
            ", ",
            urls.Split(',', StringSplitOptions.TrimEntries)
                .Select(url =>
                {
                    var start = url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0;
                    var end = url.IndexOfAny(['/', '?', '#'], start) is var rest and >= 0 ? rest : url.Length;
                    var host = url[start..end];
                    return url[..start] + host[(host.LastIndexOf('@') + 1)..] + (end < url.Length - 1 ? "/***" : "");
                })
        );

    /// <summary>The value as it would be written in a file; null for none.</summary>
    public static string? Of(object? value) =>
        value switch
        {
            null or "" => null,
            bool truth => truth ? "true" : "false",
            TimeSpan duration => OfDuration(duration),
            Rao rao => rao.Value.ToString(CultureInfo.InvariantCulture),
            IEnumerable list and not string => string.Join(", ", list.Cast<object>()) is { Length: > 0 } items ? items : null,
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };

    private static string OfDuration(TimeSpan duration)
    {
        var (unit, ticks) = Durations.Last(unit => duration == TimeSpan.Zero || duration.Ticks % unit.Ticks == 0 || unit.Unit == "ms");
        return duration == TimeSpan.Zero ? "0s" : (duration.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static bool TryDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
}
