using Tao20.Node.Configuration;
using Tao20.Node.Inspection;

namespace Tao20.Node.Hosting;

/// <summary>How a node writes its log: one line an entry, on standard error.</summary>
internal static class NodeLogging
{
    /// <summary>Sets up logging from a level on, which may change.</summary>
    /// <param name="logging">What is being built.</param>
    /// <param name="levels">From which level on is logged.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="lines">What keeps the latest lines; null for nothing.</param>
    public static void Configure(ILoggingBuilder logging, LogLevels levels, LogFormat format, LogLines? lines = null)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter(levels.Allows);

        logging
            .AddConsole(console => console.FormatterName = NodeLogFormatter.FormatterName)
            .AddConsoleFormatter<NodeLogFormatter, NodeLogFormatterOptions>(written => written.Format = format);

        if (lines is not null)
            logging.AddProvider(lines);

        // Standard output belongs to what a command prints; log lines go beside it.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }
}

/// <summary>What a running node logs.</summary>
/// <param name="Levels">From which level on.</param>
/// <param name="Lines">The latest lines.</param>
/// <param name="Changeable">What can be changed while it runs; null where nothing can be read again.</param>
internal sealed record NodeLog(LogLevels Levels, LogLines Lines, ChangeableSettings? Changeable);
