using System.Buffers.Binary;
using System.Numerics;
using Tao20.Domain.Epochs;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;

namespace Tao20.Domain.Settlement;

/// <summary>
/// The Merkle root that commits to a ranking: leaves <c>keccak(abi.encode(rank, miner, W, S, payout))</c> in rank order; a node
/// is <c>keccak(left ++ right)</c>; an odd last node goes up unchanged; no leaves give 32 zero bytes.
/// </summary>
public static class RankingRoot
{
    /// <summary>The root over these payouts, which are in rank order.</summary>
    public static Hash256 Of(IReadOnlyList<MinerPayout> payouts, Keccak256 keccak)
    {
        var level = payouts.Select(payout => Leaf(payout, keccak)).ToList();
        if (level.Count == 0)
            return Hash256.Zero;

        Span<byte> pair = stackalloc byte[2 * Hash256.Length];
        while (level.Count > 1)
        {
            var above = new List<Hash256>((level.Count + 1) / 2);
            for (var i = 0; i + 1 < level.Count; i += 2)
            {
                level[i].CopyTo(pair);
                level[i + 1].CopyTo(pair[Hash256.Length..]);
                above.Add(keccak(pair));
            }

            if (level.Count % 2 == 1)
                above.Add(level[^1]);
            level = above;
        }

        return level[0];
    }

    /// <summary>The leaf of one payout: the hash of five 32-byte words.</summary>
    public static Hash256 Leaf(MinerPayout payout, Keccak256 keccak)
    {
        Span<byte> words = stackalloc byte[5 * 32];
        words.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(words[24..], (ulong)payout.Miner.Rank);
        payout.Miner.Miner.CopyTo(words[44..]);
        WriteWord(words[64..96], payout.Miner.Score.WeightedVolume);
        WriteWord(words[96..128], (BigInteger)payout.Miner.Score.Final.Value);
        BinaryPrimitives.WriteUInt64BigEndian(words[152..], payout.Payout.Value);
        return keccak(words);
    }

    private static void WriteWord(Span<byte> word, BigInteger value)
    {
        var length = value.GetByteCount(isUnsigned: true);
        value.TryWriteBytes(word[(32 - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
