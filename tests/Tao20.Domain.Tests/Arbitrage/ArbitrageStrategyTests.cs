using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>The situations a miner can be in, and what it does.</summary>
[Trait("Category", "Fast")]
public sealed class ArbitrageStrategyTests
{
    private static readonly ArbitrageState Owner = ArbitrageState.Initial;

    public static TheoryData<string, NavTick, TradeKind?, long> Situations =>
        new()
        {
            // What the market is like, what is done, and with how many thousandths of a TAO.
            { "nothing pays", Quiet(), null, 0 },
            { "a token is dear: mint and sell it", Quiet().With(TradeKind.MintAndSell, (1_000, 1_020)), TradeKind.MintAndSell, 1_000 },
            { "a token is cheap: buy and redeem it", Quiet().With(TradeKind.BuyAndRedeem, (1_000, 1_020)), TradeKind.BuyAndRedeem, 1_000 },
            {
                "of several sizes the one that nets most",
                Quiet().With(TradeKind.MintAndSell, (1_000, 1_020), (2_000, 2_036), (5_000, 5_050)),
                TradeKind.MintAndSell,
                5_000
            },
            {
                "slippage eats a larger size",
                Quiet().With(TradeKind.MintAndSell, (1_000, 1_020), (2_000, 2_036), (5_000, 5_010)),
                TradeKind.MintAndSell,
                2_000
            },
            { "0.5 % after gas and slippage bound is not exceeded", Quiet().With(TradeKind.MintAndSell, (1_000, 1_008)), null, 0 },
            { "just above it", Quiet().With(TradeKind.MintAndSell, (1_000, 1_009)), TradeKind.MintAndSell, 1_000 },
            {
                "gas makes a small size not worth it",
                (Quiet() with { GasPrice = 4_000_000_000 }).With(TradeKind.MintAndSell, (500, 512)),
                null,
                0
            },
            {
                "a gas spike stops everything",
                (Quiet() with { GasPrice = 20_000_000_000 }).With(TradeKind.MintAndSell, (1_000, 1_050)),
                null,
                0
            },
            {
                "80 % of the balance is used at most",
                (Quiet() with { Tao = Amount(6_000) }).With(TradeKind.MintAndSell, (2_000, 2_050), (5_000, 5_300)),
                TradeKind.MintAndSell,
                2_000
            },
            { "nothing can be paid for", (Quiet() with { Tao = Amount(100) }).With(TradeKind.MintAndSell, (1_000, 1_100)), null, 0 },
            {
                "above the largest trade",
                Quiet().With(TradeKind.MintAndSell, (10_000, 10_200), (20_000, 20_500)),
                TradeKind.MintAndSell,
                10_000
            },
            { "below the smallest", Quiet().With(TradeKind.MintAndSell, (50, 60)), null, 0 },
            {
                "the chain refuses to quote",
                Quiet() with
                {
                    Ladder = [.. Rules.LadderSizes().Select(size => new LadderRung(size, null, null))],
                },
                null,
                0
            },
            { "half of it in tokens is allowed", Quiet() with { Tao = Amount(50_000), Tokens = Amount(50_000) }, null, 0 },
            {
                "80 % in tokens: back to half, the largest trade at once",
                Quiet() with
                {
                    Tao = Amount(20_000),
                    Tokens = Amount(80_000),
                },
                TradeKind.RedeemTokens,
                10_000
            },
            { "the rest of the excess", Quiet() with { Tao = Amount(2_000), Tokens = Amount(8_000) }, TradeKind.RedeemTokens, 3_000 },
            {
                "the market pays more for them than a redemption",
                Quiet() with
                {
                    Tao = Amount(2_000),
                    Tokens = Amount(8_000),
                    Pool = new PoolReserves(Amount(550_000), Amount(500_000)),
                },
                TradeKind.SellTokens,
                3_000
            },
        };

