using Akka.Actor;
using Tao20.Actors.Inspection;
using Tao20.Actors.Tests.Miners;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Inspection;

/// <summary>The tree of a node's actors, as <c>actor hierarchy</c> shows it.</summary>
public sealed class ActorPaletteTests : InDirectory
{
    [Fact]
    public async Task It_shows_who_is_below_whom_also_of_one_whose_mailbox_fills_up()
    {
        await using var node = await Node.WithMinersAsync(Path);
        var miner = Address.Parse($"0x{7:x40}");
        await node.FoldAsync(MinerActorTests.Batch(1, 1, 20, miner));
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        var stuck = node.System.ActorOf(Props.Create(() => new Stuck(begun, release)), "stuck");
        for (var i = 0; i < 101; i++)
            stuck.Tell(i);
        await begun.WaitAsync();
        try
        {
            Assert.Contains(await RowsAsync(node, []), row => row is ["  stuck", nameof(Stuck), "100"]);
            Assert.Equal([$"/user/miners", $"  {miner}"], (await RowsAsync(node, ["-s", "/user/miners"])).Select(row => row[0]));
            Assert.Single(await RowsAsync(node, ["-d", "0"]));
            Assert.Contains(await RowsAsync(node, ["-n", "1"]), row => row[0].StartsWith("  ... and ", StringComparison.Ordinal));
            var e = await Assert.ThrowsAsync<InspectionException>(() => RowsAsync(node, ["-s", "/user/nobody"]));
            Assert.Equal(InspectionProblem.NotFound, e.Problem);
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task A_node_by_itself_says_that_it_is_in_no_cluster()
    {
        await using var node = await Node.WithMinersAsync(Path);
        foreach (var (palette, command) in (ReadOnlySpan<(string, string)>)[("cluster", "show"), ("cluster-sharding", "stats")])
            Assert.Contains(
                "Cluster:Enabled is false",
                Assert.Throws<InspectionException>(() => Run(node, palette, command, []).GetAwaiter().GetResult()).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task A_palette_of_ones_own_is_registered_once()
    {
        await using var node = await Node.WithMinersAsync(Path);
        var palettes = Palettes.Get(node.System);
        palettes.Register(new Palette("greet", "Says hello", [new("hello", "To you", (_, _) => Task.FromResult(Answer.Say("Hello.")))]));
        Assert.Equal("Hello.", (await Run(node, "greet", "hello", [])).Remark);
        Assert.Throws<ArgumentException>(() => palettes.Register(new Palette("greet", "Again", [])));
        Assert.Throws<ArgumentException>(() =>
            Answer.Table(
                ["A", "B"],
                [
                    ["only one"],
                ]
            )
        );
    }

    private static async Task<IReadOnlyList<IReadOnlyList<string>>> RowsAsync(Node node, string[] words) =>
        (await Run(node, "actor", "hierarchy", words)).Rows;

    private static Task<Answer> Run(Node node, string palette, string name, string[] words)
    {
        var command = Palettes.Get(node.System).All.First(one => one.Name == palette).Commands.First(one => one.Name == name);
        return command.Run(Invocation.Read(command, words), CancellationToken.None);
    }

    private sealed class Stuck : ReceiveActor
    {
        public Stuck(SemaphoreSlim begun, ManualResetEventSlim release) =>
            Receive<int>(_ =>
            {
                begun.Release();
                release.Wait();
            });
    }
}
