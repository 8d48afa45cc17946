using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using Tao20.Domain.Units;

namespace Tao20.Domain.Validation;

/// <summary>A property of an options type that is a setting.</summary>
public sealed class Setting
{
    private static readonly ConcurrentDictionary<(Type, string), Setting[]> Tables = new();
    private static readonly MethodInfo Copy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private readonly PropertyInfo _property;
    private readonly string _section;
    private readonly SettingAttribute _says;

    private Setting(PropertyInfo property, SettingAttribute says, string section)
    {
        (_property, _says, _section) = (property, says, section);
        Key = KeyOf(property.Name);
    }

    /// <summary>Its key, e.g. <c>Chain:PollInterval</c>.</summary>
    public string Key { get; }

    /// <summary>What is written about it.</summary>
    public SettingAttribute Says => _says;

    /// <summary>Its name in the hash of the rules.</summary>
    public string StableName => _says.StableName ?? Key;

    /// <summary>Whether it has several values.</summary>
    public bool IsList => typeof(System.Collections.IEnumerable).IsAssignableFrom(Type) && Type != typeof(string);

    /// <summary>What it may be, for people: its range and unit, or its choices.</summary>
    public string Allowed =>
        Type.IsEnum ? string.Join(", ", Enum.GetNames(Type))
        : Type == typeof(bool) ? "true, false"
        : Limits(_says.Least, _says.Most);

    private Type Type => Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;

    /// <summary>The settings of an options type, in the order in which they are declared.</summary>
    /// <param name="type">The type, with a <see cref="SettingsAttribute"/>.</param>
    /// <param name="section">The section, where the type itself does not say it.</param>
    public static IReadOnlyList<Setting> Of(Type type, string? section = null) =>
        Tables.GetOrAdd(
            (type, section ?? type.GetCustomAttribute<SettingsAttribute>()?.Section ?? ""),
            static of =>
                [
                    .. of
                        .Item1.GetProperties()
                        .OrderBy(property => property.MetadataToken)
                        .Select(property => (Property: property, Says: property.GetCustomAttribute<SettingAttribute>()))
                        .Where(one => one.Says is not null)
                        .Select(one => new Setting(one.Property, one.Says!, of.Item2)),
                ]
        );

    /// <summary>Options with all that is given in place of what they had.</summary>
    /// <param name="start">The defaults.</param>
    /// <param name="text">The text of a key; null where it is not given.</param>
    /// <param name="errors">Takes what is no value, a line each with key, value and remedy.</param>
    /// <param name="section">The section, where the type itself does not say it.</param>
    public static T Read<T>(T start, Func<Setting, string?> text, ICollection<string> errors, string? section = null)
        where T : notnull
    {
        var options = Copy.Invoke(start, null)!;
        foreach (var setting in Of(typeof(T), section))
        {
            if (text(setting) is not { } given)
                continue;
            var (value, remedy) = setting.Parse(given);
            if (remedy is null)
                setting._property.SetValue(options, value);
            else
                errors.Add($"{setting.Key} = {(setting.Type == typeof(IReadOnlyList<Uri>) ? SettingText.Hosts(given) : given)} {remedy}");
        }

        return (T)options;
    }

    /// <summary>Every setting of these options that is out of its range.</summary>
    /// <param name="options">The options.</param>
    public static IEnumerable<ParameterError> Check(object options) =>
        Of(options.GetType()).Select(setting => setting.Problem(options)).OfType<ParameterError>();

    /// <summary>Its value in these options.</summary>
    public object? ValueIn(object options) => _property.GetValue(options);

    /// <summary>Its value as a number; null when it has none, or is none.</summary>
    public BigInteger? NumberIn(object options) => Number(ValueIn(options));

    private static BigInteger? Number(object? value) =>
        value switch
        {
            int number => number,
            ulong number => number,
            BigInteger number => number,
            Wei wei => wei.Value,
            Rao rao => rao.Value,
            TimeSpan duration => duration.Ticks,
            _ => null,
        };

    private static BigInteger? Limit(string? text) =>
        text is null ? null
        : SettingText.TryNumber(text, out var number) ? number
        : SettingText.TryDuration(text, out var duration) ? duration.Ticks
        : throw new FormatException($"'{text}' is no limit of a setting.");

