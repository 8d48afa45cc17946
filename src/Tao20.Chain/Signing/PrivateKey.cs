using System.Diagnostics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Tao20.Domain.Units;
using BcInteger = Org.BouncyCastle.Math.BigInteger;

namespace Tao20.Chain.Signing;

/// <summary>The key of one account. It signs; it cannot be read, written or shown.</summary>
[DebuggerDisplay("{Address}")]
public sealed class PrivateKey
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 32;

    private readonly BcInteger _secret;
    private readonly ECPrivateKeyParameters _parameters;

    private PrivateKey(BcInteger secret)
    {
        _secret = secret;
        var curve = Org.BouncyCastle.Crypto.EC.CustomNamedCurves.GetByName("secp256k1");
        _parameters = new ECPrivateKeyParameters(secret, new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H));
        Address = Signature.AddressOf(Signature.PublicKey(secret));
    }

    /// <summary>The account.</summary>
    public Address Address { get; }

    /// <summary>The key in these 32 bytes.</summary>
    /// <exception cref="KeyException">Not 32 bytes, or not between 1 and the curve's order. The message does not repeat them.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new KeyException($"A private key is {Length} bytes; these are {bytes.Length}.");
        var secret = new BcInteger(1, bytes.ToArray());
        if (secret.SignValue == 0 || secret.CompareTo(Signature.Order) >= 0)
            throw new KeyException("The private key is 0 or not below the order of secp256k1.");
        return new PrivateKey(secret);
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
            var secret = new BcInteger(1, RandomNumberGenerator.GetBytes(Length));
            if (secret.SignValue > 0 && secret.CompareTo(Signature.Order) < 0)
                return new PrivateKey(secret);
        }
    }

    /// <summary>The signature of a digest: deterministic (RFC 6979 with SHA-256), with the lower s (EIP-2).</summary>
    public Signature Sign(Hash256 digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, _parameters);
        var rs = signer.GenerateSignature(digest.ToBytes());
        var s = rs[1].ShiftLeft(1).CompareTo(Signature.Order) > 0 ? Signature.Order.Subtract(rs[1]) : rs[1];
        var signature = new Signature(Signature.ToBig(rs[0]), Signature.ToBig(s), 0);
        return signature.Signer(digest) == Address ? signature : signature with { YParity = 1 };
    }

    /// <summary>The account, never the key.</summary>
    public override string ToString() => $"key of {Address}";

    /// <summary>The key's bytes, for a keystore; the caller wipes them.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Length];
        var secret = _secret.ToByteArrayUnsigned();
        secret.CopyTo(bytes, Length - secret.Length);
        CryptographicOperations.ZeroMemory(secret);
        return bytes;
    }
}

/// <summary>A key cannot be had: what is wrong and where, without the key or the password.</summary>
public sealed class KeyException(string message, Exception? cause = null) : Exception(message, cause);
