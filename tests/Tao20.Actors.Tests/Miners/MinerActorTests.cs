using Akka.Actor;
using Akka.Cluster.Sharding;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Miners;

[Trait("Category", "Fast")]
public sealed class MinerActorTests : InDirectory
{
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using (var node = await Node.WithMinersAsync(Path))
            Assert.IsType<FoldAcknowledged>(await node.FoldAsync(Batch(1, 1, 50)));
        await using var again = await Node.WithMinersAsync(Path);
        Assert.Equal((50L, Value(50)), Totals(await again.SummaryAsync(Miner)));
    }

    [Fact]
    public async Task A_batch_sent_twice_counts_once()
    {
        await using var node = await Node.WithMinersAsync(Path);
        await node.FoldAsync(Batch(1, 1, 50));
        Assert.IsType<FoldAcknowledged>(await node.FoldAsync(Batch(2, 1, 50)));
        Assert.IsType<FoldAcknowledged>(await node.FoldAsync(Batch(3, 26, 50)));
        Assert.Equal((75L, Value(75)), Totals(await node.SummaryAsync(Miner)));
    }

    [Fact]
    public async Task A_batch_that_is_being_written_when_the_miner_is_told_to_leave_memory_is_acknowledged_first()
    {
        var options = new JournalOptions
        {
            ConnectionString = SqliteJournal.ConnectionString(Path),
            PassivateAfter = TimeSpan.FromMilliseconds(50),
        };
        var journal = new JournalFaultReporter(options, Path, new FaultSignal(), TimeProvider.System);
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var node = await Node.WithMinersAsync(Path))
        {
            var miner = MinerActor.Props(Miner, journal, () => true);
            node.System.ActorOf(Props.Create(() => new BusyParent(miner, Batch(1, 1, 50), answer)));
            Assert.IsType<FoldAcknowledged>(await answer.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        }

        await using var again = await Node.WithMinersAsync(Path);
        Assert.Equal((50L, Value(50)), Totals(await again.SummaryAsync(Miner)));
    }

    [Fact]
    public async Task A_divergence_folds_nothing_and_says_both_sides()
    {
        await using var node = await Node.WithMinersAsync(Path);
        var batch = Batch(1, 1, 3);
        var diverged = Assert.IsType<FoldDiverged>(
            await node.FoldAsync(batch with { Trades = batch.Trades with { Counter = new ChainCounter(0, Value(4)) } })
        );
        Assert.Equal((Value(4), Value(3), new Position(3, 0)), (diverged.ChainWei, diverged.FoldWei, diverged.After));
        Assert.Null((await node.SummaryAsync(Miner)).Position);
    }

    [Fact]
    public async Task Snapshots_are_used_and_what_they_cover_is_deleted()
    {
        await using (var node = await Node.WithMinersAsync(Path, journal => journal with { SnapshotEvery = 10 }))
        {
            for (ulong i = 0; i < 45; i++)
                await node.FoldAsync(Batch((long)i, 1 + i * 2, 2));
            await WaitForAsync(() =>
                JournalFile.Number(Path, "SELECT count(*) FROM journal WHERE persistence_id = 'miner-" + Miner + "' AND deleted = 0") <= 15
            );
            await WaitForAsync(() => JournalFile.Number(Path, "SELECT count(*) FROM snapshot") is 1 or 2);
        }

        await using var again = await Node.WithMinersAsync(Path);
        Assert.Equal((90L, Value(90)), Totals(await again.SummaryAsync(Miner)));
    }

    [Fact]
    public async Task An_auditor_can_keep_everything()
    {
        await using (var node = await Node.WithMinersAsync(Path, journal => journal with { SnapshotEvery = 10, KeepEverything = true }))
        {
            for (ulong i = 0; i < 45; i++)
                await node.FoldAsync(Batch((long)i, 1 + i * 2, 2));
        }

        Assert.Equal(45, JournalFile.Number(Path, "SELECT count(*) FROM journal WHERE deleted = 0"));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_what_was_acknowledged_is_kept()
    {
        var acknowledged = 0;
        FoldFailed? failed = null;
        await using (var node = await Node.WithMinersAsync(Path, journal => journal with { MaxSizeMiB = 1 }))
        {
            for (ulong i = 0; failed is null && i < 100; i++)
            {
                if (await node.FoldAsync(Batch((long)i, 1 + i * 500, 500)) is FoldFailed f)
                    failed = f;
                else
                    acknowledged += 500;
            }

            Assert.Equal(JournalProblem.DiskFull, failed!.Problem);
            var fault = await node.Faults.Ended.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(FaultKind.DiskFull, fault.Kind);
            Assert.Contains($"The journal in {Path} is full", fault.Message, StringComparison.Ordinal);
        }

        await using var again = await Node.WithMinersAsync(Path);
        Assert.True(acknowledged > 0);
        Assert.Equal(acknowledged, (await again.SummaryAsync(Miner)).Mints.Trades);
    }

    [Fact]
    public async Task A_corrupt_entry_ends_the_node_with_what_to_do()
    {
        await using (var node = await Node.WithMinersAsync(Path))
            await node.FoldAsync(Batch(1, 1, 50));
        JournalFile.Execute(Path, "UPDATE journal SET message = x'0a14ff'");
        await using var again = await Node.WithMinersAsync(Path);
        again.Miners.Tell(new GetMinerSummary(Miner, default), Akka.Actor.ActorRefs.NoSender);
        var fault = await again.Faults.Ended.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(FaultKind.JournalCorrupt, fault.Kind);
        Assert.Contains("rebuilt from the chain", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_miner_that_failed_comes_back_with_all_it_had()
    {
        await using var node = await Node.WithMinersAsync(Path);
        await node.FoldAsync(Batch(1, 5, 3));

        // Trades that cannot be: the second is of a time before the first one's.
        var impossible = Batch(2, 20, 2);
        var trades = impossible.Trades.Trades.ToArray();
        trades[1] = trades[1] with { Timestamp = 1 };
        node.Miners.Tell(impossible with { Trades = impossible.Trades with { Trades = trades } }, Akka.Actor.ActorRefs.NoSender);
        Assert.Equal((3L, Value(3)), Totals(await node.SummaryAsync(Miner)));
        await node.FoldAsync(Batch(3, 30, 1));
        Assert.Equal((4L, Value(4)), Totals(await node.SummaryAsync(Miner)));
    }

    [Fact]
    public async Task Whose_entries_a_journal_holds_is_known_before_any_is_read()
    {
        var options = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) };
        SqliteJournal.Prepare(options);
        Assert.Empty(SqliteJournal.PersistenceIds(options));
        var other = Address.Parse("0x00000000000000000000000000000000000000ff");
        await using (var node = await Node.WithMinersAsync(Path, journal => journal with { SnapshotEvery = 10 }))
        {
            for (var i = 1; i <= 25; i++)
                await node.FoldAsync(Batch(i, (ulong)i, 1));
            await node.FoldAsync(Batch(26, 1, 1, other));
        }

        Assert.Equal([MinerActor.PersistenceIdOf(Miner), MinerActor.PersistenceIdOf(other)], SqliteJournal.PersistenceIds(options).Order());
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_before_anything_starts()
    {
        File.WriteAllText(System.IO.Path.Combine(Path, SqliteJournal.FileName), new string('x', 10_000));
        var error = Assert.Throws<JournalException>(() =>
            SqliteJournal.Prepare(new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) })
        );
        Assert.Equal(JournalProblem.Corrupt, error.Problem);
    }

    [Fact]
    public async Task The_journal_is_synced_at_every_commit_in_a_write_ahead_log()
    {
        await using var node = await Node.WithMinersAsync(Path);
        await node.FoldAsync(Batch(1, 1, 1));
        Assert.True(File.Exists(System.IO.Path.Combine(Path, SqliteJournal.FileName + "-wal")));
        using var connections = new SqliteConnections(new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) });
        using var data = new LinqToDB.Data.DataConnection(connections.DataOptions());
        using var command = data.OpenDbConnection().CreateCommand();
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    internal static FoldBatch Batch(long range, ulong first, int count, Address? miner = null)
    {
        var trades = Enumerable
            .Range(0, count)
            .Select(i =>
            {
                var n = first + (ulong)i;
                return new Trade(
                    new Position(n, 0),
                    new EpochId(0),
                    Hash256.Zero,
                    miner ?? Miner,
                    TradeSide.Mint,
                    Wei.OneTao,
                    Wei.OneTao,
                    TaoPerToken.From(1),
                    1_700_000_000 + n * 12
                );
            })
            .ToArray();
        return new FoldBatch(range, 0, new FoldTrades(miner ?? Miner, EligibilityRules.Default, trades, null));
    }

    private static UInt128 Value(int tao) => Wei.OneTao.Value * (uint)tao;

    private static (long Trades, UInt128 Wei) Totals(MinerSummary summary) => (summary.Mints.Trades, summary.LifetimeWei);

    private static Task WaitForAsync(Func<bool> condition) => Eventually.HoldsAsync(condition, TimeSpan.FromSeconds(20));

    /// <summary>Has one more batch for its miner when that one asks to leave: as a shard, or the parent on a single node, may.</summary>
    private sealed class BusyParent : UntypedActor
    {
        private readonly TaskCompletionSource<object> _answer;
        private readonly FoldBatch _batch;

        public BusyParent(Props miner, FoldBatch batch, TaskCompletionSource<object> answer)
        {
            (_batch, _answer) = (batch, answer);
            Context.Watch(Context.ActorOf(miner));
        }

        protected override void OnReceive(object message)
        {
            if (message is Passivate passivate)
            {
                Sender.Tell(_batch);
                Sender.Tell(passivate.StopMessage);
            }
            else
            {
                _answer.TrySetResult(message);
            }
        }
    }
}
