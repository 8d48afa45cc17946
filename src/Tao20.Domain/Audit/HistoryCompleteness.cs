using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>
/// Whether the logs of a history are all that there are: each trade says what the contract had counted for its miner before, and each end
/// of an epoch which one it was. A node that has lost old blocks gives no logs of them, and no error.
/// </summary>
public sealed class HistoryCompleteness
{
    private readonly Dictionary<Address, (UInt128 Wei, ulong Block)> _counted = [];
    private readonly Dictionary<Address, (UInt128 Wei, ulong Block)> _before = [];
    private (EpochId Epoch, ulong Block)? _open;

    /// <summary>
    /// What the contract had counted for each miner before its first trade that has come, in TAO wei, with the block of that trade's range.
    /// </summary>
    public IReadOnlyDictionary<Address, (UInt128 Wei, ulong Block)> Beginnings => _before;

    /// <summary>
    /// What the contract has counted for each miner by the trades that have come, in TAO wei, with the last block of these.
    /// </summary>
    public IReadOnlyDictionary<Address, (UInt128 Wei, ulong Block)> Counted => _counted;

    /// <summary>Takes a range; ranges come in order.</summary>
    /// <returns>What is missing before it; null for nothing.</returns>
    public HistoryGap? Take(TradeRange range)
    {
        var last = range.Last.Number;
        HistoryGap? gap = null;
        foreach (var (miner, total) in range.Totals.OrderBy(one => one.Key))
        {
            if (!_counted.TryGetValue(miner, out var known))
                _before[miner] = (total.Before, last);
            else if (known.Wei != total.Before)
                gap ??= new HistoryGap(miner, known.Wei, total.Before, known.Block + 1, last);
            _counted[miner] = (total.After, last);
        }

        foreach (var end in range.Advances)
        {
            if (_open is var (epoch, block) && epoch.Value < end.Epoch.Value)
                gap ??= new HistoryGap(null, epoch.Value, end.Epoch.Value, block + 1, end.ClosedAt.Block);
            _open = (end.Opened, end.ClosedAt.Block);
        }

        return gap;
    }
}
