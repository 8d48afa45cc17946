using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>How far miners' trades are folded, by miner.</summary>
public static class MinerHeads
{
    /// <summary>How far one miner's are; null where it is not known.</summary>
    public static MinerHead? Of(this IReadOnlyDictionary<Address, MinerHead> heads, Address miner) =>
        heads.TryGetValue(miner, out var head) ? head : null;

    /// <summary>How far some miners' are; without those that are not known.</summary>
    public static ImmutableDictionary<Address, MinerHead> Of(
        this IReadOnlyDictionary<Address, MinerHead> heads,
        IEnumerable<Address> miners
    ) => miners.Where(heads.ContainsKey).ToImmutableDictionary(miner => miner, miner => heads[miner]);
}
