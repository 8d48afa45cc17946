using System.Collections.Concurrent;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Chain.Tests.Following;

namespace Tao20.Actors.Tests.Ingestion;

/// <summary>How a node begins to read, and what it says while it is behind.</summary>
public sealed class ProgressTests : InDirectory, IAsyncLifetime
{
    private ScriptedNode _chain = null!;

    public async Task InitializeAsync() => _chain = (await ScriptedNode.StartAsync()).Grow(100);

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task What_is_read_before_the_journal_is_known_is_folded_once_or_thrown_away()
    {
        var asked = new ConcurrentQueue<ulong>();
        _chain.BendLogs = (from, _, logs) =>
        {
            asked.Enqueue(from);
            return logs;
        };
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) };
        Assert.False(SqliteJournal.Holds(journal, ChainFollowerKey.Stream));
        await using (var node = await Node.FollowingAsync(Path, _chain.Options()))
        {
            await node.UntilAsync(status => status.State.Last?.Number == 99);
            Assert.True(SqliteJournal.Holds(journal, ChainFollowerKey.Stream));
            Assert.False(SqliteJournal.Holds(journal, ChainFollowerKey.Stream + "-of-nobody"));
            Assert.Equal(
                [StartStep.Reading, StartStep.FirstRange, StartStep.FirstFolded, StartStep.Level],
                node.Metrics.Start.Steps.Select(one => one.Step)
            );
        }

        // Nothing is downloaded twice, and on a restart nothing of the beginning is folded again.
        Assert.Single(asked, from => from == 1);
        _chain.Grow(20);
        await using var again = await Node.FollowingAsync(Path, _chain.Options());
        await again.UntilAsync(status => status.State.Last?.Number == 119);
        Assert.Equal(3 * 119, (await again.FollowerAsync()).State.Trades);
        Assert.All((await again.StatusAsync()).Miners, miner => Assert.Equal(ScriptedTrades.Total(1, 119), miner.LifetimeWei));
    }

    [Fact]
    public async Task While_it_catches_up_it_says_how_far_how_fast_and_what_it_waits_for()
    {
        // An endpoint that takes its time: the answers, not the journal, are what there is to wait for.
        _chain.Grow(900).BendLogs = (_, _, logs) =>
        {
            Thread.Sleep(100);
            return logs;
        };
        await using var node = await Node.FollowingAsync(
            Path,
            _chain.Options() with
            {
                FirstRangeBlocks = 10,
                MaxRangeBlocks = 10,
                Parallelism = 1,
            }
        );
        await node.UntilAsync(_ => node.Metrics.CatchUp.Progress is { BlocksPerSecond: > 0 });
        var progress = node.Metrics.CatchUp.Progress!;
        Assert.Equal(999UL, progress.Finalized);
        Assert.NotEqual(CatchUpLimit.Journal, progress.LimitedBy);
        Assert.InRange(progress.LevelIn!.Value.TotalSeconds, 0.5, 60);
        var status = await node.FollowerAsync();
        Assert.InRange(Assert.Single(status.Endpoints).AnswersIn!.Value.TotalMilliseconds, 5, 5_000);
        Assert.Contains("of 999, ", CatchUpWatch.Words(progress, status.Endpoints), StringComparison.Ordinal);

        _chain.BendLogs = (_, _, logs) => logs;
        await node.UntilAsync(status => status.State.Last?.Number == 999);
        Assert.Null(node.Metrics.CatchUp.Progress);
    }
}
