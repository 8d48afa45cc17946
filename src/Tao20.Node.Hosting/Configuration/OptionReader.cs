using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>Reads options from the configuration and collects what is wrong: key, value, and what to give instead.</summary>
internal sealed class OptionReader(IConfiguration configuration)
{
    /// <summary>Environment variables people know, beside the keys' own.</summary>
    private static readonly Dictionary<string, string> Aliases = new()
    {
        [nameof(GeneralOptions.LogLevel)] = "LOG_LEVEL",
        [nameof(GeneralOptions.LogFormat)] = "LOG_FORMAT",
    };

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong so far, a line each.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Options with all that is given in place of their defaults.</summary>
    public T Read<T>(T defaults, string? section = null)
        where T : notnull
    {
        var wrong = new List<string>();
        var options = Setting.Read(defaults, Text, wrong, section);
        Errors.AddRange(wrong.Select(Named));
        return options;
    }

    /// <summary>Whether a key is given, usable or not.</summary>
    public bool IsGiven(string key) =>
        configuration.GetSection(key) is var section && (section.Value is { Length: > 0 } || section.GetChildren().Any());

    /// <summary>Adds an error for every key of these sections that nothing has read: a misspelt key is never silently ignored.</summary>
    public void RefuseUnknown(params string[] sections)
    {
        foreach (var pair in configuration.AsEnumerable().Where(pair => pair.Value is not null))
        {
            if (
                sections.Any(section => pair.Key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase))
                && !_known.Contains(pair.Key)
            )
                Errors.Add(
                    $"{pair.Key}{(IsSecret(pair.Key) ? "" : $" = {pair.Value}")} is not a known option: see docs/settings.md for the names."
                );
        }
    }

    /// <summary>What may be a key or a password is not repeated.</summary>
    private static bool IsSecret(string key) =>
        key.Contains("key", StringComparison.OrdinalIgnoreCase)
        || key.Contains("password", StringComparison.OrdinalIgnoreCase)
        || key.Contains("secret", StringComparison.OrdinalIgnoreCase);

    /// <summary>What was given by its alias is named by it.</summary>
    private string Named(string error)
    {
        foreach (var (key, alias) in Aliases)
        {
            if (configuration[alias] is not null && error.StartsWith($"{key} = ", StringComparison.Ordinal))
                return $"TAO20_{alias}{error[key.Length..]}";
        }

        return error;
    }

    private string? Text(Setting setting)
    {
        var section = configuration.GetSection(setting.Key);
        _known.Add(setting.Key);
        if (setting.IsList && section.GetChildren().ToList() is { Count: > 0 } items)
        {
            items.ForEach(item => _known.Add(item.Path));
            return string.Join(',', items.Select(item => item.Value));
        }

        var text = Aliases.TryGetValue(setting.Key, out var alias) ? configuration[alias] ?? section.Value : section.Value;
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
