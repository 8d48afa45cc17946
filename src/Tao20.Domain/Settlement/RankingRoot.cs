using System.Buffers.Binary;
using System.Numerics;
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
        var level = Leaves(payouts, keccak);
        while (level.Count > 1)
            level = Above(level, keccak);
        return level.Count == 0 ? Hash256.Zero : level[0];
    }

    /// <summary>
    /// What proves one place of a ranking by its root: the siblings from the leaf to the root, those that there are (source:
    /// Contracts/Registry/RankingProof.sol, which checks it).
    /// </summary>
    /// <param name="payouts">The payouts, in rank order.</param>
    /// <param name="rank">The rank, from 1.</param>
    /// <param name="keccak">The chain's hash function.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rank.</exception>
    public static IReadOnlyList<Hash256> ProofOf(IReadOnlyList<MinerPayout> payouts, int rank, Keccak256 keccak)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, payouts.Count);
        var siblings = new List<Hash256>();
        var place = rank - 1;
        for (var level = Leaves(payouts, keccak); level.Count > 1; level = Above(level, keccak))
        {
            var sibling = place % 2 == 1 ? place - 1 : place + 1;
            if (sibling < level.Count)
                siblings.Add(level[sibling]);
            place /= 2;
        }

        return siblings;
    }

    private static List<Hash256> Leaves(IReadOnlyList<MinerPayout> payouts, Keccak256 keccak) =>
        [.. payouts.Select(payout => Leaf(payout, keccak))];

    private static List<Hash256> Above(List<Hash256> level, Keccak256 keccak)
    {
        Span<byte> pair = stackalloc byte[2 * Hash256.Length];
        var above = new List<Hash256>((level.Count + 1) / 2);
        for (var i = 0; i + 1 < level.Count; i += 2)
        {
            level[i].CopyTo(pair);
            level[i + 1].CopyTo(pair[Hash256.Length..]);
            above.Add(keccak(pair));
        }

        if (level.Count % 2 == 1)
            above.Add(level[^1]);
        return above;
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
