using System.Buffers;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;

namespace Tao20.Chain.Contracts;

/// <summary>
/// Takes trades one by one and gives them out as a sequence: it grows without moving any, and holds little more than there are, in
/// memory of a pool. Without that memory every range would leave a megabyte of old trades to the garbage collector.
/// </summary>
public sealed class TradeBuffer : IDisposable
{
    private const int SegmentTrades = 256;

    // As many as hold what waits at most while a reader is far behind, and what is being read meanwhile: 6 MB.
    private static readonly ArrayPool<Trade> Pool = ArrayPool<Trade>.Create(SegmentTrades, 160);
    private readonly List<Trade[]> _segments = [];
    private int _inLast = SegmentTrades;

    /// <summary>Adds a trade at the end.</summary>
    public void Add(in Trade trade)
    {
        if (_inLast == SegmentTrades)
        {
            _segments.Add(Pool.Rent(SegmentTrades));
            _inLast = 0;
        }

        _segments[^1][_inLast++] = trade;
    }

    /// <summary>All trades so far, where they are.</summary>
    public ReadOnlySequence<Trade> ToSequence() =>
        TradeSequence.Of(
            _segments.Select((segment, i) => new ReadOnlyMemory<Trade>(segment, 0, i < _segments.Count - 1 ? SegmentTrades : _inLast))
        );

    /// <summary>Gives the memory back: no sequence of these trades is to be read any more.</summary>
    public void Dispose()
    {
        _segments.ForEach(segment => Pool.Return(segment));
        _segments.Clear();
        _inLast = SegmentTrades;
    }
}
