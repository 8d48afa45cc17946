using System.Globalization;
using Tao20.Actors.Miners;
using Tao20.Domain.Audit;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Views;

/// <summary>A miner's trades, out of its stream of the journal: some of them, or what explains a score.</summary>
/// <param name="readings">Where they are read.</param>
internal sealed class MinerTrades(NodeReadings readings)
{
    // An entry can hold the trades of a large range: few are read at a time.
    private const int EntriesAtOnce = 5;
    private const int EntriesForAll = 500;

    /// <summary>A score with more trades behind it is for the command line: a page would keep the node busy.</summary>
    private const int MostExplained = 200_000;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>A page of trades, the newest first, and where the next begins; null behind the last.</summary>
    /// <param name="miner">Whose.</param>
    /// <param name="from">Where the page begins, as the page before has said; null for the newest.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<(IReadOnlyList<(Trade Trade, Verdict Verdict)> Trades, string? Next)> PageAsync(
        Address miner,
        string? from,
        CancellationToken cancel
    )
    {
        var (before, taken) = Place(from);
        var trades = new List<(Trade, Verdict)>();
        while (true)
        {
            var page = await readings.PageOfAsync(MinerActor.PersistenceIdOf(miner), before, EntriesAtOnce, cancel);
            foreach (var (number, entry) in page.Entries)
            {
                if (entry is not TradesFolded folded)
                    continue;
                for (var i = folded.Trades.Length - 1 - taken; i >= 0; i--)
                {
                    if (trades.Count == ViewFrame.Rows)
                        return (trades, $"{number + 1}.{folded.Trades.Length - 1 - i}");
                    trades.Add((folded.Trades.Span[i], folded.Verdicts.Span[i]));
                }

                taken = 0;
            }

            if (!page.HasOlder)
                return (trades, null);
            before = page.Entries[^1].Number;
        }
    }

    /// <summary>How a miner's trades have become its pay of an epoch.</summary>
    /// <exception cref="PageException">Its trades of the epoch are no longer in the journal, or there are too many for a page.</exception>
    public async Task<ScoreExplanation> ExplainAsync(
        Address miner,
        EpochReport report,
        ParameterSchedule schedule,
        Keccak256 keccak,
        CancellationToken cancel
    )
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            var (entries, first) = await ReadAllAsync(miner, report.Closed.Epoch, cancel);
            var before = first == 1 ? null : await BeforeAsync(miner, first, report.Closed.Epoch, cancel);
            var trades = entries
                .SelectMany(folded => folded.Trades.ToArray())
                .Where(trade => trade.Epoch.Value <= report.Closed.Epoch.Value);
            return await Task.Run(() => ScoreExplanation.Of(report, miner, trades, schedule, keccak, before), cancel);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>All entries of a miner that the journal has, in their order, and the number of the first.</summary>
    private async Task<(IReadOnlyList<TradesFolded> Entries, long First)> ReadAllAsync(
        Address miner,
        EpochId epoch,
        CancellationToken cancel
    )
    {
        var (entries, count, before, first) = (new List<TradesFolded>(), 0L, default(long?), 0L);
        while (true)
        {
            var page = await readings.PageOfAsync(MinerActor.PersistenceIdOf(miner), before, EntriesForAll, cancel);
            entries.AddRange(page.Entries.Select(entry => entry.Event).OfType<TradesFolded>());
            count += page.Entries.Sum(entry => entry.Event is TradesFolded folded ? folded.Trades.Length : 0);
            if (count > MostExplained)
                throw new PageException(
                    503,
                    $"{miner} has more than {MostExplained} trades: '{Command(miner, epoch)}' explains its score."
                );
            first = page.Entries is [.., var last] ? last.Number : first;
            before = first;
            if (page.HasOlder)
                continue;
            entries.Reverse();
            return (entries, first);
        }
    }

    /// <summary>What a miner was before the first of its entries that the journal still has.</summary>
    private async Task<MinerVolume> BeforeAsync(Address miner, long first, EpochId epoch, CancellationToken cancel) =>
        await readings.SnapshotAsync(MinerActor.PersistenceIdOf(miner), first - 1, cancel) is MinerVolumeSnapshot snapshot
        && MinerVolume.Restore(snapshot) is { Position: not null } volume
        && snapshot.Open.Epoch.Value < epoch.Value
            ? volume
            : throw new PageException(
                404,
                $"The trades of {miner} in epoch {epoch} are no longer in the journal: '{Command(miner, epoch)} --rpc URL' reads them from "
                    + "the chain (Journal:KeepEverything keeps them)."
            );

    private static string Command(Address miner, EpochId epoch) => $"tao20 audit explain --miner {miner} --epoch {epoch}";

    /// <summary>Where a page begins: before an entry, and in the first of its page behind so many trades from the end.</summary>
    private static (long? Before, int Taken) Place(string? from)
    {
        if (from is null)
            return (null, 0);
        return
            from.Split('.') is [var entry, var trades]
            && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            && int.TryParse(trades, NumberStyles.None, CultureInfo.InvariantCulture, out var taken)
            ? (before, taken)
            : throw new PageException(400, $"from = '{from}' is no place in the trades: follow the link of a page.");
    }
}
