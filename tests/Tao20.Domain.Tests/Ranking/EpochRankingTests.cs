using System.Numerics;
using CsCheck;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Tests.Ranking;

[Trait("Category", "Fast")]
public sealed class EpochRankingTests
{
    private const long LastHour = 472_222;

    /// <summary>Miners with any volume, trades and hours.</summary>
    internal static readonly Gen<EpochVolume[]> Volumes = Gen.Select(
            Gen.ULong[0, 50_000],
            Gen.ULong[0, 50_000],
            Gen.Int[1, 500],
            Gen.Int[0, 30],
            Gen.ULong[0, 3_000].Array[HourlyVolume.Hours]
        )
        .Array[0, 40]
        .Select(miners =>
            miners.Select((miner, i) => Volume(i, miner.Item1, miner.Item2, miner.Item3, LastHour - miner.Item4, miner.Item5)).ToArray()
        );

    [Fact]
    public void The_score_is_what_exact_rational_arithmetic_gives_to_the_last_digits() =>
        Volumes.Sample(volumes =>
        {
            var ranked = EpochRanking.Of(volumes, LastHour, ScoreRules.Default).Ranked;
            if (ranked.Count == 0)
                return;
            var maxWeighted = ranked.Max(miner =>
                110 * (BigInteger)miner.Activity.MintEligible + 100 * (BigInteger)miner.Activity.RedeemEligible
            );
            var maxSlots = ranked.Max(miner => miner.Activity.Slots);
            foreach (var miner in ranked)
            {
                var weighted = 110 * (BigInteger)miner.Activity.MintEligible + 100 * (BigInteger)miner.Activity.RedeemEligible;
                AssertFloor(new Fraction(weighted, maxWeighted), miner.Score.Volume, slack: 2);
                AssertFloor(new Fraction(miner.Activity.Slots, maxSlots), miner.Score.Frequency, slack: 1);
                AssertConsistency(miner);
                var exact = (7 * miner.Score.Volume.Value + 2 * miner.Score.Frequency.Value + miner.Score.Consistency.Value) / 10;
                Assert.Equal(exact, miner.Score.Final.Value);
            }
        });

    [Fact]
    public void The_order_is_total_and_does_not_depend_on_who_is_named_first() =>
        Gen.Select(Volumes, Gen.Int)
            .Sample(
                (volumes, seed) =>
                {
                    var shuffled = volumes.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    var one = EpochRanking.Of(volumes, LastHour, ScoreRules.Default);
                    var other = EpochRanking.Of(shuffled, LastHour, ScoreRules.Default);
                    Assert.Equal(
                        one.Ranked.Select(miner => (miner.Rank, miner.Miner)),
                        other.Ranked.Select(miner => (miner.Rank, miner.Miner))
                    );
                    Assert.Equal(one.Unranked.Select(miner => miner.Miner), other.Unranked.Select(miner => miner.Miner));
                    Assert.Equal(Enumerable.Range(1, one.Ranked.Count), one.Ranked.Select(miner => miner.Rank));
                }
            );

    [Fact]
    public void Equal_miners_are_ordered_by_address()
    {
        var ranking = EpochRanking.Of([Volume(3, 5000, 0, 5), Volume(1, 5000, 0, 5), Volume(2, 5000, 0, 5)], LastHour, ScoreRules.Default);
        Assert.Equal([1, 2, 3], ranking.Ranked.Select(miner => (int)miner.Miner.ToBytes()[^1]));
    }

    [Fact]
    public void A_minted_tao_counts_ten_percent_more_than_a_redeemed_one()
    {
        var ranking = EpochRanking.Of([Volume(1, 0, 11_000, 5), Volume(2, 10_000, 0, 5)], LastHour, ScoreRules.Default);
        Assert.Equal(ranking.Ranked[0].Score.WeightedVolume, ranking.Ranked[1].Score.WeightedVolume);
    }

    [Fact]
    public void A_miner_below_one_tao_is_listed_without_a_rank_and_says_why()
    {
        var none = EpochVolume.None(Address.Parse("0x0000000000000000000000000000000000000009"), default) with { Dust = new Tally(3, 5) };
        var ranking = EpochRanking.Of([Volume(1, 999, 0, 5), Volume(2, 1000, 0, 5), none], LastHour, ScoreRules.Default);
        Assert.Equal([2], ranking.Ranked.Select(miner => (int)miner.Miner.ToBytes()[^1]));
        Assert.Equal([UnrankedReason.BelowMinimumVolume, UnrankedReason.NoEligibleTrade], ranking.Unranked.Select(miner => miner.Reason));
    }

