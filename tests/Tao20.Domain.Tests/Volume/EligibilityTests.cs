using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Tests.Given;
using static Tao20.Domain.Volume.VerdictKind;

namespace Tao20.Domain.Tests.Volume;

[Trait("Category", "Fast")]
public sealed class EligibilityTests
{
    [Fact]
    public void A_trade_below_a_hundredth_of_a_tao_is_dust_and_one_of_it_is_not() =>
        Assert.Equal([Dust, Eligible], Verdicts(Mint(9, 0), Mint(10, 1)));

    [Fact]
    public void The_eleventh_eligible_trade_within_sixty_seconds_is_a_burst() =>
        Assert.Equal(
            [.. Enumerable.Repeat(Eligible, 10), VerdictKind.Burst],
            Verdicts([.. Enumerable.Range(0, 11).Select(i => Mint(100 + i, i * 5))])
        );

    [Fact]
    public void The_window_of_a_burst_is_open_at_its_old_end()
    {
        var ten = Enumerable.Range(0, 10).Select(i => Mint(100 + i, i)).ToArray();
        Assert.Equal(VerdictKind.Burst, Verdicts([.. ten, Mint(500, 59)])[^1]);
        Assert.Equal(Eligible, Verdicts([.. ten, Mint(500, 60)])[^1]);
    }

    [Fact]
    public void Trades_that_do_not_count_do_not_fill_the_burst_window() =>
        Assert.Equal(Eligible, Verdicts([.. Enumerable.Range(0, 20).Select(i => Mint(1, i)), Mint(100, 21)])[^1]);

    [Fact]
    public void Undoing_a_trade_within_three_hundred_seconds_counts_half()
    {
        var (volume, verdicts) = Folded(Mint(1000, 0), Redeem(1000, 300));
        Assert.Equal([Eligible, RoundTrip], verdicts.Select(verdict => verdict.Kind));
        Assert.Equal((UInt128)1_500_000_000_000_000_000, volume.LifetimeEligibleWei);
    }

    [Fact]
    public void After_three_hundred_seconds_it_is_a_trade_of_its_own() =>
        Assert.Equal([Eligible, Eligible], Verdicts(Mint(1000, 0), Redeem(1000, 301)));

    [Theory]
    [InlineData(1010, RoundTrip)]
    [InlineData(1011, Eligible)]
    [InlineData(990, Eligible)] // 1000 - 990 is more than one percent of 990
    [InlineData(991, RoundTrip)]
    public void The_two_may_differ_by_one_percent_of_the_later(long later, VerdictKind expected) =>
        Assert.Equal(expected, Verdicts(Mint(1000, 0), Redeem(later, 10))[1]);

    [Fact]
    public void The_same_side_is_no_round_trip() => Assert.Equal([Eligible, Eligible], Verdicts(Mint(1000, 0), Mint(1000, 10)));

    [Fact]
    public void A_matched_pair_is_matched_for_good() =>
        Assert.Equal([Eligible, RoundTrip, Eligible], Verdicts(Mint(1000, 0), Redeem(1000, 10), Redeem(1000, 20)));

    [Fact]
    public void The_oldest_candidate_is_matched()
    {
        // The first mint is matched, so the second still is a candidate 300 seconds after itself.
        Assert.Equal(
            [Eligible, Eligible, RoundTrip, RoundTrip],
            Verdicts(Mint(1000, 0), Mint(1000, 200), Redeem(1000, 250), Redeem(1000, 500))
        );
    }

    [Fact]
    public void Only_the_latest_thirty_two_are_candidates()
    {
        var rules = EligibilityRules.Default with { BurstTrades = 64 };
        Trade[] others(int n) => [Mint(5000, 0), .. Enumerable.Range(1, n).Select(i => Mint(100 + 2 * i, i))];
        Assert.Equal(RoundTrip, Folded(rules, [.. others(31), Redeem(5000, 100)]).Verdicts[^1].Kind);
        Assert.Equal(Eligible, Folded(rules, [.. others(32), Redeem(5000, 100)]).Verdicts[^1].Kind);
    }

    [Fact]
    public void Dust_is_checked_before_burst_and_burst_before_round_trip()
    {
        var ten = Enumerable.Range(0, 10).Select(i => Mint(1000 + 20 * i, i)).ToArray();
        Assert.Equal(Dust, Verdicts([.. ten, Redeem(5, 11)])[^1]);
        Assert.Equal(VerdictKind.Burst, Verdicts([.. ten, Redeem(1000, 11)])[^1]);
    }

    [Fact]
    public void Everything_counts_for_the_audit()
    {
        var (volume, _) = Folded(Mint(5, 0), Mint(1000, 1), Redeem(1000, 2));
        Assert.Equal((UInt128)2_005_000_000_000_000_000, volume.LifetimeWei);
        Assert.Equal([Dust, RoundTrip], volume.RecentExclusions.Select(exclusion => exclusion.Reason));
    }

    [Fact]
    public void Twenty_trades_of_one_amount_are_flagged_as_uniform_and_nineteen_are_not()
    {
        Assert.True(Folded([.. Enumerable.Range(0, 20).Select(i => Mint(500, i * 60))]).Volume.Of(default).Uniform);
        Assert.False(Folded([.. Enumerable.Range(0, 19).Select(i => Mint(500, i * 60))]).Volume.Of(default).Uniform);
    }

    [Fact]
    public void Ninety_percent_is_not_more_than_ninety_percent()
    {
        Trade[] with(int different) => [.. Enumerable.Range(0, 20).Select(i => Mint(i < different ? 600 + i : 500, i * 60))];
        Assert.True(Folded(with(1)).Volume.Of(default).Uniform);
        Assert.False(Folded(with(2)).Volume.Of(default).Uniform);
    }

    [Fact]
    public void A_trade_of_another_miner_or_out_of_order_is_refused()
    {
        var volume = MinerVolume.Initial(Miner);
        var stranger = Mint(100, 5) with { Miner = default };
        Assert.Throws<ArgumentException>(() => volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { stranger }, null)));
        Assert.Throws<ArgumentException>(() =>
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(100, 5), Mint(100, 4) }, null))
        );
        Assert.Throws<ArgumentException>(() =>
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(100, 9, block: 1), Mint(100, 5, block: 2) }, null))
        );
    }

    [Fact]
    public void An_amount_above_two_to_the_ninety_six_cannot_be() =>
        Assert.Equal(Wei.Max + 1, Assert.Throws<ImplausibleAmountException>(() => Wei.From(Wei.Max + 1)).Value);
}
