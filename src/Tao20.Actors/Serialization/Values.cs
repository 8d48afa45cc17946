using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Serialization;

/// <summary>The small values all messages are made of.</summary>
internal static class Values
{
    public static ByteString Bytes(Address address) => UnsafeByteOperations.UnsafeWrap(address.ToBytes());

    public static Address Address(ByteString bytes) => new(bytes.Span);

    public static ByteString Bytes(Hash256 hash) => UnsafeByteOperations.UnsafeWrap(hash.ToBytes());

    public static Hash256 Hash(ByteString bytes) => new(bytes.Span);

    public static ByteString Bytes(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
        return ByteString.CopyFrom(bytes.TrimEnd((byte)0));
    }

    /// <summary>Nothing where it is not known.</summary>
    public static ByteString Bytes(Hash256? hash) => hash is { } known ? Bytes(known) : ByteString.Empty;

    public static Hash256? HashOrNull(ByteString bytes) => bytes.IsEmpty ? null : Hash(bytes);

    public static ByteString Bytes(IReadOnlyList<Hash256> hashes) =>
        UnsafeByteOperations.UnsafeWrap(hashes.SelectMany(hash => hash.ToBytes()).ToArray());

    public static IReadOnlyList<Hash256> Hashes(ByteString bytes)
    {
        var hashes = new Hash256[bytes.Length / Hash256.Length];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = new Hash256(bytes.Span.Slice(i * Hash256.Length, Hash256.Length));
        return hashes;
    }

    public static Wei Amount(ByteString bytes) => Wei.From(UInt128(bytes));

    public static UInt128 UInt128(ByteString bytes)
    {
        Span<byte> padded = stackalloc byte[16];
        bytes.Span.CopyTo(padded);
        return BinaryPrimitives.ReadUInt128LittleEndian(padded);
    }

    public static ByteString Bytes(WeiDelta delta) => Bytes((UInt128)delta.Value);

    public static WeiDelta Delta(ByteString bytes) => new((Int128)UInt128(bytes));

    public static ByteString Bytes(BigInteger value) => UnsafeByteOperations.UnsafeWrap(value.ToByteArray(isUnsigned: true));

    public static BigInteger BigInteger(ByteString bytes) => new(bytes.Span, isUnsigned: true);

    public static Ratio Ratio(ByteString bytes) => new((Int128)UInt128(bytes));

    public static ByteString Bytes(Ratio nonNegative) => Bytes((UInt128)nonNegative.Value);

    public static ByteString Bytes(IEnumerable<Address> addresses) =>
        UnsafeByteOperations.UnsafeWrap(addresses.SelectMany(address => address.ToBytes()).ToArray());

    public static IReadOnlyList<Address> Addresses(ByteString bytes)
    {
        var addresses = new Address[bytes.Length / Domain.Units.Address.Length];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = new Address(bytes.Span.Slice(i * Domain.Units.Address.Length, Domain.Units.Address.Length));
        return addresses;
    }

    public static Wire.Position Position(Position position) => new() { Block = position.Block, LogIndex = position.LogIndex };

    public static Position Position(Wire.Position position) => new(position.Block, position.LogIndex);

    /// <summary>Nothing where there is none.</summary>
    public static Wire.Position? PositionOrNull(Position? position) => position is { } known ? Position(known) : null;

    public static Position? PositionOrNull(Wire.Position? wire) => wire is null ? null : Position(wire);

    /// <summary>Nothing where it is not known.</summary>
    public static Wire.ChainedHash? Chained(ChainedHash? chained) =>
        chained is { } known ? new() { Previous = Bytes(known.Previous), Hash = Bytes(known.Hash) } : null;

    public static ChainedHash? Chained(Wire.ChainedHash? wire) => wire is null ? null : new(Hash(wire.Previous), Hash(wire.Hash));

    public static Wire.Tally Tally(Tally tally) => new() { Trades = tally.Trades, Wei = Bytes(tally.Wei) };

    public static Tally Tally(Wire.Tally tally) => new(tally.Trades, UInt128(tally.Wei));
}
