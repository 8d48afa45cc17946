using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Tao20.Node.Configuration;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Tao20.Node.Hosting;

/// <summary>Which format a node writes.</summary>
internal sealed class NodeLogFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>The format.</summary>
    public LogFormat Format { get; set; }
}

/// <summary>
/// Writes an entry as one line, whoever logged it: actors' entries come with their own time, source and message template, and are
/// written with these instead of the logger's.
/// </summary>
internal sealed class NodeLogFormatter(IOptions<NodeLogFormatterOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name it is chosen by.</summary>
    public const string FormatterName = "tao20";

    private const string Template = "{OriginalFormat}";
    private const string UserGuardian = "/user/";

    // What Akka adds to an entry's own values.
    private static readonly HashSet<string> AkkaKeys = ["ActorPath", "Timestamp", "Thread", "LogSource", Template];
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One that writes text, whatever the node writes elsewhere.</summary>
    public static NodeLogFormatter ForText() => new(Options.Create(new NodeLogFormatterOptions { Format = LogFormat.Text }));

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var state = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [.. Pairs(logEntry.State)];
        var actor = state.FirstOrDefault(pair => pair.Key == "LogSource").Value as string;
        var values = state.Where(pair => !AkkaKeys.Contains(pair.Key)).ToList();
        var text = logEntry.Formatter(logEntry.State, null);
        var message = actor is null ? text : WithoutHeader(text, actor, logEntry.Exception);
        var time = state.FirstOrDefault(pair => pair.Key == "Timestamp").Value as DateTimeOffset? ?? DateTimeOffset.UtcNow;
        var entry = new Entry(time, logEntry.LogLevel, Short(actor ?? logEntry.Category), message, values, logEntry.Exception);
        textWriter.WriteLine(options.Value.Format == LogFormat.Json ? AsJson(entry) : AsText(entry));
    }

    private static IEnumerable<KeyValuePair<string, object?>> Pairs<TState>(TState state) =>
        state as IEnumerable<KeyValuePair<string, object?>> ?? [];

    /// <summary>
    /// The message alone: Akka writes <c>[level][time][thread][source]</c> before it, and the cause after it (source: Akka.NET,
    /// <c>LogEvent.ToString</c>).
    /// </summary>
    private static string WithoutHeader(string text, string source, Exception? cause)
    {
        var header = $"[{source}] ";
        var start = text.IndexOf(header, StringComparison.Ordinal) is var at and >= 0 ? at + header.Length : 0;
        var tail = $"\nCause: {cause}";
        return cause is not null && text.EndsWith(tail, StringComparison.Ordinal) ? text[start..^tail.Length].TrimEnd() : text[start..];
    }

    private static string AsText(Entry entry)
    {
        var line = $"{Time(entry)} {Level(entry.Level).PadRight(5)} {entry.Source}: {entry.Message}";
        return OneLine(entry.Cause is null ? line : $"{line} {entry.Cause}");
    }

    private static string AsJson(Entry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("time", Time(entry));
            json.WriteString("level", Level(entry.Level));
            json.WriteString("source", entry.Source);
            json.WriteString("message", entry.Message);
            if (entry.Values.Count > 0)
            {
                json.WriteStartObject("values");
                foreach (var (name, value) in entry.Values)
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            if (entry.Cause is { } cause)
                json.WriteString("exception", cause.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Time(Entry entry) =>
        entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Level(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            _ => "crit",
        };

    /// <summary>An actor's path below the user guardian; anything else as it is.</summary>
    private static string Short(string source) =>
        source.IndexOf(UserGuardian, StringComparison.Ordinal) is var at and >= 0 ? source[(at + UserGuardian.Length)..] : source;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private sealed record Entry(
        DateTimeOffset Time,
        LogLevel Level,
        string Source,
        string Message,
        IReadOnlyList<KeyValuePair<string, object?>> Values,
        Exception? Cause
    );
}
