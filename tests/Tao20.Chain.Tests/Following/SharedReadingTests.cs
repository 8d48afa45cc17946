using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Tests.Following;

/// <summary>The history is read from several endpoints at once, and what the preferred one does not confirm is not handed out.</summary>
public sealed class SharedReadingTests : TwoNodes
{
    private const int Newest = 20;

    [Fact]
    public async Task The_history_is_read_from_both_at_once_and_the_newest_blocks_from_the_preferred_one()
    {
        // Neither gives a log of the history before both have been asked for one.
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        MeetAt(Odd, first, second);
        MeetAt(Plain, second, first);
        await using var chain = Open(Shared(Odd, Plain));
        var ranges = await ReadProbedAsync(chain);
        AssertWhole(ranges);
        Assert.Equal(2, ranges.Select(range => range.By).Distinct().Count());
        Assert.All(
            ranges.Where(range => range.First.Number > 200 - 1 - Newest),
            range => Assert.Equal(chain.Pool.All[0].Name.ToString(), range.By)
        );
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.Last.Hash, pair.Second.First.ParentHash));
    }

    [Fact]
    public async Task Another_chain_at_an_endpoint_that_is_not_preferred_is_never_handed_out()
    {
        // Up to block 29 it is the same chain: a range that begins there follows on what the preferred one gave.
        await using var other = (await ScriptedNode.StartAsync()).Grow(30);
        other.Reorg(30, 170, unfinalized: 0);
        var asked = 0;
        var severalAsked = new TaskCompletionSource();
        Odd.Intercept = async (_, body, _) =>
        {
            // The preferred one waits until the other has given several ranges in a row.
            if (body.Contains("eth_getLogs", StringComparison.Ordinal))
                await severalAsked.Task.WaitAsync(Limit);
            return false;
        };
        other.Intercept = (_, body, _) =>
        {
            if (body.Contains("eth_getLogs", StringComparison.Ordinal) && Interlocked.Increment(ref asked) >= 6)
                severalAsked.TrySetResult();
            return Task.FromResult(false);
        };
        await using var chain = Open(Shared(Odd, other) with { Parallelism = 2 });
        var ranges = await ReadProbedAsync(chain);
        AssertWhole(ranges);
        Assert.True(asked >= 6);
        Assert.All(ranges, range => Assert.Equal(Odd.Blocks[(int)range.Last.Number].Hash, range.Last.Hash.ToString()));
        Assert.Equal(EndpointState.Dropped, chain.Pool.Status[1].State);
        Assert.Contains("has hash", chain.Pool.Status[1].Reason, StringComparison.Ordinal);
        Assert.Equal(EndpointState.Ok, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task An_endpoint_that_fails_in_the_middle_leaves_the_history_to_the_other()
    {
        var given = 0;
        var fails = new TaskCompletionSource();
        Odd.Intercept = async (_, body, _) =>
        {
            if (body.Contains("eth_getLogs", StringComparison.Ordinal))
                await fails.Task.WaitAsync(Limit);
            return false;
        };
        Plain.Intercept = async (_, body, context) =>
        {
            if (!body.Contains("eth_getLogs", StringComparison.Ordinal) || Interlocked.Increment(ref given) < 4)
                return false;
            fails.TrySetResult();
            context.Response.StatusCode = 500;
            await context.Response.CompleteAsync();
            return true;
        };
        await using var chain = Open(Shared(Odd, Plain));
        AssertWhole(await ReadProbedAsync(chain));
        Assert.True(given >= 4);
    }

    private static ChainOptions Shared(params ScriptedNode[] nodes) =>
        Options(nodes) with
        {
            VerifyHeadersWithin = Newest,
            FirstRangeBlocks = 4,
            MaxRangeBlocks = 8,
        };

    private async Task<List<Tao20.Domain.Ingestion.TradeRange>> ReadProbedAsync(ChainConnection chain)
    {
        await chain.ProbeAsync(Limit);
        return await ReadAsync(chain);
    }

    private void MeetAt(ScriptedNode node, TaskCompletionSource here, TaskCompletionSource there) =>
        node.Intercept = async (_, body, _) =>
        {
            if (!body.Contains("eth_getLogs", StringComparison.Ordinal))
                return false;
            here.TrySetResult();
            await there.Task.WaitAsync(Limit);
            return false;
        };
}
