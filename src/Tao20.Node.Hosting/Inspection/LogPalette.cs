using System.Runtime.CompilerServices;
using Tao20.Actors.Inspection;
using Tao20.Node.Hosting;

namespace Tao20.Node.Inspection;

/// <summary><c>log</c>: what the node logs.</summary>
internal static class LogPalette
{
    private const int DefaultLines = 20;

    private static readonly (string Name, LogLevel Level)[] Levels =
    [
        ("trace", LogLevel.Trace),
        ("debug", LogLevel.Debug),
        ("info", LogLevel.Information),
        ("warn", LogLevel.Warning),
        ("error", LogLevel.Error),
    ];

    private static readonly Parameter Level = new("LEVEL", "from which level on (default trace: all that is logged)")
    {
        Option = "-l",
        Choices = [.. Levels.Select(level => level.Name)],
    };

    private static readonly Parameter Words = new("WORDS", "what a line contains, in any case of letters") { Option = "-f" };

    /// <summary>The palette of a node.</summary>
    public static Palette Of(LogLines lines, LogLevels levels) =>
        new(
            "log",
            "What the node logs",
            [
                new("peek", $"The latest lines of the last {LogLines.Kept}", (call, _) => Task.FromResult(Peek(lines, call)))
                {
                    Parameters = [new("COUNT", $"how many (default {DefaultLines})") { Option = "-n" }, Level, Words],
                },
                InspectionCommand.Following(
                    "tail",
                    "The lines that come, from now on",
                    (call, cancel) => FollowAsync(lines, call, cancel)
                ) with
                {
                    Parameters = [Level, Words],
                },
                new("level", "From which level on is logged; with one, from that one on", (call, _) => Task.FromResult(Set(levels, call)))
                {
                    Parameters = [Level with { Option = null, Description = "from which level on is logged from now on" }],
                    Question = call => call.Has(Level.Name) ? $"From now on is logged from {call.Text(Level.Name)} on." : null,
                },
            ]
        );

    private static Answer Peek(LogLines lines, Invocation call)
    {
        var found = lines.Latest((int)call.Number("COUNT", DefaultLines, 1, LogLines.Kept), LevelOf(call), call.Text(Words.Name));
        return Answer.Table(["Line"], found.Select(line => (IReadOnlyList<string>)[line.Text]));
    }

    private static async IAsyncEnumerable<string> FollowAsync(
        LogLines lines,
        Invocation call,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var line in lines.FollowAsync(LevelOf(call), call.Text(Words.Name), cancel))
            yield return line.Text;
    }

    private static Answer Set(LogLevels levels, Invocation call)
    {
        if (call.Has(Level.Name))
            levels.Level = LevelOf(call);
        return Answer.Say($"What is logged begins with {Levels.First(level => level.Level >= levels.Level).Name}.");
    }

    private static LogLevel LevelOf(Invocation call) =>
        call.Text(Level.Name) is { } name ? Levels.First(level => level.Name == name).Level : LogLevel.Trace;
}
