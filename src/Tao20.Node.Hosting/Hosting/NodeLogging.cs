namespace Tao20.Node.Hosting;

/// <summary>How a node writes its log: one line an entry, on standard error.</summary>
internal static class NodeLogging
{
    /// <summary>Sets up logging from <paramref name="level"/> on; libraries say less than the node does.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevel level)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        if (level < LogLevel.Warning)
        {
            logging.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("Polly", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("System.Net.Http", level < LogLevel.Information ? level : LogLevel.Warning);
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

        // Standard output belongs to what a command prints; log lines go beside it.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }
}
