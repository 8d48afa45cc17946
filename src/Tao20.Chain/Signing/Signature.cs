using System.Numerics;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;
using BcInteger = Org.BouncyCastle.Math.BigInteger;

namespace Tao20.Chain.Signing;

/// <summary>A recoverable ECDSA signature over secp256k1.</summary>
/// <param name="R">r, 1 to n - 1.</param>
/// <param name="S">s, 1 to n / 2: the higher of the two possible ones is not accepted (EIP-2).</param>
/// <param name="YParity">Whether the point behind r has an odd y: 0 or 1.</param>
public readonly record struct Signature(BigInteger R, BigInteger S, byte YParity)
{
    /// <summary>Its length in bytes, written as r, s and v = 27 + parity.</summary>
    public const int Length = 65;

    /// <summary>The order of the curve.</summary>
    internal static readonly BcInteger Order = Curve.N;

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
        var signature = new Signature(
            new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true), new BigInteger(bytes[32..64], isUnsigned: true, isBigEndian: true), (byte)(bytes[64] >= 27 ? bytes[64] - 27 : bytes[64]));
        var n = ToBig(Order);
        return signature.R.IsZero || signature.R >= n || signature.S.IsZero || signature.S * 2 > n ? null : signature;
    }

    /// <summary>Whose signature of <paramref name="digest"/> this is (SEC 1, 4.1.6); null when it is nobody's.</summary>
    public Address? Signer(Hash256 digest)
    {
        var r = ToBc(R);
        var encoded = new byte[33];
        encoded[0] = (byte)(2 + YParity);
        Write(R, encoded.AsSpan(1));
        ECPoint point;
        try
        {
            point = Curve.Curve.DecodePoint(encoded);
        }
        catch (ArgumentException)
        {
            // No point of the curve has this x.
            return null;
        }

        var inverse = r.ModInverse(Order);
        var e = new BcInteger(1, digest.ToBytes()).Mod(Order);
        var key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, e.Negate().Multiply(inverse).Mod(Order), point, ToBc(S).Multiply(inverse).Mod(Order)).Normalize();
        return key.IsInfinity ? null : AddressOf(key);
    }

    /// <summary>The account of a public key: the last 20 bytes of the hash of x and y.</summary>
    internal static Address AddressOf(ECPoint key)
    {
        var encoded = key.Normalize().GetEncoded(compressed: false);
        return new Address(Keccak.Hash(encoded.AsSpan(1)).ToBytes().AsSpan(12));
    }

    /// <summary>The public key of a private one.</summary>
    internal static ECPoint PublicKey(BcInteger secret) => new FixedPointCombMultiplier().Multiply(Curve.G, secret).Normalize();

    internal static BigInteger ToBig(BcInteger value) => new(value.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);

    internal static BcInteger ToBc(BigInteger value) => new(1, value.ToByteArray(isUnsigned: true, isBigEndian: true));

    private static X9ECParameters Curve => CustomNamedCurves.GetByName("secp256k1");

    private static void Write(BigInteger value, Span<byte> word)
    {
        word.Clear();
        value.TryWriteBytes(word[(word.Length - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }
}
