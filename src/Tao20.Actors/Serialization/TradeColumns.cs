using System.Buffers.Binary;
using Google.Protobuf;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Actors.Serialization;

/// <summary>A batch of one miner's trades, column by column: what the journal spends most of its bytes on.</summary>
internal static class TradeColumns
{
    /// <summary>How many bytes an amount has.</summary>
    public const int AmountLength = 13; // 2^96 needs 97 bits

    private const int AmountsPerTrade = 3;

    public static Wire.TradeColumns ToWire(Address miner, ReadOnlySpan<Trade> trades)
    {
        var n = trades.Length;
        var hashes = new byte[n * Hash256.Length];
        var sides = new byte[n];
        // The last amount is written as 16 bytes too, hence the slack.
        var amounts = new byte[n * AmountsPerTrade * AmountLength + 3];
        var columns = new Wire.TradeColumns { Miner = Values.Bytes(miner), FirstEpoch = n > 0 ? trades[0].Epoch.Value : 0 };
        columns.Blocks.Capacity = columns.LogIndexes.Capacity = columns.Timestamps.Capacity = n;
        var oneEpoch = n == 0 || trades[0].Epoch == trades[^1].Epoch;
        ulong block = 0,
            timestamp = 0,
            epoch = columns.FirstEpoch;
        for (var i = 0; i < n; i++)
        {
            ref readonly var trade = ref trades[i];
            columns.Blocks.Add(trade.Position.Block - block);
            columns.LogIndexes.Add(trade.Position.LogIndex);
            columns.Timestamps.Add(trade.Timestamp - timestamp);
            if (!oneEpoch)
                columns.Epochs.Add(trade.Epoch.Value - epoch);
            (block, timestamp, epoch) = (trade.Position.Block, trade.Timestamp, trade.Epoch.Value);
            trade.TxHash.CopyTo(hashes.AsSpan(i * Hash256.Length));
            sides[i] = (byte)trade.Side;
            var at = i * AmountsPerTrade * AmountLength;
            BinaryPrimitives.WriteUInt128LittleEndian(amounts.AsSpan(at), trade.Tokens.Value);
            BinaryPrimitives.WriteUInt128LittleEndian(amounts.AsSpan(at + AmountLength), trade.Value.Value);
            BinaryPrimitives.WriteUInt128LittleEndian(amounts.AsSpan(at + 2 * AmountLength), trade.Nav.Value);
        }

        columns.TxHashes = UnsafeByteOperations.UnsafeWrap(hashes);
        columns.Sides = UnsafeByteOperations.UnsafeWrap(sides);
        columns.Amounts = UnsafeByteOperations.UnsafeWrap(amounts.AsMemory(0, n * AmountsPerTrade * AmountLength));
        return columns;
    }

    public static (Address Miner, Trade[] Trades) FromWire(Wire.TradeColumns columns)
    {
        var miner = Values.Address(columns.Miner);
        var n = columns.Blocks.Count;
        if (
            columns.LogIndexes.Count != n
            || columns.Timestamps.Count != n
            || columns.Sides.Length != n
            || columns.TxHashes.Length != n * Hash256.Length
            || columns.Amounts.Length != n * AmountsPerTrade * AmountLength
            || (columns.Epochs.Count != 0 && columns.Epochs.Count != n)
        )
            throw new InvalidDataException($"The columns of {n} trades have different lengths.");

        var trades = new Trade[n];
        var hashes = columns.TxHashes.Span;
        var sides = columns.Sides.Span;
        var amounts = columns.Amounts.Span;
        var epochs = columns.Epochs.Count > 0;
        ulong block = 0,
            timestamp = 0,
            epoch = columns.FirstEpoch;
        for (var i = 0; i < n; i++)
        {
            block += columns.Blocks[i];
            timestamp += columns.Timestamps[i];
            if (epochs)
                epoch += columns.Epochs[i];
            var at = i * AmountsPerTrade * AmountLength;
            trades[i] = new Trade(
                new Position(block, columns.LogIndexes[i]),
                new EpochId(epoch),
                new Hash256(hashes.Slice(i * Hash256.Length, Hash256.Length)),
                miner,
                (TradeSide)sides[i],
                ReadAmount(amounts[at..]),
                ReadAmount(amounts[(at + AmountLength)..]),
                TaoPerToken.From(ReadAmount(amounts[(at + 2 * AmountLength)..]).Value),
                timestamp
            );
        }

        return (miner, trades);
    }

    /// <summary>Writes an amount.</summary>
    public static void WriteAmount(Span<byte> bytes, UInt128 amount)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)amount);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], (uint)(amount >> 64));
        bytes[12] = (byte)(amount >> 96);
    }

    /// <summary>Reads an amount.</summary>
    public static Wei ReadAmount(ReadOnlySpan<byte> bytes)
    {
        var low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) | (ulong)bytes[12] << 32;
        return Wei.From(new UInt128(high, low));
    }
}
