using System.Buffers;
using System.Runtime.InteropServices;
using Tao20.Domain.Epochs;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Following;

/// <summary>What must hold of a range's headers and logs together: pure; a violation says what is wrong, null means all is well.</summary>
public static class RangeChecks
{
    /// <summary>Headers are the ones asked for, each the child of the one before, with times that do not go back.</summary>
    public static string? Headers(IReadOnlyList<BlockHeader> headers, IReadOnlyList<ulong> asked)
    {
        for (var i = 0; i < asked.Count; i++)
        {
            var header = headers[i];
            if (header.Number != asked[i])
                return $"block {header.Number} where {asked[i]} was asked for";
            if (i == 0)
                continue;
            var before = headers[i - 1];
            if (asked[i] == asked[i - 1] + 1 && header.ParentHash != before.Hash)
                return $"block {header.Number} has parent {header.ParentHash}, and block {before.Number} is {before.Hash}";
            if (header.Timestamp < before.Timestamp)
                return $"block {header.Number} is of time {header.Timestamp}, before block {before.Number} of {before.Timestamp}";
        }

        return null;
    }

    /// <summary>A log's block has the hash its header has, for each header known.</summary>
    public static string? BlockHashes(IEnumerable<(ulong Number, Hash256 Hash)> logged, IReadOnlyDictionary<ulong, BlockHeader> headers)
    {
        foreach (var (number, hash) in logged)
        {
            if (headers.TryGetValue(number, out var header) && header.Hash != hash)
                return $"logs of block {number} say its hash is {hash}, its header {header.Hash}";
        }

        return null;
    }

    /// <summary>Times of logs lie between those of the first and the last block.</summary>
    public static string? Times(in ReadOnlySequence<Trade> trades, BlockHeader first, BlockHeader last)
    {
        if (trades.IsEmpty)
            return null;
        var (earliest, latest) = (trades.FirstSpan[0].Timestamp, trades.Slice(trades.Length - 1).FirstSpan[0].Timestamp);
        return earliest < first.Timestamp || latest > last.Timestamp
            ? $"logs of times {earliest} to {latest} in blocks of {first.Timestamp} to {last.Timestamp}"
            : null;
    }

    /// <summary>Each epoch that ends is the one that the end before it has opened.</summary>
    public static string? Epochs(IReadOnlyList<ClosedEpoch> advances)
    {
        for (var i = 1; i < advances.Count; i++)
        {
            if (advances[i].Epoch != advances[i - 1].Opened)
                return $"epoch {advances[i].Epoch} ends where epoch {advances[i - 1].Opened} is open: logs are missing";
        }

        return null;
    }

    /// <summary>The trades of each miner sum to what the contract's running total moved by; nothing to check where it keeps none.</summary>
    public static string? Totals(in ReadOnlySequence<Trade> trades, IReadOnlyDictionary<Address, ChainCounter> totals)
    {
        if (totals.Count == 0)
            return null;
        var sums = new Dictionary<Address, UInt128>(totals.Count);
        foreach (var piece in trades)
        {
            foreach (ref readonly var trade in piece.Span)
                CollectionsMarshal.GetValueRefOrAddDefault(sums, trade.Miner, out _) += trade.Value.Value;
        }

        foreach (var (miner, total) in totals)
        {
            if (sums.GetValueOrDefault(miner) != total.After - total.Before)
                return $"trades of {miner} worth {sums.GetValueOrDefault(miner)} wei, while its running total moved by "
                    + $"{total.After - total.Before}: logs are missing";
            sums.Remove(miner);
        }

        return sums.Count == 0 ? null : $"trades of {sums.Keys.First()} without its running total: logs are missing";
    }
}
