using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Tao20.Node.Hosting;

namespace Tao20.Node.Inspection;

/// <summary>The latest lines of a node's log, as they were written, and those that come. Safe for any number of threads.</summary>
internal sealed class LogLines : ILoggerProvider
{
    /// <summary>So many lines are kept.</summary>
    public const int Kept = 2000;

    // So much of a line: what is longer is a chain of causes, and stands whole where the log goes.
    private const int LongestLine = 4096;
    private readonly ConsoleFormatter _formatter = NodeLogFormatter.ForText();
    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new(Kept);
    private readonly ConcurrentDictionary<Channel<LogLine>, bool> _listeners = new();

    /// <summary>The latest lines, the oldest first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="least">Of which level at least.</param>
    /// <param name="words">What they contain, in any case of letters; null for any.</param>
    public IReadOnlyList<LogLine> Latest(int count, LogLevel least, string? words)
    {
        lock (_lock)
            return [.. _lines.Where(line => line.Is(least, words)).TakeLast(count)];
    }

    /// <summary>The lines that come from now on. Who reads too slowly misses some.</summary>
    /// <param name="least">Of which level at least.</param>
    /// <param name="words">What they contain; null for any.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<LogLine> FollowAsync(LogLevel least, string? words, [EnumeratorCancellation] CancellationToken cancel)
    {
        var lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[lines] = true;
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancel))
                if (line.Is(least, words))
                    yield return line;
        }
        finally
        {
            _listeners.TryRemove(lines, out _);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() { }

    private void Add(LogLine line)
    {
        lock (_lock)
        {
            if (_lines.Count == Kept)
                _lines.Dequeue();
            _lines.Enqueue(line);
        }

        foreach (var listener in _listeners.Keys)
            listener.Writer.TryWrite(line);
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            using var text = new StringWriter();
            lines._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, text);
            var line = text.ToString().TrimEnd();
            lines.Add(new LogLine(logLevel, line.Length > LongestLine ? $"{line[..LongestLine]} ..." : line));
        }
    }
}

/// <summary>A line of the log.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Text">The line, with its time and level.</param>
internal sealed record LogLine(LogLevel Level, string Text)
{
    /// <summary>Whether it is wanted.</summary>
    public bool Is(LogLevel least, string? words) =>
        Level >= least && (words is null || Text.Contains(words, StringComparison.OrdinalIgnoreCase));
}
