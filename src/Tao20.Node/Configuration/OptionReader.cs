using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Node.Configuration;

/// <summary>Reads typed values from the configuration and collects what is wrong: key, value, and what to give instead.</summary>
internal sealed class OptionReader(IConfiguration configuration)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public string? Text(string key)
    {
        _known.Add(key);
        return configuration[key] is { Length: > 0 } text ? text : null;
    }

    public IReadOnlyList<string> List(string key)
    {
        _known.Add(key);
        var children = configuration.GetSection(key).GetChildren().ToList();
        children.ForEach(child => _known.Add(child.Path));
        var items =
            children.Count > 0
                ? children.Select(child => child.Value)
                : Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return [.. items.OfType<string>()];
    }

    public int Int(string key, int fallback) => (int)Integer(key, fallback, int.MinValue, int.MaxValue);

    public ulong ULong(string key, ulong fallback) => (ulong)Integer(key, fallback, 0, ulong.MaxValue);

    public ulong? OptionalULong(string key) => Text(key) is null ? null : ULong(key, 0);

    public int? OptionalInt(string key) => Text(key) is null ? null : Int(key, 0);

    public Wei Wei(string key, Wei fallback) => Domain.Units.Wei.From((UInt128)Integer(key, fallback.Value, 0, Domain.Units.Wei.Max));

    public bool Bool(string key, bool fallback)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (bool.TryParse(text, out var value))
            return value;
        _errors.Add($"{key} = {text} is not a truth value: give true or false.");
        return fallback;
    }

    public TimeSpan Duration(string key, TimeSpan fallback)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (Durations.TryParse(text, out var value))
            return value;
        _errors.Add($"{key} = {text} is not a duration: give e.g. 250ms, 20s, 5m or 1h.");
        return fallback;
    }

    public Address? Address(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Domain.Units.Address.TryParse(text, out var value))
            return value;
        _errors.Add($"{key} = {text} is not an address: give 0x and 40 hex digits.");
        return null;
    }

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
            return fallback;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value))
            return value;
        _errors.Add($"{key} = {text} is not known: give one of {string.Join(", ", Enum.GetNames<T>())}.");
        return fallback;
    }

    /// <summary>Adds an error for every key of these sections that nothing has read: a misspelt key is never silently ignored.</summary>
    public void RefuseUnknown(params string[] sections)
    {
        foreach (var pair in configuration.AsEnumerable().Where(pair => pair.Value is not null))
        {
            if (
                sections.Any(section => pair.Key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase))
                && !_known.Contains(pair.Key)
            )
                _errors.Add(
                    $"{pair.Key}{(IsSecret(pair.Key) ? "" : $" = {pair.Value}")} is not a known option: see docs/operations.md for "
                        + $"the names."
                );
        }
    }

    /// <summary>What may be a key or a password is not repeated.</summary>
    private static bool IsSecret(string key) =>
        key.Contains("key", StringComparison.OrdinalIgnoreCase)
        || key.Contains("password", StringComparison.OrdinalIgnoreCase)
        || key.Contains("secret", StringComparison.OrdinalIgnoreCase);

    private BigInteger Integer(string key, BigInteger fallback, BigInteger least, BigInteger most)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (
            BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        _errors.Add($"{key} = {text} is not usable: give a whole number from {least} to {most}.");
        return fallback;
    }
}
