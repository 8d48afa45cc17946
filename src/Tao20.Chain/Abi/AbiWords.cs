using System.Buffers.Binary;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>Reads 32-byte words of ABI-encoded data. A word that cannot be what it is read as gives false.</summary>
public static class AbiWords
{
    /// <summary>The length of a word.</summary>
    public const int Length = 32;

    /// <summary>Word number <paramref name="index"/> as an integer of at most 128 bits.</summary>
    public static bool TryUInt128(ReadOnlySpan<byte> data, int index, out UInt128 value)
    {
        var word = data.Slice(index * Length, Length);
        value = BinaryPrimitives.ReadUInt128BigEndian(word[16..]);
        return !word[..16].ContainsAnyExcept((byte)0);
    }

    /// <summary>Word number <paramref name="index"/> as an integer of at most 64 bits.</summary>
    public static bool TryUInt64(ReadOnlySpan<byte> data, int index, out ulong value)
    {
        var fits = TryUInt128(data, index, out var wide) && wide <= ulong.MaxValue;
        value = fits ? (ulong)wide : 0;
        return fits;
    }

    /// <summary>Word number <paramref name="index"/> as an amount up to 2^96 wei.</summary>
    public static bool TryWei(ReadOnlySpan<byte> data, int index, out Wei value)
    {
        var plausible = TryUInt128(data, index, out var wide) && wide <= Wei.Max;
        value = plausible ? Wei.From(wide) : default;
        return plausible;
    }

    /// <summary>Word number <paramref name="index"/> as a boolean.</summary>
    public static bool TryBool(ReadOnlySpan<byte> data, int index, out bool value)
    {
        var fits = TryUInt128(data, index, out var wide) && wide <= 1;
        value = wide == 1;
        return fits;
    }

    /// <summary>A word that holds an address: 12 zero bytes, then 20.</summary>
    public static bool TryAddress(ReadOnlySpan<byte> word, out Address value)
    {
        var fits = !word[..12].ContainsAnyExcept((byte)0);
        value = fits ? new Address(word[12..]) : default;
        return fits;
    }

    /// <summary>Word number <paramref name="index"/> as an unsigned integer of any size.</summary>
    public static BigInteger BigInteger(ReadOnlySpan<byte> data, int index) =>
        new(data.Slice(index * Length, Length), isUnsigned: true, isBigEndian: true);
}
