using Tao20.Domain.Parameters;
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
    public void Opposite_trades_cancel_out_token_for_token()
    {
        // 4 of the 10 tokens minted are given back: the mint counts six tenths, the redemption nothing.
        var (volume, verdicts) = Folded(Mint(10_000, 0), Redeem(4_000, 10));
        Assert.Equal([new(Eligible, 0), new(Cancelled, Milli(4_000))], verdicts);
        Assert.Equal((Milli(6_000), (UInt128)0), (volume.Of(default).MintEligible, volume.Of(default).RedeemEligible));

        // Another 9 tokens: six cancel out with what is left of the mint, three count.
        (volume, verdicts) = Folded(Mint(10_000, 0), Redeem(4_000, 10), Redeem(9_000, 20));
        Assert.Equal(new Verdict(Cancelled, Milli(6_000)), verdicts[^1]);
        Assert.Equal(((UInt128)0, Milli(3_000)), (volume.Of(default).MintEligible, volume.Of(default).RedeemEligible));
    }

    [Fact]
    public void Neither_another_size_nor_splitting_escapes()
    {
        Assert.Equal((UInt128)0, Folded(Mint(10_000, 0), Redeem(9_000, 1), Redeem(1_000, 2)).Volume.LifetimeEligibleWei);
        Assert.Equal((UInt128)0, Folded(Mint(5_000, 0), Mint(5_000, 1), Mint(5_000, 2), Redeem(15_000, 3)).Volume.LifetimeEligibleWei);
    }

    [Fact]
    public void After_three_hundred_seconds_it_is_a_trade_of_its_own()
    {
        Assert.Equal([Eligible, Cancelled], Verdicts(Mint(1000, 0), Redeem(1000, 299)));
        Assert.Equal([Eligible, Eligible], Verdicts(Mint(1000, 0), Redeem(1000, 300)));
    }

    [Fact]
    public void The_same_side_is_no_round_trip() => Assert.Equal([Eligible, Eligible], Verdicts(Mint(1000, 0), Mint(1000, 10)));

    [Fact]
    public void What_is_used_up_is_used_up_for_good() =>
        Assert.Equal([Eligible, Cancelled, Eligible], Verdicts(Mint(1000, 0), Redeem(1000, 10), Redeem(1000, 20)));

    [Fact]
    public void The_oldest_is_used_up_first()
    {
        // The first mint is used up, so the second still is there 299 seconds after itself.
        Assert.Equal(
            [Eligible, Eligible, Cancelled, Cancelled],
            Verdicts(Mint(1000, 0), Mint(1000, 200), Redeem(1000, 250), Redeem(1000, 499))
        );
    }

    [Fact]
    public void What_is_left_of_a_value_is_floored()
    {
        var third = Redeem(1_000, 10) with { Tokens = Wei.From(1) };
        var mint = Mint(1_000, 0) with { Tokens = Wei.From(3) };
        var (volume, _) = Folded(mint, third);
        Assert.Equal(Milli(1_000) * 2 / 3, volume.Of(default).MintEligible);
        Assert.Equal((UInt128)0, volume.Of(default).RedeemEligible);
    }

    [Fact]
    public void An_epoch_that_is_closed_keeps_what_it_counted()
    {
        var (volume, verdicts) = Folded(Mint(10_000, 0), Redeem(4_000, 10, epoch: 1), Redeem(7_000, 20, epoch: 1));
        Assert.Equal([new(Eligible, 0), new(Cancelled, Milli(4_000)), new(Cancelled, Milli(6_000))], verdicts);
        Assert.Equal(Milli(10_000), volume.Of(default).EligibleWei);
        Assert.Equal(Milli(1_000), volume.Of(new EpochId(1)).EligibleWei);
    }

    [Fact]
    public void As_many_as_the_burst_limit_lets_through_are_remembered()
    {
        // Forty-nine mints in 300 seconds, as fast as counts: a redemption of all of them cancels every one out.
        var mints = Enumerable.Range(0, 49).Select(i => At(Mint(100, i / 10 * 60), i)).ToArray();
        Assert.All(Verdicts(mints), verdict => Assert.Equal(Eligible, verdict));
        var (volume, verdicts) = Folded([.. mints, Redeem(4_900, 299)]);
        Assert.Equal(new Verdict(Cancelled, Milli(4_900)), verdicts[^1]);
        Assert.Equal((UInt128)0, volume.LifetimeEligibleWei);
    }

    [Fact]
    public void A_full_burst_window_hides_no_half_of_a_round_trip()
    {
        // What was minted counts no more once it is given back, even by a redemption that does not count.
        var ten = Enumerable.Range(0, 10).Select(i => At(Mint(1_000, 0), i)).ToArray();
        Assert.Equal((UInt128)0, Folded([.. ten, Redeem(10_000, 12)]).Volume.LifetimeEligibleWei);

        // And what was minted in a burst cannot be given back for a count of its own once the burst is over.
        var (volume, verdicts) = Folded([.. ten, Mint(10_000, 59), Redeem(20_000, 60)]);
        Assert.Equal((VerdictKind.Burst, new Verdict(Cancelled, Milli(20_000))), (verdicts[10].Kind, verdicts[11]));
        Assert.Equal((UInt128)0, volume.LifetimeEligibleWei);
    }

    [Fact]
    public void Nor_does_dust()
    {
        var dust = Enumerable.Range(0, 200).Select(i => At(Redeem(9, 1), i)).ToArray();
        var (volume, _) = Folded([Mint(1_800, 0), .. dust]);
        Assert.Equal((UInt128)0, volume.LifetimeEligibleWei);
        Assert.Empty(volume.ToSnapshot().Candidates);
        (volume, _) = Folded([.. Enumerable.Range(0, 5_000).Select(i => At(Mint(1, 0), i)), Redeem(5_000, 299)]);
        Assert.Equal((UInt128)0, volume.LifetimeEligibleWei);
    }

    [Fact]
    public void A_trade_without_tokens_is_dust() => Assert.Equal([Dust], Verdicts(Mint(1_000, 0) with { Tokens = Wei.Zero }));

    [Fact]
    public void What_does_not_count_is_told_with_its_amounts()
    {
        var (volume, _) = Folded(Mint(10_000, 0), Redeem(4_000, 10), Mint(5, 20));
        Assert.Equal(
            [(Cancelled, Milli(4_000), Milli(4_000), Milli(4_000)), (Dust, (UInt128)0, Milli(5), (UInt128)0)],
            volume.RecentExclusions.Select(one => (one.Reason, one.Tokens, one.Uncounted, one.UncountedBefore))
        );
        Assert.Equal(new Tally(1, Milli(8_000)), volume.Of(default).Cancelled);
    }

    [Fact]
    public void Frequency_counts_the_five_minutes_in_which_a_trade_counts()
    {
        // Start is 200 seconds into a slot of 300: slots begin at 100, 400, 700 ...
        Assert.Equal(1, Slots(Mint(1000, 0), Mint(1000, 50), Mint(1000, 99)));
        Assert.Equal(2, Slots(Mint(1000, 99), Mint(1000, 100)));
        Assert.Equal(2, Slots(Mint(1000, 0), Mint(1000, 700), Mint(1000, 999)));
        Assert.Equal(0, Slots(Mint(9, 0), Mint(9, 400)));

        // One of which less than the dust limit is left has none, for however long it is remembered.
        Assert.Equal(0, Slots(Mint(1000, 0), Redeem(995, 10)));
        Assert.Equal(1, Slots(Mint(1000, 0), Redeem(995, 10), Mint(1000, 5_000)));
        Assert.Equal(1, Slots(Mint(1000, 0), Redeem(900, 10)));
        Assert.Equal(2, Slots(Mint(1000, 0), Redeem(900, 10), Mint(1000, 5_000)));

        static long Slots(params Trade[] trades) => Folded(trades).Volume.Of(default).Slots;
    }

    [Fact]
    public void More_trades_than_can_be_remembered_are_no_rules()
    {
        var rules = EligibilityRules.Default with { BurstTrades = 64, BurstSeconds = 1, RoundTripSeconds = 17 };
        var error = Assert.Single(DomainParameters.Default with { Eligibility = rules } is var all ? all.Validate() : []);
        Assert.Equal("1088", error.Value);
        Assert.Empty((DomainParameters.Default with { Eligibility = rules with { RoundTripSeconds = 7 } }).Validate());
    }

    [Fact]
    public void Dust_is_checked_before_burst_and_burst_before_what_cancels_out()
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
        Assert.Equal([Dust, Cancelled], volume.RecentExclusions.Select(exclusion => exclusion.Reason));
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
        Assert.Throws<ArgumentException>(() =>
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { stranger }, null), Hashing)
        );
        Assert.Throws<ArgumentException>(() =>
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(100, 5), Mint(100, 4) }, null), Hashing)
        );
        Assert.Throws<ArgumentException>(() =>
            volume.Decide(
                new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(100, 9, block: 1), Mint(100, 5, block: 2) }, null),
                Hashing
            )
        );
    }

    [Fact]
    public void An_amount_above_two_to_the_ninety_six_cannot_be() =>
        Assert.Equal(Wei.Max + 1, Assert.Throws<ImplausibleAmountException>(() => Wei.From(Wei.Max + 1)).Value);

    private static Trade At(Trade trade, int index) => trade with { Position = new Position(trade.Position.Block, (uint)index) };

    private static UInt128 Milli(long milli) => Wei.OneTao.Value * (ulong)milli / 1000;
}
