using Akka.Actor;
using Tao20.Actors.Miners;
using Tao20.Chain.Contracts;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// Holds what was folded against what the contract has counted: its epoch, and the total of each miner it knows. A log that was never
/// given comes to light with the next of its kind; this finds it also when there is none. One at a time.
/// </summary>
/// <param name="miners">The miners.</param>
/// <param name="counts">Asks the contract.</param>
public sealed class TotalsCheck(IActorRef miners, ContractCounts counts)
{
    private const int AskedAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<Address, UInt128> _verified = [];

    /// <summary>Looks for what less was folded of than the contract had counted at a block.</summary>
    /// <param name="state">What the cursor knows.</param>
    /// <param name="block">A block up to which all is folded. Whatever is folded meanwhile only adds to what was.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>What is missing, as near as it can be located; null when nothing is, or it cannot be known.</returns>
    /// <exception cref="Tao20.Chain.ChainException">No endpoint answers.</exception>
    /// <exception cref="AskTimeoutException">A miner does not answer.</exception>
    /// <exception cref="StreamIncompleteException">A miner's stream in the journal is not what the cursor knows.</exception>
    public async Task<HistoryGap?> FindAsync(CursorState state, ulong block, CancellationToken cancel)
    {
        var open = state.Book.Open;
        if (await counts.AllAsync(block, cancel).ConfigureAwait(false) is not var (epoch, counted))
        {
            // The journal is held against itself at least.
            foreach (var some in state.Known.Keys.Chunk(AskedAtOnce))
                await Task.WhenAll(some.Select(miner => miners.SummaryAsync(miner, default, state, Patience, cancel)))
                    .ConfigureAwait(false);
            return null;
        }

        foreach (var some in counted.Where(one => _verified.GetValueOrDefault(one.Key) != one.Value).Chunk(AskedAtOnce))
        {
            var summaries = await Task.WhenAll(some.Select(one => miners.SummaryAsync(one.Key, default, state, Patience, cancel)))
                .ConfigureAwait(false);
            var beginnings = await BeginningsAsync(summaries, cancel).ConfigureAwait(false);
            foreach (var summary in summaries)
            {
                var wei = counted[summary.Miner];

                // Without a beginning nothing can be said of its end.
                if (!beginnings.TryGetValue(summary.Miner, out var began))
                    continue;
                if (summary.LifetimeWei + began < wei)
                {
                    var gap = new HistoryGap(
                        summary.Miner,
                        summary.LifetimeWei + began,
                        wei,
                        summary.Position?.Block ?? counts.FromBlock,
                        block
                    );
                    if (await counts.AllConfirmAsync(gap, cancel).ConfigureAwait(false))
                        return await counts.NarrowAsync(gap, cancel).ConfigureAwait(false);
                }
                else
                {
                    _verified[summary.Miner] = wei;
                }
            }
        }

        // Where reading began in the middle of history, the epoch is not known before the first one ends.
        if ((open.Value > 0 || counts.FromBlock == 0) && open.Value < epoch)
        {
            var gap = new HistoryGap(null, open.Value, epoch, counts.FromBlock, block);
            if (await counts.AllConfirmAsync(gap, cancel).ConfigureAwait(false))
                return await counts.NarrowAsync(gap, cancel).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Where the fold of each begins: by its first trade, or by what the contract had counted before the first block.</summary>
    private async Task<Dictionary<Address, UInt128>> BeginningsAsync(MinerSummary[] summaries, CancellationToken cancel)
    {
        var known = summaries
            .Where(summary => summary.Baseline is not null)
            .ToDictionary(summary => summary.Miner, summary => summary.Baseline!.Value);
        var silent = summaries.Where(summary => summary.Position is null).Select(summary => summary.Miner).ToList();
        if (silent.Count > 0 && await counts.BeginningsAsync(silent, cancel).ConfigureAwait(false) is { } began)
        {
            foreach (var miner in silent)
                known[miner] = began[miner];
        }

        return known;
    }
}
