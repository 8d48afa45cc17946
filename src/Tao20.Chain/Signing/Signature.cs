using System.Numerics;
using NBitcoin.Secp256k1;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>A recoverable ECDSA signature over secp256k1.</summary>
/// <param name="R">r, 1 to n - 1.</param>
/// <param name="S">s, 1 to n / 2: the higher of the two possible ones is not accepted (EIP-2).</param>
/// <param name="YParity">Whether the point behind r has an odd y: 0 or 1.</param>
public readonly record struct Signature(BigInteger R, BigInteger S, byte YParity)
{
    /// <summary>Its length in bytes, written as r, s and v = 27 + parity.</summary>
    public const int Length = 65;

    private const int CompactLength = 64;

    /// <summary>The order of the curve (source: SEC 2, secp256k1).</summary>
    private static readonly BigInteger Order = BigInteger.Parse(
        "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        System.Globalization.NumberStyles.HexNumber,
        null
    );

    /// <summary>The bytes r, s, v with v = 27 or 28, as contracts take them.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Write(R, bytes.AsSpan(0, 32));
        Write(S, bytes.AsSpan(32, 32));
        bytes[64] = (byte)(27 + YParity);
        return bytes;
    }

    /// <summary>Reads r, s, v; v may be 0, 1, 27 or 28. Null when it is not 65 bytes, out of range, or has a high s.</summary>
    public static Signature? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || bytes[64] is not (0 or 1 or 27 or 28))
            return null;
        var signature = Of(bytes[..CompactLength], (byte)(bytes[64] >= 27 ? bytes[64] - 27 : bytes[64]));
        return signature.R.IsZero || signature.R >= Order || signature.S.IsZero || signature.S * 2 > Order ? null : signature;
    }

    /// <summary>Whose signature of <paramref name="digest"/> this is (SEC 1, 4.1.6); null when it is nobody's.</summary>
    public Address? Signer(Hash256 digest) =>
        SecpRecoverableECDSASignature.TryCreateFromCompact(ToBytes().AsSpan(0, CompactLength), YParity, out var signature)
        && ECPubKey.TryRecover(Context.Instance, signature, digest.ToBytes(), out var key)
            ? AddressOf(key)
            : null;

    /// <summary>The signature that the library has made: its s is the lower one.</summary>
    internal static Signature From(SecpRecoverableECDSASignature signature)
    {
        Span<byte> compact = stackalloc byte[CompactLength];
        signature.WriteToSpanCompact(compact, out var recovery);
        return Of(compact, (byte)(recovery & 1));
    }

    /// <summary>The account of a public key: the last 20 bytes of the hash of x and y.</summary>
    internal static Address AddressOf(ECPubKey key)
    {
        Span<byte> encoded = stackalloc byte[65];
        key.WriteToSpan(compressed: false, encoded, out _);
        return new Address(Keccak.Hash(encoded[1..]).ToBytes().AsSpan(12));
    }

    private static Signature Of(ReadOnlySpan<byte> compact, byte parity) =>
        new(
            new BigInteger(compact[..32], isUnsigned: true, isBigEndian: true),
            new BigInteger(compact[32..CompactLength], isUnsigned: true, isBigEndian: true),
            parity
        );

    private static void Write(BigInteger value, Span<byte> word)
    {
        word.Clear();
        value.TryWriteBytes(word[(word.Length - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }
}