    private string KeyOf(string property) => _section.Length == 0 ? property : $"{_section}:{property}";

    private ParameterError? Problem(object options)
    {
        if (NumberIn(options) is not { } value)
            return null;
        var (least, most) = (Limit(_says.Least), Limit(_says.Most));
        if (_says.NotBelow is { } below && Other(options, below) is { } floor && (least is null || floor > least))
            least = floor;
        if (_says.NotAbove is { } above && Other(options, above) is { } ceiling && (most is null || ceiling < most))
            most = ceiling;
        return value >= (least ?? value) && value <= (most ?? value)
            ? null
            : new ParameterError(Key, Text(value), Limits(least is { } a ? Text(a) : null, most is { } b ? Text(b) : null));
    }

    private BigInteger? Other(object options, string property) => Number(options.GetType().GetProperty(property)!.GetValue(options));

    private string Text(BigInteger number) =>
        Type == typeof(TimeSpan) ? SettingText.Of(TimeSpan.FromTicks((long)number))! : number.ToString();

    private string Limits(string? least, string? most)
    {
        var range = (least, most) switch
        {
            (null, null) => "",
            ({ } from, null) => $"{from} or more",
            (null, { } to) => $"at most {to}",
            ({ } from, { } to) => $"{from} to {to}",
        };
        var unit = _says.Unit.Length > 0 ? (range.Length > 0 ? " " : "") + _says.Unit : "";
        return range
            + unit
            + (_says.NotBelow is { } below ? $", not below {below}" : "")
            + (_says.NotAbove is { } above ? $", not above {above}" : "");
    }

    private (object? Value, string? Remedy) Parse(string text)
    {
        if (Type == typeof(string))
            return (text, null);
        if (Type == typeof(bool))
            return bool.TryParse(text, out var truth) ? (truth, null) : (null, "is not a truth value: give true or false.");
        if (Type == typeof(TimeSpan))
            return SettingText.TryDuration(text, out var time)
                ? (time, null)
                : (null, "is not a duration: give e.g. 250ms, 20s, 5m or 1h.");
        if (Type == typeof(Address))
            return Address.TryParse(text, out var address) ? (address, null) : (null, "is not an address: give 0x and 40 hex digits.");
        if (Type.IsEnum)
        {
            var name = Array.Find(Enum.GetNames(Type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return name is null
                ? (null, $"is not known: give one of {string.Join(", ", Enum.GetNames(Type))}.")
                : (Enum.Parse(Type, name), null);
        }

        return IsList ? ParseList(text) : ParseNumber(text);
    }

    private (object? Value, string? Remedy) ParseList(string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Type == typeof(IReadOnlyList<string>))
            return (items, null);
        if (Type == typeof(IReadOnlyList<Address>))
            return Array.TrueForAll(items, item => Address.TryParse(item, out _))
                ? (items.Select(Address.Parse).ToArray(), null)
                : (null, "is not an address: give 0x and 40 hex digits, several separated by commas.");
        return Array.TrueForAll(items, item => Uri.TryCreate(item, UriKind.Absolute, out _))
            ? (items.Select(item => new Uri(item)).ToArray(), null)
            : (null, "is not a URL: give e.g. --rpc http://127.0.0.1:8545.");
    }

    private (object? Value, string? Remedy) ParseNumber(string text)
    {
        var (least, most) =
            Type == typeof(int) ? (int.MinValue, int.MaxValue)
            : Type == typeof(Wei) ? (BigInteger.Zero, (BigInteger)Wei.Max)
            : Type == typeof(BigInteger) ? (BigInteger.Zero, BigInteger.Pow(2, 256) - 1)
            : (BigInteger.Zero, (BigInteger)ulong.MaxValue);
        if (!SettingText.TryNumber(text, out var number) || number < least || number > most)
            return (null, $"is not usable: give a whole number from {_says.Least ?? least.ToString()} to {_says.Most ?? most.ToString()}.");
        return (
            Type == typeof(int) ? (int)number
            : Type == typeof(ulong) ? (ulong)number
            : Type == typeof(Rao) ? new Rao((ulong)number)
            : Type == typeof(Wei) ? Wei.From((UInt128)number)
            : (object)number,
            null
        );
    }
}
