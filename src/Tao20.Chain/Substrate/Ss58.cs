using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using SimpleBase;
using Tao20.Domain.Units;

namespace Tao20.Chain.Substrate;

/// <summary>
/// The form in which wallets show accounts: a network's number, the account and a checksum, in base 58 (source: Substrate's SS58 address
/// format; 42 is the number of all networks, which Bittensor's wallets use).
/// </summary>
public static class Ss58
{
    private const byte AnyNetwork = 42;
    private const int ChecksumLength = 2;
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("SS58PRE");

    /// <summary>An account, as wallets show it.</summary>
    public static string Encode(Hash256 account)
    {
        byte[] payload = [AnyNetwork, .. account.ToBytes()];
        return Base58.Bitcoin.Encode([.. payload, .. Checksum(payload)]);
    }

    /// <summary>Reads an account; null when it is none, or one of another network.</summary>
    public static Hash256? TryParse(string text)
    {
        var bytes = new byte[64];
        if (!Base58.Bitcoin.TryDecode(text, bytes, out var length) || length != 1 + Hash256.Length + ChecksumLength)
            return null;
        var payload = bytes[..(1 + Hash256.Length)];
        return payload[0] == AnyNetwork && bytes.AsSpan(payload.Length, ChecksumLength).SequenceEqual(Checksum(payload))
            ? new Hash256(payload.AsSpan(1))
            : null;
    }

    private static byte[] Checksum(byte[] payload)
    {
        var digest = new Blake2bDigest(512);
        digest.BlockUpdate(Prefix);
        digest.BlockUpdate(payload);
        var hash = new byte[64];
        digest.DoFinal(hash);
        return hash[..ChecksumLength];
    }
}
