using System.Buffers.Binary;

namespace Tao20.Domain.Units;

/// <summary>A 32-byte hash: of a block, a transaction, a Merkle node.</summary>
public readonly record struct Hash256
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 32;

    /// <summary>32 zero bytes: the hash of nothing, the root of an empty tree, the parent of the first block.</summary>
    public static readonly Hash256 Zero;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>The hash in these 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"A hash is 32 bytes, not {bytes.Length}.", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The hash written as 0x and 64 hex digits.</summary>
    /// <exception cref="FormatException">It is not written so.</exception>
    public static Hash256 Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return Hex.TryDecode(text, bytes)
            ? new Hash256(bytes)
            : throw new FormatException($"'{text}' is not a hash: expected 0x and 64 hex digits.");
    }

    /// <summary>0x and 64 lower-case hex digits.</summary>
    public override string ToString() => $"0x{_a:x16}{_b:x16}{_c:x16}{_d:x16}";
}
