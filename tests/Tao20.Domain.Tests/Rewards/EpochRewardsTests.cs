using CsCheck;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Tests.Ranking;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Rewards;

[Trait("Category", "Fast")]
public sealed class EpochRewardsTests
{
    private static readonly Gen<(EpochRanking Ranking, Rao Emission, Rao Carried)> Cases = Gen.Select(
            EpochRankingTests.Volumes,
            Gen.ULong[0, 1_000_000_000_000],
            Gen.ULong[0, 1_000_000]
        )
        .Select(
            (volumes, emission, carried) => (EpochRanking.Of(volumes, 472_222, ScoreRules.Default), new Rao(emission), new Rao(carried))
        );

    [Fact]
    public void Payouts_sum_to_the_emission_whatever_the_scores() =>
        Cases.Sample(
            (ranking, emission, carried) =>
            {
                var rewards = EpochRewards.Allocate(ranking, RewardRules.Default with { EmissionRao = emission }, carried);
                var paid = rewards.Payouts.Aggregate(Rao.Zero, (sum, payout) => sum + payout.Payout);
                Assert.Equal(emission + carried, paid + rewards.ValidatorPool + rewards.CarriedOut);
                if (ranking.Ranked.Count > 0)
                    Assert.Equal(Rao.Zero, rewards.CarriedOut);
            }
        );

    [Fact]
    public void A_better_score_is_never_paid_less() =>
        Cases.Sample(
            (ranking, emission, carried) =>
            {
                var payouts = EpochRewards.Allocate(ranking, RewardRules.Default with { EmissionRao = emission }, carried).Payouts;
                foreach (var (better, worse) in payouts.Zip(payouts.Skip(1)))
                {
                    // Within a pool; between pools a tier of many may pay each less than the next tier's few.
                    if (better.Tier == worse.Tier)
                        Assert.True(better.Payout.Value + 2 >= worse.Payout.Value);
                }
            }
        );

    [Fact]
    public void One_miner_alone_takes_all_but_the_validators_part()
    {
        var ranking = EpochRanking.Of([EpochRankingTests.Volume(1, 5000, 0, 5)], 472_222, ScoreRules.Default);
        var rewards = EpochRewards.Allocate(ranking, RewardRules.Default with { EmissionRao = new Rao(1000) }, Rao.Zero);
        Assert.Equal(new Rao(50), rewards.ValidatorPool);
        Assert.Equal(new Rao(950), Assert.Single(rewards.Payouts).Payout);
    }

    [Fact]
    public void Tiers_split_a_quarter_in_forty_twenty_five_twenty_ten_and_five_percent()
    {
        // Twenty-one equal miners: the base gives each the same, the rest is the tier's.
        var volumes = Enumerable.Range(1, 21).Select(i => EpochRankingTests.Volume(i, 5000, 0, 5));
        var rewards = EpochRewards.Allocate(
            EpochRanking.Of(volumes, 472_222, ScoreRules.Default),
            RewardRules.Default with
            {
                EmissionRao = new Rao(2_100_000),
            },
            Rao.Zero
        );
        var basePay = rewards.Payouts[20].Payout.Value;
        ulong tierPay(int rank) => rewards.Payouts[rank - 1].Payout.Value - basePay;
        Assert.Equal(2_100_000UL * 70 / 100 / 21, basePay);
        Assert.Equal(525_000UL * 40 / 100, tierPay(1));
        Assert.Equal(525_000UL * 25 / 100, tierPay(2));
        Assert.Equal(525_000UL * 20 / 100 / 3, tierPay(3));
        Assert.Equal(525_000UL * 10 / 100 / 5, tierPay(6));
        Assert.Equal(525_000UL * 5 / 100 / 10, tierPay(11));
    }

    [Theory]
    [InlineData(1, Tier.Diamond)]
    [InlineData(2, Tier.Platinum)]
    [InlineData(3, Tier.Gold)]
    [InlineData(5, Tier.Gold)]
    [InlineData(6, Tier.Silver)]
    [InlineData(10, Tier.Silver)]
    [InlineData(11, Tier.Bronze)]
    [InlineData(20, Tier.Bronze)]
    [InlineData(21, Tier.None)]
    public void A_rank_has_its_tier(int rank, Tier tier) => Assert.Equal(tier, RewardRules.TierOf(rank));

