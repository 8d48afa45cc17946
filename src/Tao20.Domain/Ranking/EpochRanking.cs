using System.Numerics;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Ranking;

/// <summary>A miner's score and the parts it is made of, all 18 decimals.</summary>
/// <param name="WeightedVolume">W: weighted eligible volume, in TAO wei.</param>
/// <param name="Volume">V: W over the largest W.</param>
/// <param name="Frequency">F: slots with a trade in them over the most such slots.</param>
/// <param name="Consistency">C: 1 less the coefficient of variation of the hourly volume.</param>
/// <param name="Final">S: the weighted sum of V, F and C.</param>
public sealed record MinerScore(BigInteger WeightedVolume, Ratio Volume, Ratio Frequency, Ratio Consistency, Ratio Final);

/// <summary>A miner with its place.</summary>
/// <param name="Rank">The place, from 1.</param>
/// <param name="Activity">What it did in the epoch.</param>
/// <param name="Score">Its score.</param>
public sealed record RankedMiner(int Rank, EpochVolume Activity, MinerScore Score)
{
    /// <summary>The miner.</summary>
    public Address Miner => Activity.Miner;
}

/// <summary>Why a miner that traded is not ranked.</summary>
public enum UnrankedReason
{
    /// <summary>None of its trades counts.</summary>
    NoEligibleTrade,

    /// <summary>Its eligible volume is below the minimum.</summary>
    BelowMinimumVolume,
}

/// <summary>A miner without a place.</summary>
/// <param name="Activity">What it did in the epoch.</param>
/// <param name="Reason">Why it has none.</param>
public sealed record UnrankedMiner(EpochVolume Activity, UnrankedReason Reason)
{
    /// <summary>The miner.</summary>
    public Address Miner => Activity.Miner;
}

/// <summary>The order of an epoch's miners: by score, then weighted volume, then address. Total, so all validators agree.</summary>
/// <param name="Ranked">With a place, best first.</param>
/// <param name="Unranked">Without one, by address.</param>
public sealed record EpochRanking(IReadOnlyList<RankedMiner> Ranked, IReadOnlyList<UnrankedMiner> Unranked)
{
    /// <summary>What every miner did that traded: those with a place, then those without one.</summary>
    public IEnumerable<EpochVolume> Activities => Ranked.Select(one => one.Activity).Concat(Unranked.Select(one => one.Activity));

    /// <summary>Ranks the miners of an epoch that ended in <paramref name="lastHour"/> (Unix time / 3600).</summary>
    public static EpochRanking Of(IEnumerable<EpochVolume> volumes, long lastHour, ScoreRules rules)
    {
        var byMinimum = volumes.ToLookup(volume => volume.EligibleWei >= rules.MinimumWei.Value && volume.EligibleWei > 0);
        var candidates = byMinimum[true].Select(volume => (volume, weighted: WeightedVolume(volume, rules))).ToList();
        var maxWeighted = candidates.Select(miner => miner.weighted).DefaultIfEmpty().Max();
        var maxSlots = candidates.Select(miner => miner.volume.Slots).DefaultIfEmpty().Max();

        var ranked = candidates
            .Select(miner => (miner.volume, score: Score(miner.volume, miner.weighted, maxWeighted, maxSlots, lastHour, rules)))
            .OrderByDescending(miner => miner.score.Final)
            .ThenByDescending(miner => miner.score.WeightedVolume)
            .ThenBy(miner => miner.volume.Miner)
            .Select((miner, index) => new RankedMiner(index + 1, miner.volume, miner.score));
        var unranked = byMinimum[false]
            .Where(volume => volume.AllTrades > 0)
            .OrderBy(volume => volume.Miner)
            .Select(volume => new UnrankedMiner(
                volume,
                volume.EligibleTrades == 0 ? UnrankedReason.NoEligibleTrade : UnrankedReason.BelowMinimumVolume
            ));
        return new EpochRanking([.. ranked], [.. unranked]);
    }

    /// <summary><c>W = (110*mint + 100*redeem) / 100</c>, in TAO wei.</summary>
    private static BigInteger WeightedVolume(EpochVolume volume, ScoreRules rules) =>
        ((BigInteger)volume.MintEligible * rules.MintPercent + (BigInteger)volume.RedeemEligible * rules.RedeemPercent) / 100;

    private static MinerScore Score(
        EpochVolume miner,
        BigInteger weighted,
        BigInteger maxWeighted,
        long maxSlots,
        long lastHour,
        ScoreRules rules
    )
    {
        var volume = Ratio.Of(weighted, maxWeighted);
        var frequency = Ratio.Of(miner.Slots, maxSlots);
        var consistency = Consistency(miner.Hourly, miner.FirstTradeHour, lastHour);
        var final =
            (rules.VolumeTenths * volume.Value + rules.FrequencyTenths * frequency.Value + rules.ConsistencyTenths * consistency.Value)
            / 10;
        return new MinerScore(weighted, volume, frequency, consistency, new Ratio(final));
    }

    /// <summary>
    /// <c>C = max(0, one - isqrt((k*sum(x^2) - sum(x)^2) * one^2 / sum(x)^2))</c> over the k hours from the later of the first
    /// trade's hour and 23 hours before the last hour, to the last hour, idle hours included; 0 for k below 2 or nothing traded.
    /// </summary>
    private static Ratio Consistency(HourlyVolume hourly, long firstTradeHour, long lastHour)
    {
        var (hours, sum, squares) = ConsistencySums(hourly, firstTradeHour, lastHour);
        if (hours < 2 || sum.IsZero)
            return Ratio.Zero;
        var one = (BigInteger)Ratio.Scale;
        var variation = IntegerRoot.Of((hours * squares - sum * sum) * one * one / (sum * sum));
        return new Ratio((Int128)BigInteger.Max(0, one - variation));
    }

    /// <summary>What the consistency is made of: how many hours, the sum of their volumes, and of the squares of these.</summary>
    internal static (long Hours, BigInteger Sum, BigInteger Squares) ConsistencySums(
        HourlyVolume hourly,
        long firstTradeHour,
        long lastHour
    )
    {
        var first = Math.Max(firstTradeHour, lastHour - (ScoreRules.ConsistencyHours - 1));
        BigInteger sum = 0,
            squares = 0;
        for (var hour = first; hour <= lastHour; hour++)
        {
            BigInteger x = hourly[hour];
            sum += x;
            squares += x * x;
        }

        return (lastHour - first + 1, sum, squares);
    }
}
