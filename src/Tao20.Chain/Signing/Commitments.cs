using System.Buffers.Binary;
using System.Security.Cryptography;
using Tao20.Chain.Abi;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>
/// What a validator commits to before it says it, so that nobody can copy it (source: Contracts/Registry/ValidatorRegistry.sol, commit and
/// attest).
/// </summary>
public static class Commitments
{
    private const int Word = 32;

    /// <summary>The same for all who state the same: the hash of a statement's fields, a word each.</summary>
    public static Hash256 StatementHash(Statement statement)
    {
        var words = new byte[8 * Word];
        Put(0, statement.Epoch.Value);
        Put(1, statement.BlockNumber);
        statement.BlockHash.ToBytes().CopyTo(words, 2 * Word);
        PutWide(3, statement.Nav.Value);
        PutWide(4, statement.TotalSupply.Value);
        statement.RankingRoot.ToBytes().CopyTo(words, 5 * Word);
        statement.WeightsHash.ToBytes().CopyTo(words, 6 * Word);
        statement.Parameters.ToBytes().CopyTo(words, 7 * Word);
        return Keccak.Hash(words);

        void Put(int word, ulong value) => PutWide(word, value);
        void PutWide(int word, UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(words.AsSpan((word + 1) * Word - 16), value);
    }

    /// <summary>
    /// The salt of a commitment: HMAC-SHA256 by the attester's key of "tao20-salt" and the digest. Whoever has the key and the chain can
    /// make it anew, and nobody else.
    /// </summary>
    /// <param name="key">The attester's key: its 32 bytes.</param>
    /// <param name="digest">What is signed.</param>
    public static Hash256 Salt(ReadOnlySpan<byte> key, Hash256 digest) =>
        new(HMACSHA256.HashData(key, [.. "tao20-salt"u8, .. digest.ToBytes()]));

    /// <summary>The salt by a key; its bytes are wiped.</summary>
    public static Hash256 Salt(PrivateKey key, Hash256 digest)
    {
        var bytes = key.ToBytes();
        try
        {
            return Salt(bytes, digest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The commitment: <c>keccak256(abi.encode(digest, salt))</c>.</summary>
    public static Hash256 Of(Hash256 digest, Hash256 salt) => Keccak.Hash([.. digest.ToBytes(), .. salt.ToBytes()]);
}
