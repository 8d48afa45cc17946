using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Tests.Miners;
using Tao20.Devnet;
using Tao20.Tests;
using Xunit.Abstractions;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>Clusters of two, three and five nodes fall apart: the database decides which part goes on.</summary>
public sealed class PartitionsTests(PostgreSqlFixture postgreSql, ITestOutputHelper output) : InDirectory, IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly IReadOnlyList<Address> Miners = [.. Enumerable.Range(1, 12).Select(i => Address.Parse($"0x{i:x40}"))];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 2, 1)]
    public async Task One_part_goes_on_with_every_miner_and_the_nodes_of_the_others_end(params int[] sizes)
    {
        var random = new Random(TestSeed.Of(output));
        var size = sizes.Sum();
        var nodes = await StartAsync(size);
        try
        {
            await FoldAsync(nodes[0], range: 1, first: 1, upTo: 20);
            var parts = PartsOf(sizes, random);
            output.WriteLine(string.Join(" | ", parts.Select(part => string.Join(' ', part))));
            var ends = nodes.Select(node => node.System.WhenTerminated).ToList();
            await CutAsync(nodes, parts);

            // All but those of one part.
            await Eventually.HoldsAsync(
                () => parts.Count(part => part.All(node => ends[node].IsCompleted)) == parts.Count - 1,
                Patience,
                () => string.Join(' ', ends.Select((end, node) => $"{node}: {(end.IsCompleted ? "ended" : "goes on")}"))
            );
            var stayed = parts.Single(part => part.Any(node => !ends[node].IsCompleted));
            if (2 * sizes[0] > size)
                Assert.Equal(parts[0], stayed);
            var cluster = Cluster.Get(nodes[stayed[0]].System);
            await Eventually.HoldsAsync(
                () => cluster.State.Members.Count == stayed.Length,
                Patience,
                () => string.Join(", ", cluster.State.Members)
            );

            // It has taken over what the others had, none of which it could have lost.
            foreach (var node in stayed)
                await FoldAsync(nodes[node], range: 2 + node, first: 11, upTo: 30);
            Assert.All(stayed, node => Assert.False(ends[node].IsCompleted, $"node {node} has ended, too"));
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Parts of some sizes; which nodes they have is drawn.</summary>
    private static List<int[]> PartsOf(int[] sizes, Random random)
    {
        var nodes = Enumerable.Range(0, sizes.Sum()).ToArray();
        random.Shuffle(nodes);
        var parts = new List<int[]>();
        foreach (var size in sizes)
        {
            parts.Add([.. nodes[..size].Order()]);
            nodes = nodes[size..];
        }

        return parts;
    }

    private async Task<List<Node>> StartAsync(int size)
    {
        var database = await postgreSql.NewDatabaseAsync();
        var ports = Enumerable.Range(0, size).Select(_ => Anvil.FreePort()).ToList();
        var seeds = ports.Select(port => $"akka.tcp://tao20@127.0.0.1:{port}").ToList();
        var nodes = await Task.WhenAll(
            ports.Select(port =>
                Node.WithMinersAsync(
                    Path,
                    journal => journal with { Kind = JournalKind.PostgreSql, ConnectionString = database },
                    new Hosting.ClusterOptions { Port = port, SeedNodes = seeds },
                    akka => akka.AddHocon("akka.remote.dot-netty.tcp.applied-adapters = [\"gremlin\"]", HoconAddMode.Prepend)
                )
            )
        );
        foreach (var node in nodes)
            await ShardingTests.UpAsync(node, size);
        return [.. nodes];
    }

    /// <summary>From now on nothing gets from one part to another.</summary>
    private static async Task CutAsync(List<Node> nodes, List<int[]> parts)
    {
        var cuts =
            from part in parts
            from other in parts
            where other != part
            from node in part
            from unreachable in other
            select (Node: nodes[node].System, Unreachable: nodes[unreachable].System);
        foreach (var (node, unreachable) in cuts)
        {
            var cut = new FailureInjectorTransportAdapter.One(
                Cluster.Get(unreachable).SelfAddress,
                new FailureInjectorTransportAdapter.Drop(1, 1)
            );
            Assert.True(await ((RemoteActorRefProvider)((ExtendedActorSystem)node).Provider).Transport.ManagementCommand(cut));
        }
    }

    /// <summary>Every miner's trades up to one, of which it may have some already.</summary>
    private static async Task FoldAsync(Node node, long range, ulong first, int upTo)
    {
        foreach (var miner in Miners)
        {
            // What is asked while a shard has no place yet is lost, as for a follower, which asks again.
            await Eventually.BecomesAsync<object>(
                async _ =>
                {
                    try
                    {
                        return await node.FoldAsync(MinerActorTests.Batch(range, first, upTo - (int)first + 1, miner));
                    }
                    catch (AskTimeoutException)
                    {
                        return null;
                    }
                },
                answer => answer is FoldAcknowledged,
                Patience
            );
            Assert.Equal(upTo, (await node.SummaryAsync(miner)).Mints.Trades);
        }
    }
}
