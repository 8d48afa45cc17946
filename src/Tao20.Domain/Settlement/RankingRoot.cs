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

    /// <summary>Whether a leaf stands at a place of a ranking with a root (source: Contracts/Registry/RankingProof.sol).</summary>
    /// <param name="root">The root.</param>
    /// <param name="count">How many miners are ranked.</param>
    /// <param name="rank">The rank, from 1.</param>
    /// <param name="leaf">The leaf: <see cref="Leaf(int, Address, BigInteger, BigInteger, Rao, Keccak256)"/>.</param>
    /// <param name="siblings">From the leaf to the root, those that there are.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static bool IsRanked(Hash256 root, int count, int rank, Hash256 leaf, IReadOnlyList<Hash256> siblings, Keccak256 keccak)
    {
        if (rank < 1 || rank > count)
            return false;
        Span<byte> pair = stackalloc byte[2 * Hash256.Length];
        var (node, place, used) = (leaf, rank - 1, 0);
        for (; count > 1; count = count / 2 + count % 2)
        {
            if (place % 2 == 1 || place + 1 < count)
            {
                if (used == siblings.Count)
                    return false;
                var sibling = siblings[used++];
                (place % 2 == 1 ? sibling : node).CopyTo(pair);
                (place % 2 == 1 ? node : sibling).CopyTo(pair[Hash256.Length..]);
                node = keccak(pair);
            }

            place /= 2;
        }

        return used == siblings.Count && node == root;
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
    public static Hash256 Leaf(MinerPayout payout, Keccak256 keccak) =>
        Leaf(
            payout.Miner.Rank,
            payout.Miner.Miner,
            payout.Miner.Score.WeightedVolume,
            (BigInteger)payout.Miner.Score.Final.Value,
            payout.Payout,
            keccak
        );

    /// <summary>The leaf of what a ranking says of one miner.</summary>
    /// <param name="rank">The rank, from 1.</param>
    /// <param name="miner">The miner.</param>
    /// <param name="weightedVolume">W, in TAO wei; 0 to 2^256 - 1.</param>
    /// <param name="score">S, 18 decimals; 0 to 2^256 - 1.</param>
    /// <param name="payout">What it is paid.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static Hash256 Leaf(int rank, Address miner, BigInteger weightedVolume, BigInteger score, Rao payout, Keccak256 keccak)
    {
        Span<byte> words = stackalloc byte[5 * 32];
        words.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(words[24..], (ulong)rank);
        miner.CopyTo(words[44..]);
        WriteWord(words[64..96], weightedVolume);
        WriteWord(words[96..128], score);
        BinaryPrimitives.WriteUInt64BigEndian(words[152..], payout.Value);
        return keccak(words);
    }

    private static void WriteWord(Span<byte> word, BigInteger value)
    {
        var length = value.GetByteCount(isUnsigned: true);
        value.TryWriteBytes(word[(32 - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
