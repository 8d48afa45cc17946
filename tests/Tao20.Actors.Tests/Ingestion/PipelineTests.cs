using Tao20.Actors.Faults;
using Tao20.Chain.Tests.Following;
using Tao20.Domain.Parameters;
using Tao20.Domain.Volume;
using Tao20.Tests;
using Xunit.Abstractions;
using static Tao20.Actors.Tests.Ingestion.ScriptedTrades;

namespace Tao20.Actors.Tests.Ingestion;

/// <summary>The way of a trade from a scripted node to the journal, and what stops it.</summary>
public sealed class PipelineTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private ScriptedNode _chain = null!;

    public async Task InitializeAsync() => _chain = (await ScriptedNode.StartAsync()).Grow(100);

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Everything_final_is_folded_and_equals_the_chains_own_totals()
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        await node.UntilAsync(status => status.State.Last?.Number == 99);
        var status = await node.StatusAsync();
        Assert.Equal(3 * 99, status.Follower.State.Trades);
        Assert.Equal(3, status.Miners.Count);
        Assert.All(status.Miners, miner => Assert.Equal(Total(0, 99), miner.LifetimeWei));
        Assert.Null(status.Follower.NotReady);
        Assert.Equal(3, status.Ranking.Ranked.Count);
    }

    [Fact]
    public async Task A_restart_goes_on_where_it_was()
    {
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
            await node.UntilAsync(status => status.State.Last?.Number == 99);
        _chain.Grow(50);
        await using var again = await Node.FollowingAsync(Path, _chain.Options());
        await again.UntilAsync(status => status.State.Last?.Number == 149);
        Assert.All((await again.StatusAsync()).Miners, miner => Assert.Equal(Total(0, 149), miner.LifetimeWei));
    }

    [Fact]
    public async Task A_reorg_below_finality_stops_the_folding_and_says_so()
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        await node.UntilAsync(status => status.State.Last?.Number == 99);
        _chain.Reorg(from: 90, blocks: 30, unfinalized: 0);
        var status = await node.FaultyAsync(FaultKind.ReorgBelowFinality);
        Assert.Equal(99UL, status.State.Last!.Number);
        Assert.NotNull(status.NotReady);
    }

    [Fact]
    public async Task A_journal_whose_last_block_the_chain_no_longer_has_is_not_continued()
    {
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
            await node.UntilAsync(status => status.State.Last?.Number == 99);
        _chain.Reorg(from: 90, blocks: 30, unfinalized: 0);
        await using var again = await Node.FollowingAsync(Path, _chain.Options());
        await again.FaultyAsync(FaultKind.ReorgBelowFinality);
    }

    [Fact]
    public async Task A_journal_of_another_contract_or_first_block_ends_the_node()
    {
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
            await node.UntilAsync(status => status.State.Last?.Number == 99);
        await using var again = await Node.FollowingAsync(Path, _chain.Options() with { FromBlock = 7 });
        var fault = await again.Faults.Ended.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(FaultKind.ForeignJournal, fault.Kind);
        Assert.Contains("from block 1; asked for", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_missing_between_two_ranges_show_as_a_divergence_and_nothing_is_folded_past_it()
    {
        // The node hides a whole trade, count and all, at the end of a range: only the next range's running total can show it.
        _chain.BendLogs = (from, to, logs) =>
        {
            logs.RemoveAll(log =>
                log["blockNumber"]!.GetValue<string>() == "0x32"
                && log["topics"]![1]!.GetValue<string>().EndsWith("a1", StringComparison.Ordinal)
            );
            return logs;
        };
        await using var node = await Node.FollowingAsync(Path, _chain.Options() with { FirstRangeBlocks = 10, MaxRangeBlocks = 10 });
        var status = await node.FaultyAsync(FaultKind.FoldDivergence);
        Assert.Contains("00000000a1", status.Fault!.Message, StringComparison.Ordinal);
        Assert.True((status.State.Last?.Number ?? 0) <= 50);
    }

    [Fact]
    public async Task A_chain_that_cannot_be_read_is_tried_again_until_it_can()
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        await node.UntilAsync(status => status.State.Last?.Number == 99);
        _chain.BendLogs = (_, _, logs) => [.. logs.Skip(1)];
        _chain.Grow(10);
        await node.FaultyAsync(FaultKind.ChainUnavailable);
        _chain.BendLogs = (_, _, logs) => logs;
        var healed = await node.UntilAsync(status => status.State.Last?.Number == 109);
        Assert.Null(healed.Fault);
        Assert.All((await node.StatusAsync()).Miners, miner => Assert.Equal(Total(0, 109), miner.LifetimeWei));
    }

    [Fact]
    public async Task A_journal_that_fails_now_and_then_loses_nothing_and_counts_nothing_twice()
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options() with { FirstRangeBlocks = 2, MaxRangeBlocks = 2 });
        await node.UntilAsync(status => status.State.Last?.Number == 99);

        // A third of the entries cannot be written, whoever writes them, miners or cursor; which third changes at every look, by the seed.
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        JournalFile.Execute(
            Path,
            """
            CREATE TABLE salts (salt INTEGER NOT NULL);
            INSERT INTO salts VALUES (0);
            CREATE TRIGGER hiccup BEFORE INSERT ON journal
            WHEN (NEW.sequence_number + unicode(substr(NEW.persistence_id, -1)) + (SELECT salt FROM salts)) % 3 = 0
            BEGIN SELECT RAISE(ABORT, 'hiccup'); END
            """
        );
        // Until that was seen: now and then only the cursor's entry fails, and the follower comes back without a word.
        var (last, faulted) = (99UL, false);
        while (last < 139 || !faulted)
        {
            Assert.True(last < 1_000, "no miner's entry failed");
            _chain.Grow(10);
            last += 10;
            faulted |=
                (
                    await node.UntilAsync(
                        status => status.Fault is not null || status.State.Last?.Number == last,
                        () => JournalFile.Execute(Path, $"UPDATE salts SET salt = {random.Next(3)}")
                    )
                ).Fault
                    is { Kind: FaultKind.JournalUnavailable };
        }

        JournalFile.Execute(Path, "DROP TRIGGER hiccup");
        await node.UntilAsync(status => status.State.Last?.Number == last && status.Fault is null);
        var status = await node.StatusAsync();
        Assert.All(status.Miners, miner => Assert.Equal(Total(0, last), miner.LifetimeWei));
        Assert.Equal(3 * (long)last, status.Follower.State.Trades);
    }

    [Fact]
    public async Task What_is_above_finality_is_shown_and_not_folded()
    {
        _chain.Grow(4, unfinalized: 4);
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        var status = await node.UntilAsync(status => status.Overlay is { Count: > 0 } && status.State.Last?.Number == 99);
        Assert.Equal(4 * 3, status.Overlay!.Values.Sum(miner => miner.Trades));
        Assert.All((await node.StatusAsync()).Miners, miner => Assert.Equal(Total(0, 99), miner.LifetimeWei));
    }

    [Fact]
    public async Task A_block_that_comes_while_what_is_above_finality_is_read_is_not_missed()
    {
        _chain.Grow(4, unfinalized: 4);
        var (grown, polls, seen) = (false, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _chain.Intercept = async (_, body, _) =>
        {
            // The second look at the head after the block came begins when the first has been taken in.
            if (grown && body.Contains("\"latest\"", StringComparison.Ordinal) && Interlocked.Increment(ref polls) == 2)
                seen.SetResult();
            if (!grown && body.Contains("\"fromBlock\":\"0x64\"", StringComparison.Ordinal))
            {
                _chain.Grow(1, unfinalized: 5);
                grown = true;
                await seen.Task;
            }

            return false;
        };
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        var status = await node.UntilAsync(status => status.Overlay is { } overlay && overlay.Values.Sum(miner => miner.Trades) == 5 * 3);
        Assert.Equal(99UL, status.Finalized!.Number);
    }

    [Fact]
    public async Task An_epoch_is_settled_once_and_again_after_a_restart_not_at_all()
    {
        _chain.BendLogs = (from, to, logs) =>
            [.. logs.SelectMany(log => IsLastOf(log, 39) ? new[] { log, EpochAdvanced(log, 0, 39) } : [log])];
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
        {
            await node.UntilAsync(status => status.State.Last?.Number == 99 && status.State.Settled == 1);
            var settled = (await node.StatusAsync()).Settled;
            var report = Assert.Single(settled.Recent);
            Assert.Equal(3, report.Ranking.Ranked.Count);
            Assert.Equal(1UL, (await node.StatusAsync()).Open.Value);
            Assert.Equal(Total(0, 39), report.Ranking.Ranked[0].Activity.Eligible.Wei + report.Ranking.Ranked[0].Activity.Burst.Wei);
        }

        await using var again = await Node.FollowingAsync(Path, _chain.Options());
        await again.UntilAsync(status => status.State.Last?.Number == 99 && status.State.Unsettled.Count == 0);
        Assert.Equal(1, (await again.StatusAsync()).Settled.Count);
    }

    [Fact]
    public async Task Changed_parameters_are_adopted_for_the_next_epoch_as_an_event()
    {
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
            await node.UntilAsync(status => status.State.Last?.Number == 99);
        var stricter = DomainParameters.Default with { Eligibility = EligibilityRules.Default with { BurstTrades = 1 } };
        await using var again = await Node.FollowingAsync(Path, _chain.Options(), scoring: stricter);
        var status = await again.UntilAsync(status => status.State.Schedule?.Versions.Count == 2);
        Assert.Equal((2u, 1UL), (status.State.Schedule!.Latest.Version, status.State.Schedule.Latest.FromEpoch.Value));
    }

    [Fact]
    public async Task A_log_that_cannot_be_decoded_is_in_the_journal()
    {
        _chain.BendLogs = (_, _, logs) =>
        {
            // The contract's own counting stays as it is for the others; this miner has no counter any more.
            logs.RemoveAll(log =>
                log["topics"]![1]!.GetValue<string>().EndsWith("a0", StringComparison.Ordinal) && log["topics"]!.AsArray().Count == 2
            );
            foreach (
                var log in logs.Where(log =>
                    log["blockNumber"]!.GetValue<string>() == "0x5" && log["logIndex"]!.GetValue<string>() == "0x0"
                )
            )
                log["data"] = "0x00";
            return [.. logs.Where(log => log["topics"]!.AsArray().Count > 2)];
        };
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
            await node.UntilAsync(status => status.State.Last?.Number == 99);
        await using var again = await Node.FollowingAsync(Path, _chain.Options());
        var quarantined = Assert.Single((await again.FollowerAsync()).State.Quarantined);
        Assert.Contains("bytes of data", quarantined.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(95)]
    public async Task A_trade_whose_log_and_count_cannot_be_read_is_counted_by_what_the_count_has_moved(int block)
    {
        _chain.BendLogs = (_, _, logs) =>
        {
            foreach (
                var log in logs.Where(log =>
                    log["blockNumber"]!.GetValue<string>() == $"0x{block:x}"
                    && log["topics"]!.AsArray().Any(topic => topic!.GetValue<string>().EndsWith("a0", StringComparison.Ordinal))
                )
            )
                log["data"] = "0x00";
            return logs;
        };
        await using var node = await Node.FollowingAsync(Path, _chain.Options() with { FirstRangeBlocks = 10, MaxRangeBlocks = 10 });
        var follower = await node.UntilAsync(status => status.State.Last?.Number == 99);
        Assert.Null(follower.Fault);
        Assert.Equal(2, follower.State.QuarantinedCount);
        var miners = (await node.StatusAsync()).Miners;
        Assert.All(miners, miner => Assert.Equal(Total(0, 99), miner.LifetimeWei));
        Assert.Single(miners.SelectMany(miner => miner.Exclusions), exclusion => exclusion.Reason == VerdictKind.Unread);
    }
}
