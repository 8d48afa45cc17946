using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Tao20.Actors.Tests.Configuration;

/// <summary>An entry of the log is one line, with a time, a level, a source and a message, whoever logged it.</summary>
[Trait("Category", "Fast")]
public sealed class NodeLogFormatterTests
{
    [Fact]
    public async Task An_actors_entry_has_one_header_and_the_path_below_user()
    {
        var line = await WrittenByActorAsync(LogFormat.Text, log => log.Info("Epoch {Epoch} is settled: {Ranked} ranked", 7, 12));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  follower: Epoch 7 is settled: 12 ranked$", line);
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_written_twice()
    {
        var line = await WrittenByActorAsync(LogFormat.Text, log => log.Info("{Epoch} of {Epochs}, {Epoch}", 7, 9, 7));
        Assert.EndsWith(" info  follower: 7 of 9, 7", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_gets_the_values_of_a_message_by_name()
    {
        var line = await WrittenByActorAsync(LogFormat.Json, log => log.Warning("Epoch {Epoch} waits {Seconds:0.0} s", 7, 1.26));
        var entry = JsonNode.Parse(line)!.AsObject();
        Assert.Equal(["time", "level", "source", "message", "values"], entry.Select(field => field.Key));
        Assert.Equal("warn", (string?)entry["level"]);
        Assert.Equal("follower", (string?)entry["source"]);
        Assert.Equal("Epoch 7 waits 1.3 s", (string?)entry["message"]);
        Assert.Equal("""{"Epoch":"7","Seconds":"1.26"}""", entry["values"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Causes_and_line_breaks_stay_in_their_line(bool json)
    {
        var line = await WrittenByActorAsync(
            json ? LogFormat.Json : LogFormat.Text,
            log => log.Error(new InvalidOperationException("first\nsecond"), "It failed:\r\n{Reason}", "a\nb")
        );
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\r', line);
        Assert.Contains("first", line, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(line, nameof(InvalidOperationException)));
    }

    [Fact]
    public void What_is_no_template_is_written_as_it_is()
    {
        Assert.EndsWith(" warn  Tao20.Chain: 3 blocks {of} 4", Written(LogFormat.Text, Entry("3 blocks {of} 4")), StringComparison.Ordinal);
        var json = JsonNode.Parse(Written(LogFormat.Json, Entry("3 blocks {of} 4")))!.AsObject();
        Assert.Equal("3 blocks {of} 4", (string?)json["message"]);
        Assert.False(json.ContainsKey("values"));

        static LogEntry<string> Entry(string text) =>
            new(LogLevel.Warning, "Tao20.Chain", default, text, exception: null, (state, _) => state);
    }

    private static string Written<TState>(LogFormat format, LogEntry<TState> entry)
    {
        using var writer = new StringWriter();
        new NodeLogFormatter(Options.Create(new NodeLogFormatterOptions { Format = format })).Write(entry, null, writer);
        return writer.ToString().TrimEnd('\r', '\n');
    }

    /// <summary>What comes of an entry that an actor called "follower" logs, through Akka's own bridge to the host's logging.</summary>
    private static async Task<string> WrittenByActorAsync(LogFormat format, Action<ILoggingAdapter> log)
    {
        var lines = new Lines(format);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.Services.AddAkka(
            "log",
            akka =>
                akka.ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
                    .WithActors((system, _) => system.ActorOf(Props.Create(() => new Logging(log)), "follower"))
        );
        using var host = builder.Build();
        await host.StartAsync();
        try
        {
            return await lines.First.WaitAsync(TimeSpan.FromSeconds(20));
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private sealed class Logging : ReceiveActor
    {
        public Logging(Action<ILoggingAdapter> log) => log(Context.GetLogger());
    }

    /// <summary>A provider that keeps the first line of Akka's category that is the follower's.</summary>
    private sealed class Lines(LogFormat format) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> First => _first.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> text)
        {
            if (text(state, exception).Contains("/user/follower", StringComparison.Ordinal))
                _first.TrySetResult(Written(format, new LogEntry<TState>(logLevel, "Akka", id, state, exception, text)));
        }
    }
}
