using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Journal;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>When a node that its cluster has taken out starts again by itself, and when it ends.</summary>
public sealed class RejoiningNodeTests
{
    private static readonly NodeException TakenOut = new(ExitCodes.Failed, "taken out") { JoinsAgain = true, IsTakenOut = true };
    private static readonly NodeException CutOffBeforeItWasIn = new(ExitCodes.Failed, "cut off") { IsTakenOut = true };
    private static readonly NodeException NoDatabase = Journal(JournalProblem.Refused);
    private static readonly NodeException AnotherHasIt = new(ExitCodes.AnotherWriter, "another writes");
    private static readonly NodeException WrongChain = new(ExitCodes.WrongChain, "another chain");

    [Fact]
    public async Task Who_was_in_joins_again_whatever_keeps_it_from_that_for_a_while()
    {
        Assert.Null(await RunAsync(TakenOut, CutOffBeforeItWasIn, null));
        Assert.Null(await RunAsync(TakenOut, NoDatabase, null));
        Assert.Null(await RunAsync(TakenOut, AnotherHasIt, null));
    }

    [Fact]
    public async Task Who_was_never_in_ends_and_so_does_whoever_somebody_has_to_put_right()
    {
        Assert.Same(CutOffBeforeItWasIn, await RunAsync(CutOffBeforeItWasIn));
        Assert.Same(NoDatabase, await RunAsync(NoDatabase));
        Assert.Same(AnotherHasIt, await RunAsync(AnotherHasIt));
        Assert.Same(WrongChain, await RunAsync(TakenOut, WrongChain));
    }

    /// <summary>What it ends with; null for an end in good order. Each run ends with one of some, none by itself.</summary>
    private static async Task<Exception?> RunAsync(params NodeException?[] ends)
    {
        var runs = 0;
        var ended = await Record.ExceptionAsync(() =>
            RejoiningNode.RunAsync(
                NodeSettings.Read(Configuration()),
                _ => Task.CompletedTask,
                (_, _) => ends[runs++] is { } end ? Task.FromException(end) : Task.CompletedTask,
                NullLogger.Instance,
                CancellationToken.None
            )
        );
        Assert.Equal(ends.Length, runs);
        return ended;
    }

    private static NodeException Journal(JournalProblem problem) =>
        new(ExitCodes.Failed, "no database", new JournalException(problem, "no database"));

    private static IConfiguration Configuration() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Chain:Endpoints"] = "http://127.0.0.1:1",
                    ["Chain:Contract"] = "0x00000000000000000000000000000000000000aa",
                    ["DataDir"] = "data",
                }
            )
            .Build();
}
