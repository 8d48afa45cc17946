using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Tao20.Domain.Units;

/// <summary>An EVM account or contract: 20 bytes. Ordered as its bytes are, written as lower-case hex with 0x.</summary>
public readonly record struct Address : IComparable<Address>
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 20;

    private readonly ulong _high;
    private readonly ulong _middle;
    private readonly uint _low;

    /// <summary>The address in these 20 bytes.</summary>
    /// <exception cref="ArgumentException">Not 20 bytes.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"An address is 20 bytes, not {bytes.Length}.", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _low);
    }

    /// <summary>The 20 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The address written as 0x and 40 hex digits of either case.</summary>
    /// <exception cref="FormatException">It is not written so.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException($"'{text}' is not an address: expected 0x and 40 hex digits.");

    /// <summary>Reads an address written as 0x and 40 hex digits; false when it is not.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Hex.TryDecode(text, bytes))
        {
            address = default;
            return false;
        }

        address = new Address(bytes);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Address other) =>
        _high != other._high ? _high.CompareTo(other._high)
        : _middle != other._middle ? _middle.CompareTo(other._middle)
        : _low.CompareTo(other._low);

    /// <summary>0x and 40 lower-case hex digits.</summary>
    public override string ToString() => $"0x{_high:x16}{_middle:x16}{_low:x8}";
}
