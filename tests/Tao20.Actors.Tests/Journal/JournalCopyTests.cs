using Tao20.Actors.Journal;
using Tao20.Actors.Tests.Ingestion;
using Tao20.Chain.Tests.Following;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Journal;

/// <summary>A journal moves to another database as it is: a node goes on there as if nothing had happened.</summary>
public sealed class JournalCopyTests(PostgreSqlFixture postgreSql) : InDirectory, IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private ScriptedNode _chain = null!;
    private JournalOptions _file = null!;

    public async Task InitializeAsync()
    {
        _chain = (await ScriptedNode.StartAsync()).Grow(60);
        _file = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) };
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task A_node_goes_on_in_the_copy_and_in_the_copy_of_that()
    {
        var (cursor, miners) = await FoldInRangesAsync();
        JournalOptions database;
        await using (var writer = await WriterAsync())
        {
            database = writer.Options;
            await CopyAsync(database);
        }

        Assert.Equal((cursor, miners), await FoldAsync(Path, database.ConnectionString));
        _chain.Grow(10);
        var further = await FoldAsync(Path, database.ConnectionString);

        // And back again.
        var second = System.IO.Path.Combine(Path, "second");
        var back = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(second) };
        SqliteJournal.Prepare(back);
        await JournalCopy.CopyAsync(database, back, null, None);
        Assert.Equal(further, await FoldAsync(second, null));
    }

    [Fact]
    public async Task A_copy_that_does_not_come_to_its_end_leaves_nothing_behind()
    {
        await FoldInRangesAsync();
        await using var writer = await WriterAsync();
        var database = writer.Options;

        // What cannot be written as it was read.
        JournalFile.Execute(Path, "UPDATE snapshot SET manifest = 'a' || char(0) WHERE rowid = (SELECT max(rowid) FROM snapshot)");
        await Assert.ThrowsAsync<JournalException>(() => JournalCopy.CopyAsync(_file, database, null, None));
        Assert.Equal(0, await PostgreSqlFixture.NumberAsync(database.ConnectionString, "SELECT count(*) FROM journal"));
        JournalFile.Execute(Path, "UPDATE snapshot SET manifest = 'a' WHERE rowid = (SELECT max(rowid) FROM snapshot)");
        await JournalCopy.CopyAsync(_file, database, null, None);

        var refusal = await Assert.ThrowsAsync<JournalException>(() => JournalCopy.CopyAsync(_file, database, null, None));
        Assert.Contains("the target is not empty: its table journal has", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("journal.db")]
    [InlineData("sqlite:")]
    [InlineData("postgres:")]
    [InlineData("postgres:Database=tao20")]
    [InlineData("mysql:Host=db")]
    public void What_names_no_journal_is_told(string text) => Assert.False(JournalLocation.TryParse(text, out _));

    /// <summary>Several ranges, so that there are snapshots.</summary>
    private async Task<(string Cursor, string Miners)> FoldInRangesAsync()
    {
        for (var range = 0; range < 3; range++)
        {
            await FoldAsync(Path, null);
            _chain.Grow(10);
        }

        return await FoldAsync(Path, null);
    }

    private async Task CopyAsync(JournalOptions database)
    {
        var (events, snapshots) = await JournalCopy.CopyAsync(_file, database, null, None);
        Assert.True(events > 0 && snapshots > 0, $"{events} events, {snapshots} snapshots");
        var there = await JournalInventory.OfAsync(database, None);
        Assert.Equal((events, snapshots), (there.Events, there.Snapshots));
        Assert.Empty(there.MissingSteps);
    }

    private async Task<JournalWriter> WriterAsync()
    {
        var journal = new WrittenJournal(await postgreSql.NewDatabaseAsync());
        await PostgreSqlJournal.PrepareAsync(journal.Options, None);
        var writer = await journal.BeginAsync();
        await writer.RegisterAsync(new NoPeers("copy"), None);
        return writer;
    }

    /// <summary>Follows the chain to its end; where it is then, and what each miner has.</summary>
    private async Task<(string Cursor, string Miners)> FoldAsync(string directory, string? database)
    {
        await using var node = await Node.FollowingAsync(
            directory,
            _chain.Options(),
            journal =>
                database is null
                    ? journal with
                    {
                        SnapshotEvery = 2,
                    }
                    : journal with
                    {
                        Kind = JournalKind.PostgreSql,
                        ConnectionString = database,
                        SnapshotEvery = 2,
                    }
        );
        var final = (ulong)_chain.Blocks.Count - 1;
        var follower = await node.UntilAsync(status => status.State.Last?.Number == final);
        var status = await node.StatusAsync();
        Assert.Equal(3, status.Miners.Count);
        Assert.All(status.Miners, miner => Assert.Equal(ScriptedTrades.Total(0, final), miner.LifetimeWei));
        return ($"{follower.State.Last}", string.Join(' ', status.Miners.Select(miner => $"{miner.Miner} {miner.Position}")));
    }
}
