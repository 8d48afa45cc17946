using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>
/// Reads ABI-encoded data with lists in it. What does not fit is a <see cref="FormatException"/>, never read past the end.
/// </summary>
public readonly struct AbiData(ReadOnlyMemory<byte> data)
{
    private const int MaxItems = 65_536;

    /// <summary>Word number <paramref name="index"/> as an integer of any size.</summary>
    /// <exception cref="FormatException">There is no such word.</exception>
    public BigInteger Integer(int index) => new(Word(index), isUnsigned: true, isBigEndian: true);

    /// <summary>Word number <paramref name="index"/> as an integer of at most 64 bits.</summary>
    /// <exception cref="FormatException">There is no such word, or it is larger.</exception>
    public ulong UInt64(int index) =>
        Integer(index) is var value && value <= ulong.MaxValue ? (ulong)value : throw new FormatException($"word {index} is above 2^64");

    /// <summary>Word number <paramref name="index"/> as an amount in wei.</summary>
    /// <exception cref="FormatException">There is no such word, or it is above 2^96.</exception>
    public Wei Wei(int index) =>
        Integer(index) is var value && value <= Domain.Units.Wei.Max
            ? Domain.Units.Wei.From((UInt128)value)
            : throw new FormatException($"word {index} is above 2^96");

    /// <summary>Word number <paramref name="index"/> as 32 bytes.</summary>
    /// <exception cref="FormatException">There is no such word.</exception>
    public Hash256 Hash(int index) => new(Word(index));

    /// <summary>Word number <paramref name="index"/> as an address.</summary>
    /// <exception cref="FormatException">There is no such word.</exception>
    public Address Address(int index) => new(Word(index)[^Domain.Units.Address.Length..]);

    /// <summary>The list that word number <paramref name="index"/> points to: its items, each a word.</summary>
    /// <exception cref="FormatException">It points outside of the data.</exception>
    public (AbiData Items, int Count) List(int index)
    {
        var (length, rest) = Tail(index);
        if (length > MaxItems || (int)length * 32 > rest.Length)
            throw new FormatException($"a list of {length} items does not fit");
        return (new AbiData(rest), (int)length);
    }

    /// <summary>The struct that word number <paramref name="index"/> points to.</summary>
    /// <exception cref="FormatException">It points outside of the data.</exception>
    public AbiData Tuple(int index)
    {
        var offset = Integer(index);
        return offset <= data.Length
            ? new AbiData(data[(int)offset..])
            : throw new FormatException($"word {index} points outside of the data");
    }

    /// <summary>The byte string that word number <paramref name="index"/> points to.</summary>
    /// <exception cref="FormatException">It points outside of the data.</exception>
    public byte[] Bytes(int index)
    {
        var (length, rest) = Tail(index);
        return length <= rest.Length ? rest[..(int)length].ToArray() : throw new FormatException($"{length} bytes do not fit");
    }

    private (BigInteger Length, ReadOnlyMemory<byte> Content) Tail(int index)
    {
        var offset = Integer(index);
        if (offset > data.Length - 32)
            throw new FormatException($"word {index} points outside of the data");
        var tail = data[(int)offset..];
        return (new AbiData(tail).Integer(0), tail[32..]);
    }

    private ReadOnlySpan<byte> Word(int index) =>
        (index + 1) * 32 <= data.Length
            ? data.Span.Slice(index * 32, 32)
            : throw new FormatException($"there is no word {index} in {data.Length} bytes");
}
