using System.Buffers;
using Tao20.Domain.Epochs;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Ingestion;

/// <summary>What the contract logged in a range of blocks, checked; to be folded as a whole or not at all.</summary>
/// <param name="First">The header of the first block.</param>
/// <param name="Last">The header of the last block.</param>
/// <param name="Trades">The trades in chain order, with the epoch still to be set.</param>
/// <param name="Advances">The epoch changes in chain order.</param>
/// <param name="Totals">The contract's running totals by miner; empty when it keeps none.</param>
/// <param name="Facts">What the registry says, in chain order.</param>
/// <param name="Quarantined">The logs that could not be decoded.</param>
/// <param name="Logs">How many logs there were.</param>
/// <param name="Bytes">The size of the node's reply.</param>
/// <param name="By">What the endpoint that gave it is called.</param>
public sealed record TradeRange(
    BlockHeader First,
    BlockHeader Last,
    ReadOnlySequence<Trade> Trades,
    IReadOnlyList<ClosedEpoch> Advances,
    IReadOnlyDictionary<Address, ChainCounter> Totals,
    IReadOnlyList<RegistryLog> Facts,
    IReadOnlyList<QuarantinedLog> Quarantined,
    int Logs,
    int Bytes,
    string By
) : IDisposable
{
    private readonly ReadOnlySequence<Trade> _trades = Trades;
    private bool _disposed;

    /// <summary>The trades in chain order, with the epoch still to be set.</summary>
    /// <exception cref="ObjectDisposedException">The range has been disposed of.</exception>
    public ReadOnlySequence<Trade> Trades
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _trades;
        }
    }

    /// <summary>What the trades are in; null when it is nobody's to give back.</summary>
    public IDisposable? Memory { get; init; }

    /// <summary>Gives the memory of the trades back, once they have been copied. Who does not leaves it to the garbage collector.</summary>
    public void Dispose()
    {
        _disposed = true;
        Memory?.Dispose();
    }

    /// <summary>
    /// How many of these may be folded together: up to where a miner's running total does not go on from where it was, or an epoch ends
    /// that is not the open one. There a log is missing, and what is before it is folded first, so that it shows between what.
    /// </summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="open">The epoch that is open before them; null when it is not known.</param>
    public static int Unbroken(IReadOnlyList<TradeRange> ranges, EpochId? open = null)
    {
        var totals = new Dictionary<Address, UInt128>();
        for (var i = 0; i < ranges.Count; i++)
        {
            if (i > 0 && ranges[i].Advances is [var end, ..] && open is { } before && before.Value < end.Epoch.Value)
                return i;
            open = ranges[i].Advances is [.., var opened] ? opened.Opened : open;
            foreach (var (miner, total) in ranges[i].Totals)
            {
                if (totals.TryGetValue(miner, out var earlier) && earlier != total.Before)
                    return i;
                totals[miner] = total.After;
            }
        }

        return ranges.Count;
    }

    /// <summary>Consecutive ranges as one: what waits for a busy journal is folded together.</summary>
    /// <exception cref="ArgumentException">None given, or one that does not follow on the one before.</exception>
    public static TradeRange Joined(IReadOnlyList<TradeRange> ranges)
    {
        if (ranges.Count == 0)
            throw new ArgumentException("There is nothing to join.", nameof(ranges));
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].First.ParentHash != ranges[i - 1].Last.Hash)
                throw new ArgumentException(
                    $"Block {ranges[i].First.Number} does not follow on block {ranges[i - 1].Last.Number}.",
                    nameof(ranges)
                );
        }

        if (ranges.Count == 1)
            return ranges[0];
        var totals = new Dictionary<Address, ChainCounter>();
        foreach (var (miner, total) in ranges.SelectMany(range => range.Totals))
            totals[miner] = totals.TryGetValue(miner, out var earlier) ? total with { Before = earlier.Before } : total;
        return new TradeRange(
            ranges[0].First,
            ranges[^1].Last,
            TradeSequence.Of(ranges.SelectMany(range => Pieces(range.Trades))),
            [.. ranges.SelectMany(range => range.Advances)],
            totals,
            [.. ranges.SelectMany(range => range.Facts)],
            [.. ranges.SelectMany(range => range.Quarantined)],
            ranges.Sum(range => range.Logs),
            ranges.Sum(range => range.Bytes),
            ranges[^1].By
        );
    }

    private static IEnumerable<ReadOnlyMemory<Trade>> Pieces(ReadOnlySequence<Trade> trades)
    {
        foreach (var piece in trades)
            yield return piece;
    }
}
