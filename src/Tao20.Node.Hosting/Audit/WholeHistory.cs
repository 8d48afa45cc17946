using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Audit;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>
/// The chain's logs, all of them: endpoints that have lost some are found out, as far as the contract's own count shows it.
/// </summary>
/// <param name="chain">The chain.</param>
internal sealed class WholeHistory(ChainConnection chain)
{
    private readonly HistoryCompleteness _completeness = new();
    private long _unread;

    /// <summary>Reads all ranges up to a block.</summary>
    /// <param name="last">The block.</param>
    /// <param name="take">Takes each range, in order.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">The endpoints do not give all logs.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public async Task ReadAsync(ulong last, Action<TradeRange> take, CancellationToken cancel)
    {
        await foreach (var range in chain.Ranges.ReadAsync(new Cursor(chain.Options.FromBlock, null), last, cancel))
        {
            _unread += range.Quarantined.Count;

            // What the contract has counted for a log that cannot be read is in no trade.
            if (_completeness.Take(range) is { } gap && _unread == 0)
                throw Missing(gap.ToString());
            take(range);
        }

        await RequireBeginningsAsync(cancel);
    }

    /// <summary>Holds what has come against what the contract has counted at a block, where the state of that is still there.</summary>
    /// <param name="block">The block, up to which all ranges have come.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>What cannot be verified, and why.</returns>
    /// <exception cref="NodeException">The contract has counted more: the endpoints do not give all logs.</exception>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<IReadOnlyList<string>> CompareCountsAsync(ulong block, CancellationToken cancel)
    {
        if (_unread > 0)
            return [$"that all trades are there: {_unread} logs of the contract cannot be read"];
        if (await chain.Counts.AllAsync(block, cancel) is not { } counted)
            return [$"that no trade at the end is missing: what the contract had counted at block {block} cannot be read"];
        foreach (var (miner, total) in counted.Totals.OrderBy(one => one.Key))
        {
            var (wei, known) = _completeness.Counted.GetValueOrDefault(miner);
            if (wei < total)
                throw Missing(new HistoryGap(miner, wei, total, wei == 0 ? chain.Options.FromBlock : known + 1, block).ToString());
        }

        return [];
    }

    /// <summary>What the contract had counted before a miner's first trade has to be from before the first block that is read.</summary>
    private async Task RequireBeginningsAsync(CancellationToken cancel)
    {
        var begun = _completeness.Beginnings.Where(one => one.Value.Wei > 0).ToDictionary(one => one.Key, one => one.Value);
        if (begun.Count == 0)
            return;
        var from = chain.Options.FromBlock;
        var known = await chain.Counts.BeginningsAsync(begun.Keys, cancel);
        foreach (var (miner, (wei, block)) in begun.OrderBy(one => one.Key))
        {
            if (known is null)
                throw Missing(
                    $"The contract had counted {wei} wei for miner {miner} before its first log, and whether that was before block {from} "
                        + "cannot be read"
                );
            if (known.GetValueOrDefault(miner) < wei)
                throw Missing(new HistoryGap(miner, known.GetValueOrDefault(miner), wei, from, block).ToString());
        }
    }

    private NodeException Missing(string what) =>
        new(
            ExitCodes.Unreachable,
            $"{what}: the endpoints ({string.Join(", ", chain.Pool.All.Select(endpoint => endpoint.Name))}) do not give all logs of "
                + "old blocks. Give one that keeps them with --rpc."
        );
}