    [Theory]
    [MemberData(nameof(Situations))]
    public void What_is_done(string situation, NavTick tick, TradeKind? kind, long size)
    {
        var decision = ArbitrageStrategy.Decide(Owner, tick, Rules with { VolumeTargetWei = Wei.Zero });
        if (kind is null)
        {
            Assert.True(decision is ArbitrageDecision.Hold, $"{situation}: {decision}");
            return;
        }

        var proposal = decision.Proposal();
        Assert.True(proposal.Kind == kind, $"{situation}: {proposal}");
        Assert.Equal(Amount(size), proposal.Size);
        Assert.Equal(tick.Timestamp + 120, proposal.Deadline);
    }

    [Fact]
    public void Less_than_the_quote_less_slippage_is_not_accepted()
    {
        var proposal = ArbitrageStrategy.Decide(Owner, Quiet().With(TradeKind.MintAndSell, (1_000, 1_020)), Rules).Proposal();
        Assert.Equal(Wei.From(Amount(1_020).Value * 998 / 1_000), proposal.MinProceeds);
        Assert.Equal(new WeiDelta((Int128)Milli * 19), proposal.ExpectedNet);
    }

    [Fact]
    public void A_reason_says_what_was_missing() =>
        Assert.Equal(
            "the best size, 1.000000 TAO by MintAndSell, would net 0.004984 TAO, and more than 0.005000 is asked: "
                + "the market is 0.00 % off NAV, and 1.15 % pay",
            ArbitrageStrategy
                .Decide(Owner, Quiet().With(TradeKind.MintAndSell, (1_000, 1_008)), Rules with { VolumeTargetWei = Wei.Zero })
                .Reason()
        );

    [Fact]
    public void Nothing_is_begun_while_a_trade_is_on_its_way_or_in_the_cool_down()
    {
        var tick = Quiet().With(TradeKind.MintAndSell, (1_000, 1_020));
        var open = Owner.After(ArbitrageDecider.OnTick(Owner, tick, Rules, Given.Open).Events);
        Assert.Equal("trade 1 is on its way", ArbitrageStrategy.Decide(open, tick, Rules).Reason());
        var closed = open.Closed(Result(TradeOutcome.Confirmed, 19, 12));
        Assert.Equal("cool-down for 1 s more", ArbitrageStrategy.Decide(closed, tick with { Timestamp = Start + 13 }, Rules).Reason());
        Assert.Equal(Amount(1_000), ArbitrageStrategy.Decide(closed, tick with { Timestamp = Start + 14 }, Rules).Proposal().Size);
    }

    [Fact]
    public void Neutral_trades_run_only_in_quiet_within_their_budget_and_up_to_the_target()
    {
        // Every round trip loses 0.5 % and gas: 60 basis points pay for ten TAO, and 50 do not.
        var rules = Rules with
        {
            NeutralBasisPoints = 60,
        };
        var neutral = ArbitrageStrategy.Decide(Owner, Quiet(), rules).Proposal();
        Assert.Equal((TradePurpose.Neutral, Amount(10_000)), (neutral.Purpose, neutral.Size));
        Assert.Equal(Wei.From(Amount(10_000).Value + Amount(1).Value - Amount(60).Value), neutral.MinProceeds);
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(Owner, Quiet(), Rules with { NeutralBasisPoints = 50 }));

