using System.Buffers.Binary;

namespace Tao20.Domain.Units;

/// <summary>
/// What is hashed, put together field by field, each in a fixed number of bytes, numbers with the highest byte first: two inputs are the
/// same only if all fields are.
/// </summary>
internal sealed class HashInput
{
    private readonly MemoryStream _bytes = new();

    public HashInput Add(Hash256? hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        (hash ?? Hash256.Zero).CopyTo(bytes);
        return Write(bytes);
    }

    public HashInput Add(Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Length];
        address.CopyTo(bytes);
        return Write(bytes);
    }

    public HashInput Add(ulong number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return Write(bytes);
    }

    public HashInput Add(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return Write(bytes);
    }

    public Hash256 Hash(Keccak256 keccak) => keccak(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));

    private HashInput Write(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }
}
