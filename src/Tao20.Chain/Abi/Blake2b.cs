using Org.BouncyCastle.Crypto.Digests;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>BLAKE2b-256 (RFC 7693), the hash of Substrate.</summary>
public static class Blake2b
{
    /// <summary>The hash of these bytes.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        var digest = new Blake2bDigest(256);
        digest.BlockUpdate(data);
        Span<byte> hash = stackalloc byte[Hash256.Length];
        digest.DoFinal(hash);
        return new Hash256(hash);
    }
}
