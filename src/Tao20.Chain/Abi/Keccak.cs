using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>Keccak-256, the hash of the EVM (not the padded SHA3-256 of FIPS 202).</summary>
public static class Keccak
{
    // Every trade is hashed: a digest takes its state anew with each use, and to make one costs as much again.
    [ThreadStatic]
    private static KeccakDigest? _digest;

    /// <summary>The hash of <paramref name="data"/>.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        var digest = _digest ??= new KeccakDigest(256);
        digest.BlockUpdate(data);
        Span<byte> hash = stackalloc byte[Hash256.Length];
        digest.DoFinal(hash);
        return new Hash256(hash);
    }

    /// <summary>The first topic of an event: the hash of its signature, e.g. <c>Transfer(address,address,uint256)</c>.</summary>
    public static Hash256 Topic(string signature) => Hash(Encoding.ASCII.GetBytes(signature));

    /// <summary>The selector of a function: the first four bytes of its signature's hash, as 0x and 8 hex digits.</summary>
    public static string Selector(string signature) => Topic(signature).ToString()[..10];
}
