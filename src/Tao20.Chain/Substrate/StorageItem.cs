using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Tao20.Domain.Units;

namespace Tao20.Chain.Substrate;

/// <summary>How one part of a storage key is hashed (source: Substrate, <c>frame_support::hash</c>).</summary>
public enum KeyHasher
{
    /// <summary>As it is.</summary>
    Identity,

    /// <summary>Behind its 64-bit xxHash, seed 0, the low byte first.</summary>
    Twox64Concat,

    /// <summary>Behind its BLAKE2b-128.</summary>
    Blake2_128Concat,
}

/// <summary>One part of a storage key, in SCALE.</summary>
public readonly struct KeyPart
{
    private KeyPart(byte[] bytes) => Bytes = bytes;

    /// <summary>The encoding.</summary>
    public byte[] Bytes { get; }

    /// <summary>A netuid, or a UID: two bytes, the low one first.</summary>
    public static implicit operator KeyPart(ushort number)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
        return new KeyPart(bytes);
    }

    /// <summary>An account or a hash.</summary>
    public static implicit operator KeyPart(Hash256 account) => new(account.ToBytes());

    /// <summary>An EVM address.</summary>
    public static implicit operator KeyPart(Address address) => new(address.ToBytes());

    /// <summary>A variant of an enumeration without fields: one byte, its number.</summary>
    public static KeyPart Variant(byte number) => new([number]);
}

/// <summary>An item of the runtime's storage.</summary>
/// <param name="Pallet">The pallet it is of.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">The type of its value as the metadata has it, single fields unwrapped; empty where it is not read here.</param>
/// <param name="Hashers">How the parts of its key are hashed; none for a single value.</param>
public sealed record StorageItem(string Pallet, string Name, string Value, params IReadOnlyList<KeyHasher> Hashers)
{
    private readonly byte[] _prefix = [.. Twox128(Pallet), .. Twox128(Name)];

    /// <summary>The key of a value.</summary>
    /// <param name="parts">The parts of the key, one for each hasher.</param>
    /// <exception cref="ArgumentException">There are more or fewer parts.</exception>
    public byte[] Key(params ReadOnlySpan<KeyPart> parts)
    {
        if (parts.Length != Hashers.Count)
            throw new ArgumentException($"A key of {Pallet}.{Name} has {Hashers.Count} parts, not {parts.Length}.", nameof(parts));
        var key = new List<byte>(_prefix);
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i].Bytes;
            if (Hashers[i] == KeyHasher.Twox64Concat)
                key.AddRange(Twox64(part, 0));
            else if (Hashers[i] == KeyHasher.Blake2_128Concat)
                key.AddRange(Blake2_128(part));
            key.AddRange(part);
        }

        return [.. key];
    }

    private static byte[] Twox128(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        return [.. Twox64(bytes, 0), .. Twox64(bytes, 1)];
    }

    private static byte[] Twox64(byte[] data, long seed)
    {
        var hash = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, XxHash64.HashToUInt64(data, seed));
        return hash;
    }

    private static byte[] Blake2_128(byte[] data)
    {
        var digest = new Blake2bDigest(128);
        digest.BlockUpdate(data);
        var hash = new byte[16];
        digest.DoFinal(hash);
        return hash;
    }
}
