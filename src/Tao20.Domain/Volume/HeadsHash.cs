using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>
/// One hash for all trades up to a block: over its number, and of every miner that has traded, by address, how many trades it has and their
/// running hash. Nodes that have folded the same trades have the same, however they have come to them.
/// </summary>
public static class HeadsHash
{
    /// <summary>The hash; null where the running hash of a miner is not known.</summary>
    /// <param name="block">The block.</param>
    /// <param name="heads">How far each miner's trades are.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static Hash256? Of(ulong block, IEnumerable<KeyValuePair<Address, MinerHead>> heads, Keccak256 keccak)
    {
        var input = new HashInput().Add(block);
        foreach (var (miner, head) in heads.OrderBy(one => one.Key))
        {
            if (head.Hash is null)
                return null;
            input.Add(miner).Add((ulong)head.Trades).Add(head.Hash);
        }

        return input.Hash(keccak);
    }
}
