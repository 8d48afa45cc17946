using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Audit;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
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
    /// <returns>
    /// What the contract had counted before the first trade that has come of a miner, where it cannot be read whether that was before the
    /// first block; null for nothing.
    /// </returns>
    /// <exception cref="NodeException">The endpoints do not give all logs.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public async Task<string?> ReadAsync(ulong last, Action<TradeRange> take, CancellationToken cancel)
    {
        await foreach (var range in chain.Ranges.ReadAsync(new Cursor(chain.Options.FromBlock, null), last, cancel))
        {
            _unread += range.Quarantined.Count;

            // What the contract has counted for a log that cannot be read is in no trade.
            if (_completeness.Take(range) is { } gap && _unread == 0)
                throw Missing(gap.ToString());
            take(range);
        }

        var begun = _completeness.Beginnings.Where(one => one.Value.Wei > 0).ToDictionary(one => one.Key, one => one.Value);
        if (begun.Count == 0)
            return null;
        if (await chain.Counts.BeginningsAsync(begun.Keys, cancel) is not { } known)
        {
            var (miner, (wei, _)) = begun.MinBy(one => one.Key);
            return $"The contract had counted {wei} wei for miner {miner} before its first log, and whether that was before block "
                + $"{chain.Options.FromBlock} cannot be read";
        }

        foreach (var (miner, (wei, block)) in begun.OrderBy(one => one.Key))
        {
            if (known.GetValueOrDefault(miner) < wei)
                throw Missing(new HistoryGap(miner, known.GetValueOrDefault(miner), wei, chain.Options.FromBlock, block).ToString());
        }

        return null;
    }

    /// <summary>The same; nothing is said of a history of which it is not known whether it is whole.</summary>
    /// <exception cref="NodeException">The endpoints do not give all logs, or it cannot be known whether they do.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public async Task RequireAsync(ulong last, Action<TradeRange> take, CancellationToken cancel)
    {
        if (await ReadAsync(last, take, cancel) is { } doubt)
            throw Missing(doubt);
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
        var unseen = counted
            .Totals.Where(one => one.Value > 0 && !_completeness.Counted.ContainsKey(one.Key))
            .Select(one => one.Key)
            .ToList();
        var before = unseen.Count == 0 ? new Dictionary<Address, UInt128>() : await chain.Counts.BeginningsAsync(unseen, cancel);
        foreach (var (miner, total) in counted.Totals.OrderBy(one => one.Key))
        {
            var hasTraded = _completeness.Counted.TryGetValue(miner, out var traded);
            var wei = hasTraded ? traded.Wei : before?.GetValueOrDefault(miner) ?? total;
            if (wei < total)
                throw Missing(new HistoryGap(miner, wei, total, hasTraded ? traded.Block + 1 : chain.Options.FromBlock, block).ToString());
        }

        return before is null
            ? [$"that {unseen.Count} miners without a log have traded before block {chain.Options.FromBlock} alone: that cannot be read"]
            : [];
    }

    private NodeException Missing(string what) =>
        new(
            ExitCodes.Unreachable,
            $"{what}: the endpoints ({string.Join(", ", chain.Pool.All.Select(endpoint => endpoint.Name))}) do not give all logs of "
                + "old blocks. Give one that keeps them with --rpc."
        );
}
