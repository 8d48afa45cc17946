using System.Buffers;
using System.Text.Json.Nodes;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Following;

/// <summary>Reading a chain whose node misbehaves: what cannot be right is never handed on, and the node that said it is named.</summary>
public sealed partial class FollowingTests : TwoNodes
{
    private static readonly UInt128 Milli = 1_000_000_000_000_000;

    [Fact]
    public async Task AnPlain_chain_is_read_whole_and_in_order()
    {
        var ranges = await ReadAsync(Options(Plain));
        AssertWhole(ranges);
        Assert.True(ranges.Count > 1);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.Last.Hash, pair.Second.First.ParentHash));
    }

    public static TheoryData<string, string> Lies =>
        new()
        {
            { "wrong range", "outside of the range" },
            { "duplicate", "twice" },
            { "unordered", "after the one at" },
            { "removed", "marked as removed" },
            { "other address", "where only" },
            { "other topic", "was not asked for" },
            { "other block hash", "hash" },
            { "no block number", "without its block" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_node_whose_logs_cannot_be_right_is_dropped_and_the_next_one_asked(string lie, string reason)
    {
        Odd.BendLogs = (from, to, logs) => Bend(lie, logs, to);
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        var dropped = chain.Pool.Status[0];
        Assert.Equal(EndpointState.Dropped, dropped.State);
        Assert.Contains(reason, dropped.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task With_no_other_node_nothing_of_its_answer_is_handed_on(string lie, string reason)
    {
        Odd.BendLogs = (from, to, logs) => Bend(lie, logs, to);
        var error = await Assert.ThrowsAsync<NoTrustworthyEndpointException>(() => ReadAsync(Options(Odd)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(Odd.Uri.Authority, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing trade")]
    [InlineData("missing trade and count")]
    public async Task A_node_that_does_not_have_all_logs_rests_and_the_next_one_is_asked(string lack)
    {
        Odd.BendLogs = (from, to, logs) => Bend(lack, logs, to);
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
        Assert.Contains("logs are missing", chain.Pool.Status[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_node_has_all_logs_it_shows_between_two_ranges_that_some_are_missing()
    {
        Odd.BendLogs = (_, _, logs) =>
        {
            logs.RemoveAll(log => log["blockNumber"]!.GetValue<string>() == "0x32");
            return logs;
        };
        Odd.BendHeader = header => header.Remove("logsBloom");
        var ranges = await ReadAsync(Options(Odd));
        var unbroken = TradeRange.Unbroken(ranges);
        Assert.InRange(ranges[unbroken - 1].Last.Number, 50UL - 1, 50UL + 10);
        Assert.Equal(ranges.Count - unbroken, TradeRange.Unbroken([.. ranges.Skip(unbroken)]));
    }

    [Fact]
    public async Task A_node_that_lies_about_a_parent_is_dropped()
    {
        Odd.BendHeader = header =>
        {
            if (header["number"]!.GetValue<string>() == "0x14")
                header["parentHash"] = Hash256.Parse("0x" + new string('e', 64)).ToString();
        };
        await using var chain = Open(Options(Odd, Plain) with { VerifyEveryHeader = true });
        AssertWhole(await ReadAsync(chain));
        Assert.Contains("has parent", chain.Pool.Status[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lie_about_the_parent_between_two_ranges_is_settled_by_who_has_the_block()
    {
        Odd.BendHeader = header =>
        {
            if (header["number"]!.GetValue<string>() == "0x40")
                header["parentHash"] = Hash256.Parse("0x" + new string('e', 64)).ToString();
        };
        await using var chain = Open(Options(Odd, Plain) with { FirstRangeBlocks = 63, MaxRangeBlocks = 63 });
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Dropped, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task A_node_that_cuts_its_replies_off_has_not_lied_and_rests()
    {
        Odd.BendReply = reply => reply.Length > 5000 ? reply[..(reply.Length / 2)] : reply;
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task An_oversized_reply_halves_the_range_until_it_fits()
    {
        var ranges = await ReadAsync(Options(Plain) with { MaxReplyBytes = 64 * 1024 });
        AssertWhole(ranges);
        Assert.All(ranges, range => Assert.True(range.Bytes <= 64 * 1024));
    }

    [Theory]
    [InlineData("query returned more than 10000 results")]
    [InlineData("Log response size exceeded.")]
    [InlineData("block range is too wide, limit exceeded")]
    [InlineData("eth_getLogs is limited to a 10 block range limit")]
    public async Task A_refused_range_is_halved_and_grows_again_only_below_the_refusal(string words)
    {
        (Plain.MaxRange, Plain.RefusalText) = (7, words);
        var ranges = await ReadAsync(Options(Plain));
        AssertWhole(ranges);
        Assert.All(ranges, range => Assert.True(range.Last.Number - range.First.Number < 7));
        Assert.True(Plain.Requests < 120, $"{Plain.Requests} requests for 200 blocks in ranges of up to 7");
    }

    [Fact]
    public async Task Too_many_requests_are_waited_out()
    {
        Plain.Intercept = (number, _, context) => Refuse(number <= 2, context, 429);
        AssertWhole(await ReadAsync(Options(Plain)));
    }

    [Fact]
    public async Task A_node_that_keeps_failing_rests_and_the_next_one_is_asked()
    {
        Odd.Intercept = (_, _, context) => Refuse(true, context, 503);
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task A_node_whose_replies_are_empty_has_not_lied_and_rests()
    {
        Odd.BendReply = _ => "";
        await using var chain = Open(Options(Odd, Plain) with { Retries = 0 });
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_in_time_is_passed_over()
    {
        var never = new TaskCompletionSource();
        Odd.Intercept = async (_, _, context) =>
        {
            await never.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        await using var chain = Open(Options(Odd, Plain) with { RequestTimeout = TimeSpan.FromMilliseconds(300), Retries = 0 });
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task A_node_more_than_three_blocks_behind_is_not_preferred()
    {
        var behind = (await ScriptedNode.StartAsync()).Grow(150);
        await using var chain = Open(Options(behind, Plain));
        chain.Pool.NoteHead(chain.Pool.All[0], 149);
        chain.Pool.NoteHead(chain.Pool.All[1], 199);
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Lagging, chain.Pool.Status[0].State);
        await behind.DisposeAsync();
    }

    [Fact]
    public async Task A_node_on_another_chain_is_refused_at_the_start()
    {
        Odd.ChainId = 1;
        await using (var chain = Open(Options(Odd) with { ChainId = 964 }))
        {
            var error = await Assert.ThrowsAsync<WrongChainException>(() => chain.ProbeAsync(Limit));
            Assert.Contains("chain 1, not 964", error.Message, StringComparison.Ordinal);
        }

        await using var both = Open(Options(Odd, Plain) with { ChainId = 964 });
        Assert.Equal(964UL, (await both.ProbeAsync(Limit)).ChainId);
        Assert.Equal(EndpointState.Dropped, both.Pool.Status[0].State);
    }

    [Fact]
    public async Task An_unreachable_node_says_where_and_what_to_do()
    {
        await using var chain = Open(Options() with { Endpoints = [new Uri("http://127.0.0.1:1")], Retries = 0 });
        var error = await Assert.ThrowsAsync<EndpointUnreachableException>(() => chain.ProbeAsync(Limit));
        Assert.Contains("127.0.0.1:1 ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check that the node runs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reorg_below_finality_stops_the_reading_with_both_hashes()
    {
        var before = await ReadAsync(Options(Plain));
        var cursor = new Cursor(before[^1].Last.Number, before[^1].Last.Hash);
        Plain.Reorg(from: 190, blocks: 30, unfinalized: 0);
        var error = await Assert.ThrowsAsync<ReorgBelowFinalityException>(() => ReadAsync(Options(Plain), cursor));
        Assert.Contains(before[^1].Last.Hash.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(Plain.Blocks[199].Hash, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reorg_above_finality_only_replaces_the_overlay()
    {
        Plain.Grow(6, unfinalized: 6);
        await using var chain = Open(Options(Plain));
        await chain.Head.RefreshAsync(Limit);
        var before = (await HeadOverlay.ReadAsync(chain.Reader, chain.Head, Limit))!;
        Assert.Equal((6, 18, 0), (before.Blocks.Count, before.Trades.Count, before.Replaced(before)));

        Plain.Reorg(from: 202, blocks: 5, unfinalized: 7);
        await chain.Head.RefreshAsync(Limit);
        var after = (await HeadOverlay.ReadAsync(chain.Reader, chain.Head, Limit))!;
        Assert.Equal((7, 2 * 3 + 5 * 2), (after.Blocks.Count, after.Trades.Count));
        Assert.Equal(4, after.Replaced(before));
        Assert.Equal(after.Trades.Count, after.ByMiner().Values.Sum(miner => miner.Trades));
        AssertWhole(await ReadAsync(chain));
    }

    [Fact]
    public async Task Two_nodes_that_disagree_on_a_final_block_stop_a_quorum()
    {
        Odd.Reorg(from: 195, blocks: 5, unfinalized: 0);
        await using var chain = Open(Options(Plain, Odd) with { Quorum = true });
        var error = await Assert.ThrowsAsync<QuorumDisagreementException>(() => chain.Head.RefreshAsync(Limit));
        Assert.Contains("disagree on finalized block 199", error.Message, StringComparison.Ordinal);
        await using var agreeing = Open(Options(Plain, Plain) with { Quorum = true });
        await agreeing.Head.RefreshAsync(Limit);
        Assert.Equal(199UL, agreeing.Head.Finalized!.Number);
    }

    [Fact]
    public async Task Without_times_in_the_logs_they_are_read_from_the_headers()
    {
        Plain.BendLogs = (_, _, logs) =>
        {
            logs.ForEach(log => log.Remove("blockTimestamp"));
            return logs;
        };
        AssertWhole(await ReadAsync(Options(Plain)));
    }

    [Fact]
    public async Task A_log_that_cannot_be_decoded_is_kept_with_its_bytes()
    {
        Plain.BendLogs = (_, _, logs) =>
        {
            foreach (
                var log in logs.Where(log =>
                    log["blockNumber"]!.GetValue<string>() == "0x5" && log["logIndex"]!.GetValue<string>() == "0x0"
                )
            )
                log["data"] = "0x" + new string('f', 64 * 3);
            return logs;
        };
        var ranges = await ReadAsync(Options(Plain));
        var quarantined = Assert.Single(ranges.SelectMany(range => range.Quarantined));
        Assert.Equal(new Position(5, 0), quarantined.Position);
        Assert.Contains("implausible", quarantined.Reason, StringComparison.Ordinal);
        Assert.Equal("0x5", JsonNode.Parse(quarantined.Raw.Span)!["blockNumber"]!.GetValue<string>());

        // What it was worth, the contract's own count says.
        var unread = Assert.Single(ranges.SelectMany(range => range.Trades.ToArray()), trade => trade.IsUnread);
        Assert.Equal((new Position(5, 0), 1_005 * Milli, default(Wei)), (unread.Position, unread.Value.Value, unread.Tokens));
        AssertWhole(ranges);
    }

    [Fact]
    public async Task A_count_that_cannot_be_read_has_moved_by_what_its_trade_was_worth()
    {
        Plain.BendLogs = (_, _, logs) =>
        {
            foreach (var log in logs.Where(log => log["topics"]![0]!.GetValue<string>() == Tao20Events.Activity.ToString()))
            {
                if (log["blockNumber"]!.GetValue<string>() is "0x5" or "0x1" or "0xc7")
                    log["data"] = "0x" + new string('f', 64 * 5);
            }

            return logs;
        };
        var ranges = await ReadAsync(Options(Plain));
        AssertWhole(ranges);
        Assert.Equal(9, ranges.Sum(range => range.Quarantined.Count));

        // The totals go on from range to range as if it had been read.
        foreach (var miner in ranges.SelectMany(range => range.Totals.Keys).Distinct())
        {
            UInt128 after = 0;
            foreach (var range in ranges.Where(range => range.Totals.ContainsKey(miner)))
            {
                Assert.Equal(after, range.Totals[miner].Before);
                after = range.Totals[miner].After;
            }
        }
    }

    [Fact]
    public async Task A_block_that_alone_is_too_much_is_named()
    {
        Plain.MaxRange = 0;
        var error = await Assert.ThrowsAsync<BlockTooLargeException>(() => ReadAsync(Options(Plain)));
        Assert.Contains("Block 1 alone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_final_blocks_are_read_as_they_come()
    {
        await using var chain = Open(Options(Plain) with { PollInterval = TimeSpan.FromMilliseconds(50) });
        chain.Head.Start();
        await using var ranges = chain.Ranges.ReadAsync(new Cursor(1, null), null, Limit).GetAsyncEnumerator(Limit);
        ulong last = 0;
        while (last < 199 && await ranges.MoveNextAsync())
            last = ranges.Current.Last.Number;
        Plain.Grow(3);
        while (last < 202 && await ranges.MoveNextAsync())
            last = ranges.Current.Last.Number;
        Assert.Equal(202UL, last);
    }
}
