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

        var pools = PoolsOf(tierPool, ranked.Count);
        basePool += pools.Unclaimed;
        var pay = PartsOf(basePool, ranked, 0, ranked.Count);
        foreach (var pool in pools.Tiers)
        {
            var parts = PartsOf(pool.Pool, ranked, pool.First, pool.Members);
            for (var i = 0; i < pool.Members; i++)
                pay[pool.First + i] += parts[i];
        }

        return new EpochRewards(
            emission,
            carriedIn,
            validators,
            [.. ranked.Select((miner, i) => new MinerPayout(miner, RewardRules.TierOf(miner.Rank), new Rao(pay[i])))],
            Rao.Zero
        );
    }

    /// <summary>Of what a miner's pay is made.</summary>
    /// <param name="rank">Its rank, from 1.</param>
    /// <param name="rules">The rules it was paid by.</param>
    public PayoutParts PartsOf(int rank, RewardRules rules)
    {
        IReadOnlyList<RankedMiner> ranked = [.. Payouts.Select(payout => payout.Miner)];
        var tierPool = Percent(Emission, rules.TierPercent);
        var pools = PoolsOf(tierPool, ranked.Count);
        var basePool = Emission - ValidatorPool - tierPool + CarriedIn + pools.Unclaimed;
        var own = pools.Tiers.FirstOrDefault(pool => rank > pool.First && rank <= pool.First + pool.Members);
        return new PayoutParts(
            basePool,
            new Rao(PartsOf(basePool, ranked, 0, ranked.Count)[rank - 1]),
            tierPool,
            own.Pool,
            ScoresOf(ranked, own.First, own.Members).Aggregate(BigInteger.Zero, (sum, score) => sum + score),
            own.Members == 0 ? Rao.Zero : new Rao(PartsOf(own.Pool, ranked, own.First, own.Members)[rank - 1 - own.First])
        );
    }

    /// <summary>The pool of each tier that has somebody, with where it begins; what is of the others goes to all.</summary>
    private static (IReadOnlyList<(Rao Pool, int First, int Members)> Tiers, Rao Unclaimed) PoolsOf(Rao tierPool, int ranked)
    {
        var pools = LargestRemainder.Split(tierPool.Value, [.. RewardRules.Tiers.Select(tier => (BigInteger)tier.Percent)]);
        var tiers = new List<(Rao, int, int)>();
        var unclaimed = Rao.Zero;
        var first = 0;
        for (var i = 0; i < pools.Length; i++)
        {
            var members = Math.Max(0, Math.Min(RewardRules.Tiers[i].LastRank, ranked) - first);
            if (members == 0)
                unclaimed += new Rao(pools[i]);
            else
                tiers.Add((new Rao(pools[i]), first, members));
            first += members;
        }

        return (tiers, unclaimed);
    }

    private static ulong[] PartsOf(Rao pool, IReadOnlyList<RankedMiner> ranked, int first, int count) =>
        LargestRemainder.Split(pool.Value, ScoresOf(ranked, first, count));

    private static List<BigInteger> ScoresOf(IReadOnlyList<RankedMiner> ranked, int first, int count) =>
        [.. ranked.Skip(first).Take(count).Select(miner => (BigInteger)miner.Score.Final.Value)];

    private static Rao Percent(Rao amount, int percent) => new((ulong)((UInt128)amount.Value * (uint)percent / 100));
}

/// <summary>Of what a miner's pay is made.</summary>
/// <param name="BasePool">What all ranked miners share by their scores.</param>
/// <param name="Base">The miner's part of it.</param>
/// <param name="TierPools">What the tiers have together.</param>
/// <param name="TierPool">What the miner's tier shares by its scores; 0 without a tier.</param>
/// <param name="TierScores">The sum of the tier's scores, 18 decimals.</param>
/// <param name="Tier">The miner's part of it.</param>
public sealed record PayoutParts(Rao BasePool, Rao Base, Rao TierPools, Rao TierPool, BigInteger TierScores, Rao Tier);
