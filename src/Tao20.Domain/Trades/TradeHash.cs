using System.Buffers.Binary;
using Tao20.Domain.Units;

namespace Tao20.Domain.Trades;

/// <summary>
/// The running hash of a miner's trades: <c>keccak(head ++ trade)</c>, trade by trade, so that it does not depend on how they were cut into
/// batches. A trade is written as its block (8 bytes), log index (4), epoch (8), transaction hash (32), side (1), tokens, value and NAV (13
/// each) and timestamp (8), numbers with the highest byte first. What a trade counts as follows from the trades and the parameters.
/// </summary>
public static class TradeHash
{
    private const int AmountLength = 13; // 2^96 needs 97 bits

    /// <summary>What the first trade is hashed with: 32 zero bytes, or the hash of what the chain had counted before (16 bytes).</summary>
    public static Hash256 First(UInt128 baselineWei, Keccak256 keccak)
    {
        if (baselineWei == 0)
            return Hash256.Zero;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, baselineWei);
        return keccak(bytes);
    }

    /// <summary>The hash after one more trade.</summary>
    public static Hash256 After(Hash256 head, in Trade trade, Keccak256 keccak)
    {
        Span<byte> bytes = stackalloc byte[2 * Hash256.Length + 8 + 4 + 8 + 1 + 3 * AmountLength + 8];
        head.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[32..], trade.Position.Block);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[40..], trade.Position.LogIndex);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[44..], trade.Epoch.Value);
        trade.TxHash.CopyTo(bytes[52..]);
        bytes[84] = (byte)trade.Side;
        WriteAmount(bytes[85..], trade.Tokens.Value);
        WriteAmount(bytes[98..], trade.Value.Value);
        WriteAmount(bytes[111..], trade.Nav.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[124..], trade.Timestamp);
        return keccak(bytes);
    }

    private static void WriteAmount(Span<byte> bytes, UInt128 amount)
    {
        bytes[0] = (byte)(amount >> 96);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)(amount >> 64));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[5..], (ulong)amount);
    }
}
