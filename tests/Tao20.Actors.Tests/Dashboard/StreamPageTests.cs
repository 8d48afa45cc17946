using Tao20.Actors.Audit;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Tests.Audit;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>Pages of a stream, read back from its end.</summary>
public sealed class StreamPageTests : InDirectory
{
    [Fact]
    public async Task Pages_one_after_the_other_are_the_whole_stream()
    {
        var options = Golden();
        var whole = await StreamPage.ReadBackAsync(options, "consensus", null, 100_000, CancellationToken.None);
        Assert.False(whole.HasOlder);
        Assert.Equal(whole.Entries.Select(entry => entry.Number).OrderDescending(), whole.Entries.Select(entry => entry.Number));
        Assert.Equal(1, whole.Entries[^1].Number);
        foreach (var size in (int[])[1, 7, whole.Entries.Count])
        {
            var (read, before) = (new List<long>(), default(long?));
            while (true)
            {
                var page = await StreamPage.ReadBackAsync(options, "consensus", before, size, CancellationToken.None);
                Assert.InRange(page.Entries.Count, 1, size);
                read.AddRange(page.Entries.Select(entry => entry.Number));
                if (!page.HasOlder)
                    break;
                before = read[^1];
            }

            Assert.Equal(whole.Entries.Select(entry => entry.Number), read);
        }
    }

    [Fact]
    public async Task Entries_of_one_kind_alone_can_be_read_and_some_left_out()
    {
        var options = Golden();
        var settled = await StreamPage.ReadBackAsync(options, "consensus", null, 100, CancellationToken.None, "epoch-settled");
        var epochs = settled.Entries.Select(entry => ((CoordinatorEvent.EpochSettled)entry.Event).Report.Closed.Epoch.Value).ToList();
        Assert.True(epochs.Count > 1);
        Assert.Equal(epochs.OrderDescending(), epochs);
        var second = await StreamPage.ReadBackAsync(options, "consensus", null, 1, CancellationToken.None, "epoch-settled", skip: 1);
        Assert.Equal(settled.Entries[1].Number, Assert.Single(second.Entries).Number);
        var none = await StreamPage.ReadBackAsync(options, "nobody", null, 10, CancellationToken.None);
        Assert.Empty(none.Entries);
        Assert.False(none.HasOlder);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_named()
    {
        var options = Golden();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(options.ConnectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE journal SET message = x'ff' WHERE persistence_id = 'consensus' AND sequence_number = 2";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        var e = await Assert.ThrowsAsync<JournalException>(() =>
            StreamPage.ReadBackAsync(options, "consensus", null, 100_000, CancellationToken.None)
        );
        Assert.Contains("entry 2 of consensus", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Where a miner's first entries were deleted, what a snapshot says of it takes their place.</summary>
    [Fact]
    public async Task A_score_is_explained_from_a_snapshot_as_from_the_first_trade()
    {
        var options = Golden();
        var reports = (await StreamPage.ReadBackAsync(options, "consensus", null, 100, CancellationToken.None, "epoch-settled"))
            .Entries.Select(entry => ((CoordinatorEvent.EpochSettled)entry.Event).Report)
            .ToList();
        var cursor = await StreamPage.ReadBackAsync(options, "chain-cursor", null, 100_000, CancellationToken.None);
        var schedule = cursor.Entries.Select(entry => entry.Event).OfType<Domain.Ingestion.CursorEvent.ParametersAdopted>().Last().Schedule;
        var compared = 0;
        foreach (var payout in reports.SelectMany(report => report.Rewards.Payouts.Select(one => (report, one.Miner.Miner))))
        {
            var (report, miner) = payout;
            var stream = await StreamPage.ReadBackAsync(options, MinerActor.PersistenceIdOf(miner), null, 100_000, CancellationToken.None);
            if (stream.Entries is not [.., { Number: 1 }])
                continue;
            var folded = stream.Entries.Reverse().Select(entry => (TradesFolded)entry.Event).ToList();
            var whole = Explain(folded, null);
            var volume = MinerVolume.Initial(miner);
            for (var i = 0; i < folded.Count; i++)
            {
                // As it was written and read again, in between two entries before the epoch.
                if (i > 0 && volume.ToSnapshot().Open.Epoch.Value < report.Closed.Epoch.Value)
                {
                    var later = Explain(folded[i..], MinerVolume.Restore(volume.ToSnapshot()));
                    Assert.Equal(whole.Trades, later.Trades);
                    Assert.Equal(whole.Steps, later.Steps);
                    Assert.Equal(whole.Payout, later.Payout);
                    compared++;
                }

                volume = volume.Evolve(folded[i]);
            }

            ScoreExplanation Explain(IEnumerable<TradesFolded> from, MinerVolume? before) =>
                ScoreExplanation.Of(
                    report,
                    miner,
                    from.SelectMany(one => one.Trades.ToArray()).Where(trade => trade.Epoch.Value <= report.Closed.Epoch.Value),
                    schedule,
                    Keccak.Hash,
                    before
                );
        }

        Assert.True(compared > 0);
    }

    private JournalOptions Golden() =>
        new()
        {
            ConnectionString = SqliteJournal.ConnectionString(
                AuditedJournal.Golden("validator-2026-11-29", System.IO.Path.Combine(Path, "j")).Directory
            ),
        };
}
