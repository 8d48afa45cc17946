using System.Diagnostics;
using System.Security.Cryptography;
using NBitcoin.Secp256k1;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>The key of one account. It signs; it cannot be read, written or shown.</summary>
/// <remarks>
/// Over NBitcoin.Secp256k1, which Nethereum brings along: <c>EthECKey</c> signs five times slower, its fast path is a switch for the whole
/// process and fails for keys that begin with a zero byte.
/// </remarks>
[DebuggerDisplay("{Address}")]
public sealed class PrivateKey
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 32;

    private readonly ECPrivKey _key;

    private PrivateKey(ECPrivKey key)
    {
        _key = key;
        Address = Signature.AddressOf(key.CreatePubKey());
    }

    /// <summary>The account.</summary>
    public Address Address { get; }

    /// <summary>The key in these 32 bytes.</summary>
    /// <exception cref="KeyException">Not 32 bytes, or not between 1 and the curve's order. The message does not repeat them.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new KeyException($"A private key is {Length} bytes; these are {bytes.Length}.");
        return ECPrivKey.TryCreate(bytes, out var key)
            ? new PrivateKey(key)
            : throw new KeyException("The private key is 0 or not below the order of secp256k1.");
    }

    /// <summary>The key in 64 hex digits, with or without 0x.</summary>
    /// <exception cref="KeyException">It is not a key. The message does not repeat it.</exception>
    public static PrivateKey FromHex(string text)
    {
        var digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        if (digits.Length != 2 * Length || digits.ContainsAnyExcept("0123456789abcdefABCDEF"))
            throw new KeyException($"A private key is {2 * Length} hex digits; this text of {digits.Length} characters is not.");
        var bytes = Convert.FromHexString(digits);
        try
        {
            return FromBytes(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>A new random key.</summary>
    public static PrivateKey Random()
    {
        while (true)
        {
            if (ECPrivKey.TryCreate(RandomNumberGenerator.GetBytes(Length), out var key))
                return new PrivateKey(key);
        }
    }

    /// <summary>The signature of a digest: deterministic (RFC 6979 with SHA-256), with the lower s (EIP-2).</summary>
    public Signature Sign(Hash256 digest) =>
        _key.TrySignRecoverable(digest.ToBytes(), out var signature) && signature is not null
            ? Signature.From(signature)
            : throw new InvalidOperationException("The digest could not be signed.");

    /// <summary>The account, never the key.</summary>
    public override string ToString() => $"key of {Address}";

    /// <summary>The key's bytes, for a keystore; the caller wipes them.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Length];
        _key.WriteToSpan(bytes);
        return bytes;
    }
}

/// <summary>A key cannot be had: what is wrong and where, without the key or the password.</summary>
public sealed class KeyException(string message, Exception? cause = null) : Exception(message, cause);