        var justTraded = Owner with { LastArbitrage = Start - 299 };
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(justTraded, Quiet(), rules));
        Assert.IsType<ArbitrageDecision.Trade>(ArbitrageStrategy.Decide(justTraded, Quiet(1), rules));

        var nearlyThere = Owner with
        {
            Hours = [new TradingHour((long)(Start / 3_600), Amount(97_000), Wei.Zero, WeiDelta.Zero, WeiDelta.Zero)],
        };
        Assert.Equal(Amount(2_000), ArbitrageStrategy.Decide(nearlyThere, Quiet(), rules).Proposal().Size);
        var reached = nearlyThere with { Hours = [nearlyThere.Hours[0] with { Redeemed = Amount(3_000) }] };
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(reached, Quiet(), rules));
    }

    [Fact]
    public void Neutral_trades_cost_no_more_in_a_day_than_is_allowed()
    {
        var rules = Rules with { NeutralBasisPoints = 60, NeutralDailyWei = Amount(55) };

        // Ten TAO cost 51 thousandths, of which 55 may be spent; after these only what is left, which pays for a smaller size.
        Assert.Equal(Amount(10_000), ArbitrageStrategy.Decide(Owner, Quiet(), rules).Proposal().Size);
        var spent = Owner with
        {
            Hours =
            [
                new TradingHour((long)(Start / 3_600), Wei.Zero, Wei.Zero, WeiDelta.Zero, WeiDelta.Zero)
                {
                    Neutral = new WeiDelta(-(Int128)Milli * 43),
                },
            ],
        };
        var small = ArbitrageStrategy.Decide(spent, Quiet(), rules).Proposal();
        Assert.Equal(Amount(2_000), small.Size);
        Assert.Equal(Wei.From(Amount(2_000).Value + Amount(1).Value - Amount(12).Value), small.MinProceeds);
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(spent, Quiet(), rules with { NeutralDailyWei = Amount(45) }));

        // A day later it is forgotten.
        Assert.Equal(Amount(10_000), ArbitrageStrategy.Decide(spent, Quiet(86_400), rules).Proposal().Size);
    }

    [Fact]
    public void What_neutral_trades_make_is_counted_by_itself()
    {
        var rules = Rules with { NeutralBasisPoints = 60 };
        var open = Rich.After(ArbitrageDecider.OnTick(Rich, Quiet(), rules, Given.Open).Events);
        Assert.Equal(TradePurpose.Neutral, open.Open!.Proposal.Purpose);
        var closed = open.Closed(Result(TradeOutcome.Confirmed, -51, 12));
        Assert.Equal(new WeiDelta(-(Int128)Milli * 51), closed.NeutralOfDay(Start + 12));
        Assert.Equal(new CountedTrade(Start + 12, true, open.Open.Proposal.Tokens), Assert.Single(closed.Recent));
        var arbitrage = Rich.After(
                ArbitrageDecider.OnTick(Rich, Quiet().With(TradeKind.MintAndSell, (1_000, 1_020)), Rules, Given.Open).Events
            )
            .Closed(Result(TradeOutcome.Confirmed, 19, 12));
        Assert.Equal(WeiDelta.Zero, arbitrage.NeutralOfDay(Start + 12));
    }

    [Fact]
    public void Tokens_that_would_bring_much_less_than_they_have_cost_are_kept_until_they_are_worth_a_tenth_less()
    {
        // 80 TAO's worth, which have cost 85: a redemption loses half a percent more.
        var owner = ArbitrageState.Initial with
        {
            Inventory = new Inventory(Amount(20_000), Amount(80_000), Amount(85_000)),
        };
        var tick = Quiet() with { Tao = Amount(20_000), Tokens = Amount(80_000) };
        var rules = Rules with { VolumeTargetWei = Wei.Zero };
        Assert.Equal(
            "tokens that have cost 10.625000 TAO would bring 9.930100: they are kept (Arbitrage:SaleLossBasisPoints)",
            ArbitrageStrategy.Decide(owner, tick, rules).Reason()
        );
        Assert.Equal(
            TradePurpose.Rebalance,
            ArbitrageStrategy.Decide(owner, tick, rules with { SaleLossBasisPoints = 1_000 }).Proposal().Purpose
        );

        // An operator's word counts more, and so does a tenth.
        var unwinding = owner.After(ArbitrageDecider.Unwind(owner, Start));
        Assert.Equal(TradePurpose.Unwind, ArbitrageStrategy.Decide(unwinding, tick, rules).Proposal().Purpose);
        var dear = owner with { Inventory = owner.Inventory with { Cost = Amount(89_000) } };
        var stop = ArbitrageStrategy.Decide(dear, tick, rules).Proposal();
        Assert.Equal((TradePurpose.StopLoss, Amount(10_000)), (stop.Purpose, stop.Size));
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(dear, tick, rules with { InventoryStopBasisPoints = 0 }));
    }

    [Fact]
    public void Tokens_that_are_owned_are_sold_when_the_market_pays_more_than_they_have_cost()
    {
        var owner = Owner.After([
            new ArbitrageEvent.BalancesMoved(
                new WeiDelta((Int128)Milli * 100_000),
                new WeiDelta((Int128)Milli * 2_000),
                Price(1_000),
                1,
                Start
            ),
        ]);
        var tick = Quiet() with { Tokens = Amount(2_000) };
        Assert.IsType<ArbitrageDecision.Hold>(ArbitrageStrategy.Decide(owner, tick, Rules with { VolumeTargetWei = Wei.Zero }));
        var dear = tick with { Pool = new PoolReserves(Amount(520_000), Amount(500_000)) };
        var proposal = ArbitrageStrategy.Decide(owner, dear, Rules with { VolumeTargetWei = Wei.Zero }).Proposal();
        Assert.Equal((TradeKind.SellTokens, TradePurpose.Arbitrage, Amount(2_000)), (proposal.Kind, proposal.Purpose, proposal.Size));
    }

    [Fact]
    public void Unwinding_turns_all_tokens_into_tao_and_does_nothing_else()
    {
        var state = Owner.After(ArbitrageDecider.Unwind(Owner, Start));
        var tick = Quiet().With(TradeKind.BuyAndRedeem, (1_000, 1_500)) with { Tokens = Amount(400) };
        var proposal = ArbitrageStrategy.Decide(state, tick, Rules).Proposal();
        Assert.Equal((TradePurpose.Unwind, Amount(400)), (proposal.Purpose, proposal.Size));
        Assert.Empty(ArbitrageDecider.Unwind(state, Start));

        var (events, _) = ArbitrageDecider.OnTick(state, tick with { Tokens = Wei.Zero }, Rules, Given.Open);
        Assert.IsType<ArbitrageEvent.UnwindEnded>(events[0]);
    }

    [Fact]
    public void The_markets_price_is_the_median_without_outliers()
    {
        MarketQuote Pool(int n, long? milli) => new(Given.Miner, milli is { } price ? Price(price) : null);
        Assert.Equal(
            new MarketPrice(Price(1_010), 3, 4, true),
            MarketPrice.From([Pool(1, 1_000), Pool(2, 1_010), Pool(3, 1_020), Pool(4, 2_000)])
        );
        Assert.Equal(new MarketPrice(Price(1_005), 2, 3, false), MarketPrice.From([Pool(1, 500), Pool(2, 1_000), Pool(3, 1_010)]));
        Assert.Equal(new MarketPrice(Price(1_000), 1, 2, false), MarketPrice.From([Pool(1, null), Pool(2, 1_000)]));
        Assert.Null(MarketPrice.From([Pool(1, null)]));
    }

    [Fact]
    public void Each_option_has_a_range()
    {
        Assert.Empty(Rules.Validate());
        var errors = (Rules with { ProfitBasisPoints = 5_000, RebalancePercent = 40, MinTradeWei = Wei.From(1), DailyLossWei = Wei.Zero })
            .Validate()
            .Select(error => error.ToString());
        Assert.Equal(
            [
                "Arbitrage:MinTradeWei = 1 is out of range: give 10000000000000000 to 1000000000000000000000 wei (1e18 is one TAO).",
                "Arbitrage:RebalancePercent = 40 is out of range: give 50 to 100 percent, not below InventoryPercent.",
                "Arbitrage:ProfitBasisPoints = 5000 is out of range: give 0 to 1000 basis points (100 are one percent).",
                "Arbitrage:DailyLossWei = 0 is out of range: give 1000000000000000 to 1000000000000000000000000 wei (1e18 is one TAO).",
            ],
            errors
        );
    }

    [Fact]
    public void The_ladder_has_seven_sizes_from_the_smallest_trade_to_the_largest() =>
        Assert.Equal(
            [Amount(100), Amount(200), Amount(500), Amount(1_000), Amount(2_000), Amount(5_000), Amount(10_000)],
            Rules.LadderSizes()
        );
}
