using Akka.Cluster;
using Tao20.Actors.Hosting;
using Tao20.Actors.Miners;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Miners;

/// <summary>Two nodes of one operator: the same messages, the miners spread over both.</summary>
public sealed class ShardingTests : InDirectory
{
    [Fact]
    public async Task Miners_are_found_from_every_node_and_survive_the_loss_of_one()
    {
        var (portOne, portTwo) = (Anvil.FreePort(), Anvil.FreePort());
        var seeds = new[] { $"akka.tcp://tao20@127.0.0.1:{portOne}" };
        var miners = Enumerable.Range(1, 12).Select(i => Address.Parse($"0x{i:x40}")).ToList();
        await using var one = await Node.WithMinersAsync(Path, cluster: new ClusterOptions { Port = portOne, SeedNodes = seeds });
        await using (var two = await Node.WithMinersAsync(Path, cluster: new ClusterOptions { Port = portTwo, SeedNodes = seeds }))
        {
            await UpAsync(one, 2);
            await UpAsync(two, 2);
            foreach (var miner in miners)
                Assert.IsType<FoldAcknowledged>(await one.FoldAsync(MinerActorTests.Batch(1, 1, 20, miner)));
            foreach (var miner in miners)
                Assert.Equal(20, (await two.SummaryAsync(miner)).Mints.Trades);
        }

        foreach (var miner in miners)
        {
            Assert.IsType<FoldAcknowledged>(await one.FoldAsync(MinerActorTests.Batch(2, 11, 20, miner)));
            Assert.Equal(30, (await one.SummaryAsync(miner)).Mints.Trades);
        }
    }

    internal static Task UpAsync(Node node, int members)
    {
        var cluster = Cluster.Get(node.System);
        return Eventually.HoldsAsync(
            () => cluster.State.Members.Count(member => member.Status == MemberStatus.Up) >= members,
            TimeSpan.FromSeconds(30),
            () => string.Join(", ", cluster.State.Members)
        );
    }
}