    [Fact]
    public void The_same_volume_every_hour_is_fully_consistent_and_idle_hours_count()
    {
        var steady = Consistency(firstHour: LastHour - 23, Enumerable.Range(0, 24).ToDictionary(i => LastHour - i, _ => 1000UL));
        var idle = Consistency(firstHour: LastHour - 1, new() { [LastHour] = 1000 });
        Assert.Equal(Ratio.One, steady);
        Assert.Equal(Ratio.Zero, idle); // two hours, one of them idle: sd = mean
    }

    [Fact]
    public void Within_its_first_hour_a_miner_has_no_consistency() =>
        Assert.Equal(Ratio.Zero, Consistency(firstHour: LastHour, new() { [LastHour] = 1000 }));

    [Fact]
    public void Hours_before_the_window_do_not_enter() =>
        Assert.Equal(
            Consistency(LastHour - 30, new() { [LastHour] = 5, [LastHour - 23] = 7 }),
            Consistency(
                LastHour - 30,
                new()
                {
                    [LastHour] = 5,
                    [LastHour - 23] = 7,
                    [LastHour - 24] = 900,
                }
            )
        );

    [Fact]
    public void The_root_commits_to_every_part_of_the_ranking() =>
        Volumes
            .Where(volumes => volumes.Count(volume => volume.EligibleWei >= Wei.OneTao.Value) > 1)
            .Sample(volumes =>
            {
                var payouts = EpochRewards
                    .Allocate(EpochRanking.Of(volumes, LastHour, ScoreRules.Default), RewardRules.Default, Rao.Zero)
                    .Payouts;
                var root = RankingRoot.Of(payouts, Fnv);
                Assert.Equal(root, RankingRoot.Of([.. payouts], Fnv));
                MinerPayout[] changed = [.. payouts.SkipLast(1), payouts[^1] with { Payout = payouts[^1].Payout + new Rao(1) }];
                Assert.NotEqual(root, RankingRoot.Of(changed, Fnv));
            });

    [Fact]
    public void Nobody_ranked_has_the_root_zero() => Assert.Equal(Hash256.Zero, RankingRoot.Of([], Fnv));

    internal static EpochVolume Volume(
        int miner,
        ulong mintMilli,
        ulong redeemMilli,
        int trades,
        long firstHour = LastHour,
        ulong[]? hours = null
    )
    {
        UInt128 milli = 1_000_000_000_000_000;
        var hourly = HourlyVolume.Restore(LastHour, (hours ?? []).Select((wei, i) => (LastHour - i, wei * milli)));
        return new EpochVolume(
            Address.Parse($"0x{miner:x40}"),
            default,
            mintMilli * milli,
            redeemMilli * milli,
            new Tally(trades, 0),
            default,
            default,
            default,
            trades,
            0,
            firstHour,
            hourly
        );
    }

    private static Ratio Consistency(long firstHour, Dictionary<long, ulong> hours)
    {
        var volume = Volume(1, 5000, 0, 5) with
        {
            FirstTradeHour = firstHour,
            Hourly = HourlyVolume.Restore(LastHour, hours.Select(hour => (hour.Key, (UInt128)hour.Value))),
        };
        return EpochRanking.Of([volume], LastHour, ScoreRules.Default).Ranked[0].Score.Consistency;
    }

    /// <summary>1 - C is the square root of an exact fraction: its square bounds it from both sides.</summary>
    private static void AssertConsistency(RankedMiner miner)
    {
        var first = Math.Max(miner.Activity.FirstTradeHour, LastHour - 23);
        var hours = new List<BigInteger>();
        for (var hour = first; hour <= LastHour; hour++)
            hours.Add(miner.Activity.Hourly[hour]);
        var sum = hours.Aggregate(BigInteger.Zero, (a, b) => a + b);
        if (hours.Count < 2 || sum.IsZero)
        {
            Assert.Equal(Ratio.Zero, miner.Score.Consistency);
            return;
        }

        // (sd/mean)^2 = (k * sum(x^2) - sum(x)^2) / sum(x)^2
        var squared = new Fraction(hours.Count * hours.Aggregate(BigInteger.Zero, (a, b) => a + b * b) - sum * sum, sum * sum);
        BigInteger one = Ratio.Scale,
            variation = one - (BigInteger)miner.Score.Consistency.Value;
        if (squared.Numerator >= squared.Denominator)
        {
            Assert.Equal(one, variation);
            return;
        }

        Assert.True(variation * variation * squared.Denominator <= squared.Numerator * one * one);
        Assert.True((variation + 1) * (variation + 1) * squared.Denominator > (squared.Numerator * one * one) - squared.Denominator);
    }

    private static void AssertFloor(Fraction exact, Ratio actual, int slack)
    {
        var floor = exact.Numerator * Ratio.Scale / exact.Denominator;
        Assert.InRange((BigInteger)actual.Value, floor - slack, floor + slack);
    }

    private static Hash256 Fnv(ReadOnlySpan<byte> data) => new(System.Security.Cryptography.SHA256.HashData(data));

    private readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator);
}
