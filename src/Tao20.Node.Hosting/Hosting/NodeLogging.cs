using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>How a node writes its log: one line an entry, on standard error.</summary>
internal static class NodeLogging
{
    /// <summary>Sets up logging from a level on, which may change.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevels levels, LogFormat format)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter(levels.Allows);

        logging
            .AddConsole(console => console.FormatterName = NodeLogFormatter.FormatterName)
            .AddConsoleFormatter<NodeLogFormatter, NodeLogFormatterOptions>(written => written.Format = format);

        // Standard output belongs to what a command prints; log lines go beside it.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }
}
