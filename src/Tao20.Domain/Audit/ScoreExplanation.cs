using System.Globalization;
using System.Numerics;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Audit;

/// <summary>One trade of an explained epoch.</summary>
/// <param name="Trade">The trade.</param>
/// <param name="Verdict">What it counts as.</param>
/// <param name="Mint">By how much it has moved what the miner's mints count, in TAO wei: also those before it that it cancels out
/// with.</param>
/// <param name="Redeem">The same of redemptions.</param>
/// <param name="Rule">Which rule made it count so, with the numbers put in.</param>
public sealed record ExplainedTrade(Trade Trade, Verdict Verdict, WeiDelta Mint, WeiDelta Redeem, string Rule);

/// <summary>One step from volume to pay.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Formula">The rule with the numbers put in.</param>
/// <param name="Value">What it comes to.</param>
public sealed record ExplainedStep(string Rule, string Formula, string Value);

/// <summary>How a miner's trades of an epoch have become its pay: each trade, each rule, each number.</summary>
/// <param name="Report">The settled epoch.</param>
/// <param name="Miner">The miner.</param>
/// <param name="Trades">Its trades of the epoch, in the order of the chain. What they move adds up to what the epoch counts.</param>
/// <param name="Volume">What they come to.</param>
/// <param name="Payout">What it is paid; null where it has no place.</param>
/// <param name="Steps">From the volume to the pay.</param>
public sealed record ScoreExplanation(
    EpochReport Report,
    Address Miner,
    IReadOnlyList<ExplainedTrade> Trades,
    EpochVolume Volume,
    MinerPayout? Payout,
    IReadOnlyList<ExplainedStep> Steps
)
{
    /// <summary>Explains an epoch.</summary>
    /// <param name="report">The settled epoch.</param>
    /// <param name="miner">The miner.</param>
    /// <param name="trades">All of its trades up to the epoch's end, ascending by position; from <paramref name="before"/> on.</param>
    /// <param name="schedule">The parameters of each epoch.</param>
    /// <param name="keccak">The chain's hash function.</param>
    /// <param name="before">Its state before the first of them, with nothing of the epoch in it; null for one that has not traded.</param>
    public static ScoreExplanation Of(
        EpochReport report,
        Address miner,
        IEnumerable<Trade> trades,
        ParameterSchedule schedule,
        Keccak256 keccak,
        MinerVolume? before = null
    )
    {
        var epoch = report.Closed.Epoch;
        var volume = before ?? MinerVolume.Initial(miner);
        var explained = new List<ExplainedTrade>();
        foreach (var trade in trades)
        {
            var rules = schedule.At(trade.Epoch).Parameters.Eligibility;
            if (volume.Decide(new FoldTrades(miner, rules, (Trade[])[trade], null), keccak) is not FoldDecision.Fold(var folded))
                continue;
            var (counted, after) = (volume.Of(epoch), (volume = volume.Evolve(folded)).Of(epoch));
            if (trade.Epoch == epoch)
                explained.Add(
                    new ExplainedTrade(
                        trade,
                        folded.Verdicts.Span[0],
                        Between(counted.MintEligible, after.MintEligible),
                        Between(counted.RedeemEligible, after.RedeemEligible),
                        Why(trade, folded.Verdicts.Span[0], rules)
                    )
                );
        }

        var total = volume.Of(epoch);
        var payout = report.Rewards.Payouts.FirstOrDefault(one => one.Miner.Miner == miner);
        var parameters = schedule.At(epoch).Parameters;
        return new ScoreExplanation(report, miner, explained, total, payout, [.. Explain(report, total, payout, parameters)]);
    }

    private static WeiDelta Between(UInt128 before, UInt128 after) => new((Int128)after - (Int128)before);

    /// <summary>Why a trade counts as it does (source: the rules of eligibility).</summary>
    private static string Why(in Trade trade, Verdict verdict, EligibilityRules rules) =>
        verdict.Kind switch
        {
            VerdictKind.Dust => trade.Tokens == Wei.Zero
                ? "Dust: it has no tokens"
                : $"Dust: {trade.Value} wei are below Scoring:Eligibility:DustWei = {rules.DustWei}",
            VerdictKind.Burst =>
                $"Burst: {rules.BurstTrades} trades before it count within {rules.BurstSeconds} s (Scoring:Eligibility:BurstTrades, "
                    + "BurstSeconds)",
            VerdictKind.Cancelled =>
                $"Cancelled: {verdict.Tokens} of its {trade.Tokens} wei of tokens cancel out with earlier trades of the other side within "
                    + $"{rules.RoundTripSeconds} s (Scoring:Eligibility:RoundTripSeconds)",
            VerdictKind.Unread => "Unread: its log could not be read",
            VerdictKind.Halved => "Halved: by the first rules, a trade that undoes another counts half",
            _ => "Eligible: it counts in full",
        };

    private static IEnumerable<ExplainedStep> Explain(
        EpochReport report,
        EpochVolume volume,
        MinerPayout? payout,
        DomainParameters parameters
    )
    {
        var score = parameters.Score;
        yield return new(
            "Eligible volume",
            $"mints {volume.MintEligible} + redemptions {volume.RedeemEligible}",
            $"{volume.EligibleWei} wei"
        );
        if (payout is null)
        {
            yield return new(
                "Minimum (Scoring:Score:MinimumWei)",
                $"{volume.EligibleWei} >= {score.MinimumWei} is {(volume.EligibleWei >= score.MinimumWei.Value ? "right" : "not right")}",
                volume.AllTrades == 0 ? "no trades: no place" : "no place"
            );
            yield break;
        }

        var ranked = report.Ranking.Ranked;
        var (miner, own) = (payout.Miner, payout.Miner.Score);
        yield return new("Minimum (Scoring:Score:MinimumWei)", $"{volume.EligibleWei} >= {score.MinimumWei}", "it is ranked");
        yield return new(
            "Weighted volume W (Scoring:Score:MintPercent, RedeemPercent)",
            $"({score.MintPercent} * {volume.MintEligible} + {score.RedeemPercent} * {volume.RedeemEligible}) / 100",
            $"{own.WeightedVolume} wei"
        );
        yield return new(
            "Volume V",
            $"{own.WeightedVolume} / {ranked.Max(one => one.Score.WeightedVolume)}, the largest W",
            $"{own.Volume}"
        );
        yield return new(
            "Frequency F (Scoring:Eligibility:SlotSeconds)",
            $"{volume.Slots} slots with a trade / {ranked.Max(one => one.Activity.Slots)}, the most",
            $"{own.Frequency}"
        );
        yield return Consistency(report, volume, own);
        yield return new(
            "Score S (Scoring:Score:VolumeTenths, FrequencyTenths, ConsistencyTenths)",
            $"({score.VolumeTenths} * {own.Volume} + {score.FrequencyTenths} * {own.Frequency} + {score.ConsistencyTenths} * "
                + $"{own.Consistency}) / 10",
            $"{own.Final}"
        );
        yield return new(
            "Rank",
            $"{ranked.Count(one => one.Rank < miner.Rank)} of {ranked.Count} are before it: by S, then W, then address",
            $"{miner.Rank}"
        );
        foreach (var step in Pay(report, payout, parameters.Rewards))
            yield return step;
        var most = report.Rewards.Payouts.Max(one => one.Payout.Value);
        yield return new(
            "Weight, if each paid miner has a UID of its own",
            $"round(65535 * {payout.Payout} / {most}), the most that is paid",
            SubnetWeights.Scaled(payout.Payout.Value, most).ToString(CultureInfo.InvariantCulture)
        );
    }

    private static ExplainedStep Consistency(EpochReport report, EpochVolume volume, MinerScore own)
    {
        var (hours, sum, squares) = EpochRanking.ConsistencySums(volume.Hourly, volume.FirstTradeHour, report.Closed.LastHour);
        return new ExplainedStep(
            "Consistency C",
            hours < 2
                ? $"{hours} hours since its first trade: from two on it is counted"
                : $"max(0, 1 - sqrt({hours} * {squares} - {sum}^2) / {sum}) over the {hours} hours up to the epoch's end: sum of "
                    + "squares, sum",
            $"{own.Consistency}"
        );
    }

    private static IEnumerable<ExplainedStep> Pay(EpochReport report, MinerPayout payout, RewardRules rules)
    {
        var parts = report.Rewards.PartsOf(payout.Miner.Rank, rules);
        var scores = report.Ranking.Ranked.Aggregate(BigInteger.Zero, (sum, one) => sum + one.Score.Final.Value);
        yield return new(
            "Base pool (Scoring:Rewards:EmissionRao, ValidatorPercent, TierPercent)",
            $"emission {report.Rewards.Emission} + carried in {report.Rewards.CarriedIn} - validators {report.Rewards.ValidatorPool} "
                + $"- tiers {parts.TierPools} + pools of empty tiers",
            $"{parts.BasePool} rao"
        );
        yield return new(
            "Part of the base pool",
            $"{parts.BasePool} * {payout.Miner.Score.Final.Value} / {scores}, largest remainders first",
            $"{parts.Base} rao"
        );
        if (payout.Tier != Tier.None)
            yield return new(
                $"Part of the tier {payout.Tier}",
                $"{parts.TierPool} * {payout.Miner.Score.Final.Value} / {parts.TierScores}, largest remainders first",
                $"{parts.Tier} rao"
            );
        yield return new("Payout", $"{parts.Base} + {parts.Tier}", $"{payout.Payout} rao");
    }
}
