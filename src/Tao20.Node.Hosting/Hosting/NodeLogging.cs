using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>How a node writes its log: one line an entry, on standard error.</summary>
internal static class NodeLogging
{
    /// <summary>Sets up logging from <paramref name="level"/> on; libraries say less than the node does.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevel level, LogFormat format)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        if (level < LogLevel.Warning)
        {
            logging.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("Polly", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("System.Net.Http", level < LogLevel.Information ? level : LogLevel.Warning);
        }

        logging
            .AddConsole(console => console.FormatterName = NodeLogFormatter.FormatterName)
            .AddConsoleFormatter<NodeLogFormatter, NodeLogFormatterOptions>(written => written.Format = format);

        // Standard output belongs to what a command prints; log lines go beside it.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }
}
