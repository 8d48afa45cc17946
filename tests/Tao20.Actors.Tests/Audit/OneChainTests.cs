using Tao20.Actors.Journal;
using Tao20.Actors.Tests.Journal;
using Tao20.Chain.Tests.Following;
using Tao20.Node.Audit;
using Tao20.Tests;
using static Tao20.Actors.Tests.Ingestion.ScriptedTrades;

namespace Tao20.Actors.Tests.Audit;

/// <summary>
/// Journals of one chain that were written in other batches, with crashes, and in other databases come to the same results.
/// </summary>
public sealed class OneChainTests(PostgreSqlFixture postgreSql) : InDirectory, IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    private const ulong Last = 149;
    private ScriptedNode _chain = null!;

    public async Task InitializeAsync()
    {
        _chain = (await ScriptedNode.StartAsync()).Grow(10);
        _chain.BendLogs = (_, _, logs) => WithTwoEpochs(logs);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Other_batches_crashes_snapshots_and_databases_come_to_one_report()
    {
        // At the head of the chain, a few blocks at a time, with old entries deleted behind snapshots, and stopped in between.
        var atHead = System.IO.Path.Combine(Path, "at-head");
        for (var final = 9UL; final <= Last; final += 10)
        {
            await using (var node = await FollowAsync(atHead, snapshotEvery: 4))
                await node.UntilAsync(status => status.State.Last?.Number == final);
            if (final < Last)
                _chain.Grow(10);
        }

        await FinishAsync(atHead, snapshotEvery: 4);

        // All at once, and nothing deleted.
        var atOnce = System.IO.Path.Combine(Path, "at-once");
        await FinishAsync(atOnce, snapshotEvery: 10_000);

        var (behind, none) = await new AuditedJournal(atHead).AuditAsync();
        Assert.Equal([], behind.Differences.SelectMany(one => one.Lines()));
        Assert.Empty(none);
        var (whole, noneEither) = await new AuditedJournal(atOnce).AuditAsync();
        Assert.Equal([], whole.Differences.SelectMany(one => one.Lines()));
        Assert.Empty(noneEither);
        Assert.True(behind.StreamsFromSnapshot > 0);
        Assert.Equal((0, 2, 0), (whole.StreamsFromSnapshot, whole.EpochsRecomputed, whole.EpochsAsWritten));
        Assert.Equal(2, behind.EpochsRecomputed + behind.EpochsAsWritten);
        Assert.Equivalent(Results(whole), Results(behind), strict: true);

        // Stopped between deleting the snapshots and the entries before the last but one: what it covers is still there.
        var between = new AuditedJournal(atHead).CopiedTo(System.IO.Path.Combine(Path, "between"));
        between.Execute(
            "DELETE FROM snapshot WHERE persistence_id = 'chain-cursor' AND sequence_number < "
                + "(SELECT max(sequence_number) FROM snapshot WHERE persistence_id = 'chain-cursor')"
        );
        var (stopped, noneBetween) = await between.AuditAsync();
        Assert.Equal([], stopped.Differences.SelectMany(one => one.Lines()));
        Assert.Empty(noneBetween);
        Assert.Equivalent(Results(whole), Results(stopped), strict: true);

        // And in another database.
        var database = new WrittenJournal(await postgreSql.NewDatabaseAsync());
        await PostgreSqlJournal.PrepareAsync(database.Options, JournalSchema.Writers - 1, CancellationToken.None);
        var file = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(atHead) };
        await JournalCopy.CopyAsync(file, database.Options, null, CancellationToken.None);
        var (copied, noneThere) = await AuditedJournal.AuditAsync(OpenedJournal.Named(null, $"postgres:{database.Database}"));
        Assert.Empty(noneThere);
        Assert.Equal(behind.Entries, copied.Entries);
        Assert.Equivalent(Results(behind), Results(copied), strict: true);
    }

    /// <summary>What a journal has come to, without how it is kept.</summary>
    private static object Results(AuditDocument document) =>
        new
        {
            document.Block,
            document.Miners,
            document.Rounds,
            document.LastEpochHash,
            document.LastRoundHash,
            document.Epochs,
            document.DifferenceCount,
        };

    private async Task FinishAsync(string directory, int snapshotEvery)
    {
        await using var node = await FollowAsync(directory, snapshotEvery);
        await node.UntilAsync(status => status.State is { Last.Number: Last, Settled: 2, Unsettled.Count: 0 });
    }

    private Task<Node> FollowAsync(string directory, int snapshotEvery) =>
        Node.FollowingAsync(directory, _chain.Options(), journal => journal with { SnapshotEvery = snapshotEvery });
}
