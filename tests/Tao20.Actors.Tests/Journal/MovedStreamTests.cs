using Akka.Actor;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Tests.Miners;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Journal;

/// <summary>What becomes of a stream whose actor moves between nodes, as shards do.</summary>
public sealed class MovedStreamTests : InDirectory
{
    private const int Batch = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Address Miner = Address.Parse($"0x{7:x40}");

    [Fact]
    public async Task Entries_of_a_node_that_has_had_a_stream_before_count_like_all_others()
    {
        await using var first = await Node.WithMinersAsync(Path);
        await FoldAsync(first, 1);
        await using var second = await Node.WithMinersAsync(Path);
        await FoldAsync(second, 2);
        await FoldAsync(first, 3);
        await FoldAsync(second, 4);
        await using var third = await Node.WithMinersAsync(Path);
        Assert.Equal(4 * Batch, (await third.SummaryAsync(Miner)).Mints.Trades);
    }

    /// <summary>A node folds a batch with the miner read from the journal, which then leaves it.</summary>
    private static async Task FoldAsync(Node node, int range)
    {
        var batch = MinerActorTests.Batch(range, (ulong)((range - 1) * Batch) + 1, Batch, Miner);
        Assert.IsType<FoldAcknowledged>(await node.FoldAsync(batch));
        var child = await node.System.ActorSelection(node.Miners.Path / Miner.ToString()).ResolveOne(Patience);
        Assert.True(await child.GracefulStop(Patience, FinishAndStop.Instance));
    }
}
