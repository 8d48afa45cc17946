using Tao20.Domain.Rewards;
using Tao20.Domain.Units;

namespace Tao20.Domain.Weights;

/// <summary>One neuron's weight, as the subnet takes it.</summary>
/// <param name="Uid">The neuron's UID on the subnet.</param>
/// <param name="Weight">The best paid has 65535; 0 only where the subnet wants more weights than there are.</param>
public readonly record struct SubnetWeight(ushort Uid, ushort Weight);

/// <summary>What is set on the subnet for an epoch.</summary>
/// <param name="Weights">Weights by UID, ascending, none zero.</param>
/// <param name="WithoutUid">Paid miners that have no UID, in rank order: listed and skipped.</param>
public sealed record SubnetWeights(IReadOnlyList<SubnetWeight> Weights, IReadOnlyList<Address> WithoutUid)
{
    /// <summary>
    /// The weights of these payouts: <c>round(65535 * share / max share)</c>, half up, shares over the miners that have a UID;
    /// two miners on one UID are added.
    /// </summary>
    public static SubnetWeights Of(IReadOnlyList<MinerPayout> payouts, IReadOnlyDictionary<Address, ushort> uids)
    {
        var byUid = new SortedDictionary<ushort, UInt128>();
        var without = new List<Address>();
        foreach (var payout in payouts.Where(payout => payout.Payout.Value > 0))
        {
            if (uids.TryGetValue(payout.Miner.Miner, out var uid))
                byUid[uid] = byUid.GetValueOrDefault(uid) + payout.Payout.Value;
            else
                without.Add(payout.Miner.Miner);
        }

        var most = byUid.Values.DefaultIfEmpty().Max();
        var weights = byUid.Select(pair => new SubnetWeight(pair.Key, Scaled(pair.Value, most))).Where(weight => weight.Weight > 0);
        return new SubnetWeights([.. weights], without);
    }

    /// <summary><c>round(65535 * pay / most)</c>, half up: the weight of a payout where <paramref name="most"/> is the largest.</summary>
    public static ushort Scaled(UInt128 pay, UInt128 most) => most == 0 ? (ushort)0 : (ushort)((pay * 65535 * 2 + most) / (most * 2));
}
