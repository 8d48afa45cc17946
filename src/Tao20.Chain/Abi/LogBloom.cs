namespace Tao20.Chain.Abi;

/// <summary>
/// The bloom filter of a block's logs in its header: the address and every topic of a log each set three of 2,048 bits (Yellow Paper,
/// section 4.3.1, function M). What is not in it has not been logged; what is in it may have been.
/// </summary>
public sealed class LogBloom
{
    /// <summary>Its size, in bytes.</summary>
    public const int Length = 256;

    private readonly byte[] _bytes = new byte[Length];

    /// <summary>The three bits that an address or a topic sets, from 0 to 2047; bit 0 is the lowest of the last byte.</summary>
    public static int[] BitsOf(ReadOnlySpan<byte> item)
    {
        ReadOnlySpan<byte> hash = Keccak.Hash(item).ToBytes();
        return [BitAt(hash), BitAt(hash[2..]), BitAt(hash[4..])];
    }

    /// <summary>Whether the bits are set in a bloom written as hex digits, without 0x.</summary>
    public static bool Has(ReadOnlySpan<byte> digits, int[] bits)
    {
        foreach (var bit in bits)
        {
            if ((HexText.Digit(digits[2 * Length - 1 - bit / 4]) & 1 << bit % 4) == 0)
                return false;
        }

        return true;
    }

    /// <summary>Adds an address or a topic.</summary>
    public void Add(ReadOnlySpan<byte> item)
    {
        foreach (var bit in BitsOf(item))
            _bytes[Length - 1 - bit / 8] |= (byte)(1 << bit % 8);
    }

    /// <summary>Whether it is this one.</summary>
    public bool Is(ReadOnlySpan<byte> bloom) => bloom.SequenceEqual(_bytes);

    /// <summary>As 0x and hex digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(_bytes);

    private static int BitAt(ReadOnlySpan<byte> hash) => (hash[0] << 8 | hash[1]) & 2047;
}
