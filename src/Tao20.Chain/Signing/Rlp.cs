using System.Numerics;

namespace Tao20.Chain.Signing;

/// <summary>Recursive Length Prefix, the encoding of transactions (source: Ethereum yellow paper, appendix B).</summary>
public static class Rlp
{
    /// <summary>A byte string.</summary>
    public static byte[] String(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < 0x80 ? bytes.ToArray() : [.. Prefix(bytes.Length, 0x80), .. bytes];

    /// <summary>A non-negative integer: big-endian, without leading zeros; 0 is the empty string.</summary>
    public static byte[] Integer(BigInteger value) => String(value.IsZero ? [] : value.ToByteArray(isUnsigned: true, isBigEndian: true));

    /// <summary>A list of items that are encoded already.</summary>
    public static byte[] List(params IReadOnlyList<byte[]> items) => [.. Prefix(items.Sum(item => item.Length), 0xc0), .. items.SelectMany(item => item)];

    private static byte[] Prefix(int length, byte offset)
    {
        if (length <= 55)
            return [(byte)(offset + length)];
        var size = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(offset + 55 + size.Length), .. size];
    }
}