    [Fact]
    public void With_nobody_to_pay_the_pool_is_carried_over_and_paid_next_time()
    {
        var none = EpochRewards.Allocate(new EpochRanking([], []), RewardRules.Default with { EmissionRao = new Rao(1000) }, Rao.Zero);
        Assert.Equal(new Rao(950), none.CarriedOut);
        var next = EpochRewards.Allocate(
            EpochRanking.Of([EpochRankingTests.Volume(1, 5000, 0, 5)], 472_222, ScoreRules.Default),
            RewardRules.Default with
            {
                EmissionRao = new Rao(1000),
            },
            none.CarriedOut
        );
        Assert.Equal(new Rao(1900), next.Payouts[0].Payout);
    }

    [Fact]
    public void A_split_loses_nothing_and_gives_the_rest_to_the_largest_remainders()
    {
        Assert.Equal([4UL, 3UL, 3UL], LargestRemainder.Split(10, [1, 1, 1]));
        Assert.Equal([1UL, 9UL], LargestRemainder.Split(10, [14, 86]));
        Assert.Equal([2UL, 1UL], LargestRemainder.Split(3, [0, 0]));
        Assert.Throws<ArgumentException>(() => LargestRemainder.Split(1, []));
    }

    [Fact]
    public void Fairness_of_equal_pay_is_even_and_of_one_taker_is_not()
    {
        var equal = Fairness.Of(Payouts(100, 100, 100, 100));
        Assert.Equal(
            (Ratio.Zero, new Ratio(Ratio.Scale / 4), Ratio.One, Ratio.One),
            (equal.Gini, equal.Herfindahl, equal.TopTenShare, equal.MedianOverMean)
        );
        var one = Fairness.Of(Payouts(100, 0, 0, 0));
        Assert.Equal((new Ratio(Ratio.Scale / 4 * 3), Ratio.One, Ratio.Zero), (one.Gini, one.Herfindahl, one.MedianOverMean));
        Assert.Equal(Ratio.Zero, Fairness.Of([]).Gini);
    }

    [Fact]
    public void Pay_in_proportion_to_volume_correlates_fully()
    {
        var volumes = new[]
        {
            EpochRankingTests.Volume(1, 9000, 0, 5),
            EpochRankingTests.Volume(2, 6000, 0, 5),
            EpochRankingTests.Volume(3, 3000, 0, 5),
        };
        var ranked = EpochRanking.Of(volumes, 472_222, ScoreRules.Default).Ranked;
        var payouts = ranked.Select((miner, i) => new MinerPayout(miner, Tier.None, new Rao((ulong)(300 - 100 * i)))).ToList();
        Assert.InRange(Fairness.Of(payouts).VolumeRewardCorrelation.Value, Ratio.Scale - 1, Ratio.Scale);
    }

    [Fact]
    public void The_best_paid_neuron_has_the_largest_weight_and_the_others_their_share_rounded()
    {
        var payouts = Payouts(300, 100, 1, 0);
        var uids = payouts.Select((payout, i) => (payout.Miner.Miner, (ushort)(9 - i))).Take(3).ToDictionary();
        var weights = SubnetWeights.Of(payouts, uids);
        Assert.Equal([new SubnetWeight(7, 218), new SubnetWeight(8, 21845), new SubnetWeight(9, 65535)], weights.Weights);
        Assert.Empty(weights.WithoutUid);
    }

    [Fact]
    public void A_miner_without_a_uid_is_listed_and_skipped()
    {
        var payouts = Payouts(300, 100);
        var weights = SubnetWeights.Of(payouts, new Dictionary<Address, ushort> { [payouts[1].Miner.Miner] = 4 });
        Assert.Equal([new SubnetWeight(4, 65535)], weights.Weights);
        Assert.Equal([payouts[0].Miner.Miner], weights.WithoutUid);
    }

    private static List<MinerPayout> Payouts(params ulong[] pay)
    {
        var ranked = EpochRanking
            .Of(pay.Select((_, i) => EpochRankingTests.Volume(i + 1, (ulong)(9000 - i), 0, 5)), 472_222, ScoreRules.Default)
            .Ranked;
        return [.. ranked.Select((miner, i) => new MinerPayout(miner, RewardRules.TierOf(i + 1), new Rao(pay[i])))];
    }
}
