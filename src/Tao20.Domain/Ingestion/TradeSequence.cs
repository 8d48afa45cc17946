using System.Buffers;
using Tao20.Domain.Trades;

namespace Tao20.Domain.Ingestion;

/// <summary>Sequences of trades made of pieces that stay where they are.</summary>
public static class TradeSequence
{
    /// <summary>Pieces one after the other.</summary>
    public static ReadOnlySequence<Trade> Of(IEnumerable<ReadOnlyMemory<Trade>> pieces)
    {
        Segment? first = null,
            last = null;
        foreach (var piece in pieces.Where(piece => !piece.IsEmpty))
        {
            last = new Segment(piece, last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<Trade>.Empty : new ReadOnlySequence<Trade>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<Trade>
    {
        public Segment(ReadOnlyMemory<Trade> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
