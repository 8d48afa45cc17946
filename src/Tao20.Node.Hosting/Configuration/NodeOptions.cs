using System.CommandLine;
using System.CommandLine.Parsing;
using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>Options that several commands have.</summary>
internal static class NodeOptions
{
    public static Option<string> DataDir(string description = "Directory of the journal; created if missing") =>
        new("--data-dir") { Description = description, HelpName = "D" };

    public static Option<string> Journal(string description = "The journal") =>
        new("--journal")
        {
            Description = $"{description}: sqlite:DIRECTORY or postgres:CONNECTION; PGPASSWORD may hold the password",
            HelpName = "JOURNAL",
        };

    public static Option<string> Hocon() =>
        new("--hocon")
        {
            Description = "A HOCON file whose section 'tao20' holds settings (default: tao20.conf here, if there)",
            HelpName = "FILE",
        };

    public static Option<int?> HttpPort(int standard = 8081) =>
        new("--http-port")
        {
            Description = $"Port of /status, /health and /metrics on 127.0.0.1; 0 takes a free one (default {standard})",
            HelpName = "PORT",
        };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text" };

    public static Option<TimeSpan> Duration(string name, string description, string fallback) =>
        new(name)
        {
            Description = $"{description} (default {fallback})",
            HelpName = "TIME",
            DefaultValueFactory = _ => Parse(fallback) ?? default,
            CustomParser = result => ParseToken(name, result),
        };

    private static TimeSpan ParseToken(string name, ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Parse(text) is { } value)
            return value;
        result.AddError($"{name} = {text} is not a duration: give e.g. 250ms, 20s, 5m or 1h.");
        return default;
    }

    private static TimeSpan? Parse(string text) => SettingText.TryDuration(text, out var value) ? value : null;
}
