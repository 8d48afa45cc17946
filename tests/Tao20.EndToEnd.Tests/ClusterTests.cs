using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.EndToEnd.Tests.PostgreSql;

namespace Tao20.EndToEnd.Tests;

/// <summary>One validator on three nodes with one PostgreSQL journal: the real executable, three times, on a real chain.</summary>
public sealed class ClusterTests : InDirectory
{
    private const ulong FinalAfter = 2;
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Whichever_node_is_lost_the_others_go_on_and_nothing_is_lost_or_counted_twice()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        await using var chain = await ChainFixture.StartAsync(seed: 11);
        await chain.TradeAsync(10);
        var ports = Enumerable.Range(0, 3).Select(_ => Anvil.FreePort()).ToList();
        await using var first = Start(chain, database, ports, 0);
        await first.StatusUriAsync();
        await using var second = Start(chain, database, ports, 1);
        await using var third = Start(chain, database, ports, 2);

        // Everyone answers for all of it, wherever it is kept.
        foreach (var node in new[] { first, second, third })
            await RequireTotalsAsync(chain, node);

        // The oldest node has the follower and the coordinator, and a third of the miners.
        await first.KillAsync();
        await chain.TradeAsync(30);
        await RequireTotalsAsync(chain, second);
        await RequireTotalsAsync(chain, third);

        // It comes back, and then the one that took over leaves in peace.
        await using var again = Start(chain, database, ports, 0);
        await again.StatusUriAsync();
        await chain.TradeAsync(10);
        second.Interrupt();
        Assert.Equal(0, await second.ExitAsync(TimeSpan.FromSeconds(40)));
        await chain.TradeAsync(30);
        await chain.Traders.FinishAsync(CancellationToken.None);
        await RequireTotalsAsync(chain, third);

        // What they came to is what one node alone comes to that nothing has happened to.
        await using var alone = Tao20Process.Start(chain.ValidatorArguments(System.IO.Path.Combine(Directory, "alone")));
        var undisturbed = await RequireTotalsAsync(chain, alone);
        var status = await RequireTotalsAsync(chain, again);
        Assert.True(undisturbed["settled"]!["count"]!.GetValue<long>() > 0);
        Assert.Equal(undisturbed["settled"]!.ToJsonString(), status["settled"]!.ToJsonString());
        Assert.Equal(undisturbed["ranking"]!.ToJsonString(), status["ranking"]!.ToJsonString());
        Assert.Equal(undisturbed["cursor"]!["trades"]!.GetValue<long>(), status["cursor"]!["trades"]!.GetValue<long>());
    }

    private Tao20Process Start(ChainFixture chain, PostgreSqlServer database, List<int> ports, int node) => Tao20Process.Start(
        chain.ValidatorArguments(System.IO.Path.Combine(Directory, $"node-{node}")),
        environment: new Dictionary<string, string>
        {
            ["TAO20_Journal__Kind"] = "PostgreSql",
            ["TAO20_Journal__ConnectionString"] = database.ConnectionString,
            ["TAO20_Cluster__Enabled"] = "true",
            ["TAO20_Cluster__Port"] = ports[node].ToString(CultureInfo.InvariantCulture),
            ["TAO20_Cluster__SeedNodes"] = string.Join(',', ports.Select(port => $"akka.tcp://tao20@127.0.0.1:{port}")),
        });

    /// <summary>Waits until a node has folded all that is final, and compares every miner's total with the contract's own.</summary>
    private static async Task<JsonObject> RequireTotalsAsync(ChainFixture chain, Tao20Process node)
    {
        for (ulong i = 0; i < FinalAfter; i++)
            await chain.Traders.PassAsync(CancellationToken.None);
        var final = await chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;
        var status = await node.UntilAsync(
            status => status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0, TakeOver);
        Assert.Empty(status["faults"]!.AsArray());
        var folded = status["miners"]!.AsArray().ToDictionary(miner => miner!["address"]!.GetValue<string>(), miner => miner!["foldedWei"]!.GetValue<string>());
        var counted = (await chain.Economy.VolumesAsync(CancellationToken.None)).Where(volume => volume.Value > 0)
            .ToDictionary(volume => volume.Key.ToString(), volume => volume.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(counted, folded);
        return status;
    }
}
