using System.Numerics;
using Tao20.Domain.Ranking;
using Tao20.Domain.Units;

namespace Tao20.Domain.Rewards;

/// <summary>What a ranked miner is paid.</summary>
/// <param name="Miner">The miner and its place.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Payout">Its pay: its part of the base pool and of its tier.</param>
public sealed record MinerPayout(RankedMiner Miner, Tier Tier, Rao Payout);

/// <summary>How one epoch's emission is divided. Nothing is lost: see <see cref="CarriedOut"/>.</summary>
/// <param name="Emission">What the epoch gave.</param>
/// <param name="CarriedIn">Miner pools of earlier epochs that had nobody to pay; they join the base pool.</param>
/// <param name="ValidatorPool">The validators' part of the emission.</param>
/// <param name="Payouts">What each ranked miner is paid, in rank order.</param>
/// <param name="CarriedOut">The miner pool when nobody is ranked, else 0: emission + carried in = validators + payouts + carried
/// out.</param>
public sealed record EpochRewards(Rao Emission, Rao CarriedIn, Rao ValidatorPool, IReadOnlyList<MinerPayout> Payouts, Rao CarriedOut)
{
    /// <summary>Divides an epoch's emission over its ranked miners.</summary>
    public static EpochRewards Allocate(EpochRanking ranking, RewardRules rules, Rao carriedIn)
    {
        var emission = rules.EmissionRao;
        var validators = Percent(emission, rules.ValidatorPercent);
        var tierPool = Percent(emission, rules.TierPercent);
        var basePool = emission - validators - tierPool + carriedIn;
        var ranked = ranking.Ranked;
        if (ranked.Count == 0)
            return new EpochRewards(emission, carriedIn, validators, [], basePool + tierPool);

        var pay = new ulong[ranked.Count];
        var pools = LargestRemainder.Split(tierPool.Value, [.. RewardRules.Tiers.Select(tier => (BigInteger)tier.Percent)]);
        var first = 0;
        for (var i = 0; i < pools.Length; i++)
        {
            var members = Math.Min(RewardRules.Tiers[i].LastRank, ranked.Count) - first;
            if (members <= 0)
                basePool += new Rao(pools[i]);
            else
                Pay(pools[i], first, members);
            first += Math.Max(0, members);
        }

        Pay(basePool.Value, 0, ranked.Count);
        return new EpochRewards(
            emission,
            carriedIn,
            validators,
            [.. ranked.Select((miner, i) => new MinerPayout(miner, RewardRules.TierOf(miner.Rank), new Rao(pay[i])))],
            Rao.Zero
        );

        void Pay(ulong pool, int from, int count)
        {
            var scores = ranked.Skip(from).Take(count).Select(miner => (BigInteger)miner.Score.Final.Value).ToList();
            var parts = LargestRemainder.Split(pool, scores);
            for (var i = 0; i < count; i++)
                pay[from + i] += parts[i];
        }
    }

    private static Rao Percent(Rao amount, int percent) => new((ulong)((UInt128)amount.Value * (uint)percent / 100));
}
