using System.Numerics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Arbitrage;

[Trait("Category", "Fast")]
public sealed class StepwisePlanTests
{
    private const ulong Alpha = Baskets.Alpha;
    private static readonly StepwisePlan Plan = new(SlippageBasisPoints: 100);
    private static readonly BigInteger Everything = Baskets.Everything;
    private readonly Dictionary<string, IntentProgress> _done = [];
    private OpenTrade _trade = Trade(TradeKind.MintAndSell);

    [Fact]
    public void Nothing_is_bought_before_the_basket_has_been_read() => Assert.Equal(new NextStep.ReadBasket(), Next());

    [Fact]
    public void The_basket_is_bought_by_what_its_legs_are_worth_with_the_permissions_that_are_missing()
    {
        var first = Assert.IsType<NextStep.Do>(Next(Baskets.Of(allowed: [Everything, 0])));
        Assert.Equal(["stake-1", "stake-2", "allow-2"], first.Steps.Select(step => step.Name));
        Assert.Equal([new AlphaHeld(1, 5 * Alpha), new AlphaHeld(2, 0)], first.AlphaBefore);

        // 10 TAO, three quarters for subnet 1, at most 2 % above its price of half a TAO.
        Assert.Equal(new TradeCall.AddStake(Hash256.Zero, 1, 7_500_000_000, 510_000_000), first.Steps[0].Call);

        // The chain takes the TAO itself: what were sent along would be lost.
        Assert.All(first.Steps, step => Assert.Equal(Wei.Zero, step.Value));
        Assert.All(first.Steps, step => Assert.True(step.Expires));
    }

    [Fact]
    public void The_mint_waits_for_every_purchase_and_takes_what_they_brought_and_no_more()
    {
        GivenPurchases();
        Succeeds("stake-1");
        Assert.Equal(new NextStep.Wait(), Next());
        Succeeds("stake-2");
        Assert.Equal(new NextStep.ReadBasket(), Next());
        var mint = Assert.IsType<NextStep.Do>(Next(Baskets.Of(alpha: [19 * Alpha, 2 * Alpha])));
        var call = Assert.IsType<TradeCall.Mint>(mint.Steps[0].Call);
        Assert.Equal([14 * Alpha, 2 * Alpha], call.Alpha);

        // The scarcest leg decides: 2 alpha of the 50 there are for a supply of 100, less one per cent.
        Assert.Equal(Wei.From(Wei.OneTao.Value * 4 * 99 / 100), call.MinTokens);
        Assert.Equal((7UL, 0U), (call.Order.Revision, call.Order.Gifts));

        // The index's TAO may come to count meanwhile: 4 % of twice the least, and 2 % more.
        Assert.Equal(Wei.From(1_632_001UL * 1_000_000_000), mint.Steps[0].Value);
        Assert.Equal(new TradeCall.Approve(null), mint.Steps[1].Call);
    }

    [Fact]
    public void A_permission_that_is_there_already_is_not_asked_for_again()
    {
        GivenPurchases();
        Succeeds("stake-1", "stake-2");
        Assert.Single(Assert.IsType<NextStep.Do>(Next(Baskets.Of(poolAllowed: Everything))).Steps);
    }

    [Fact]
    public void What_the_mint_created_is_sold_once_that_is_known_and_allowed()
    {
        GivenPurchases();
        Succeeds("stake-1", "stake-2");
        Plans("mint", "approve");
        Assert.Equal(new NextStep.Wait(), Next());
        Succeeds("mint");
        Assert.Equal(new NextStep.Wait(), Next());
        Succeeds("approve");
        Assert.Equal(_done["mint"].Receipt, Assert.IsType<NextStep.ReadTokens>(Next()).Of);
        var sale = Assert.IsType<NextStep.Do>(Next(tokens: Wei.From(77)));
        Assert.Equal(new TradeCall.SellTokens(Wei.From(77), _trade.Proposal.MinProceeds), Assert.Single(sale.Steps).Call);
        Plans("sell");
        Assert.Equal(new NextStep.Wait(), Next());
        Ends("sell", IntentState.Final);
        Assert.Equal(new NextStep.ReadBasket(), Next());
        Assert.Equal(new NextStep.Wait(), Next(Baskets.Of()));
        Ends("mint", IntentState.Final);
        Ends("approve", IntentState.Final);
        Ends("stake-1", IntentState.Final);
        Ends("stake-2", IntentState.Final);
        Assert.Equal(new NextStep.ReadBasket(), Next());
        Assert.Equal(new NextStep.Over(_done["sell"]), Next(Baskets.Of(alpha: [5 * Alpha + 4_000_000, 1])));

        // What the mint did not need of a leg, and can be sold, is.
        var left = Assert.IsType<NextStep.Do>(Next(Baskets.Of(alpha: [6 * Alpha, 0])));
        Assert.Equal("unstake-1-1", Assert.Single(left.Steps).Name);
    }

    [Theory]
    [InlineData("stake-2")]
    [InlineData("mint")]
    public void A_basket_that_cannot_be_completed_or_minted_is_sold_again(string refused)
    {
        GivenPurchases();
        Succeeds("stake-1", "stake-2");
        Plans("mint", "approve");
        Succeeds("mint", "approve");
        Ends(refused, IntentState.Reverted);
        if (refused == "stake-2")
            _done.Remove("mint");
        Assert.Equal(refused == "mint" ? new NextStep.ReadBasket() : new NextStep.Wait(), Next());
        Ends("mint", IntentState.Failed);
        var sale = Assert.IsType<NextStep.Do>(Next(Baskets.Of(alpha: [15 * Alpha, 0])));
        Assert.Equal("unstake-1-1", Assert.Single(sale.Steps).Name);
        Assert.Equal(new TradeCall.RemoveStake(Hash256.Zero, 1, 10 * Alpha, 490_000_000), sale.Steps[0].Call);
        Assert.False(sale.Steps[0].Expires);
    }

    [Fact]
    public void A_sale_that_was_refused_is_tried_twice_at_a_limit_and_then_at_any_price_with_blocks_between()
    {
        GivenRefusedMint();
        BigInteger[] limits = [490_000_000, 490_000_000, 0, 0];
        for (var attempt = 1; attempt <= limits.Length; attempt++)
        {
            if (attempt > 1)
                Assert.Equal(
                    new NextStep.Wait(),
                    Next(Baskets.Of(block: _trade.Block + 10 * (ulong)(attempt - 1) - 1, alpha: [15 * Alpha, 0]))
                );
            var sale = Assert.IsType<NextStep.Do>(
                Next(Baskets.Of(block: _trade.Block + 10 * (ulong)(attempt - 1), alpha: [15 * Alpha, 0]))
            );
            Assert.Equal(limits[attempt - 1], Assert.IsType<TradeCall.RemoveStake>(Assert.Single(sale.Steps).Call).LimitPriceRao);
            Plans(sale.Steps[0].Name);
            Assert.Equal(new NextStep.Wait(), Next(Baskets.Of(block: 1_000, alpha: [15 * Alpha, 0])));
            Ends(sale.Steps[0].Name, IntentState.Reverted);
        }
    }

    [Fact]
    public void What_is_too_little_to_be_sold_is_left_and_the_trade_is_over_by_what_was_refused()
    {
        GivenRefusedMint();
        Assert.Equal(new NextStep.Over(_done["mint"]), Next(Baskets.Of(alpha: [5 * Alpha + 4_000_000, 0])));
        Assert.IsType<NextStep.Do>(Next(Baskets.Of(alpha: [5 * Alpha + 4_002_100, 0])));
    }

    [Fact]
    public void The_accounts_own_alpha_is_never_sold()
    {
        GivenRefusedMint();
        Assert.Equal(new NextStep.Over(_done["mint"]), Next(Baskets.Of(alpha: [4 * Alpha, 0])));
    }

    [Fact]
    public void Tokens_are_bought_and_redeemed_for_tao_as_far_as_they_came()
    {
        _trade = Trade(TradeKind.BuyAndRedeem);
        var purchase = Assert.IsType<NextStep.Do>(Next());
        Assert.Equal(new TradeCall.BuyTokens(Wei.From(Wei.OneTao.Value * 99 / 100)), Assert.Single(purchase.Steps).Call);
        Assert.Equal(_trade.Proposal.Size, purchase.Steps[0].Value);
        Plans("buy");
        Assert.Equal(new NextStep.Wait(), Next());
        Succeeds("buy");
        Assert.IsType<NextStep.ReadTokens>(Next());
        Assert.Equal(new NextStep.ReadBasket(), Next(tokens: Wei.OneTao));
        var redemption = Assert.IsType<NextStep.Do>(Next(Baskets.Of(), Wei.OneTao));

        var call = Assert.IsType<TradeCall.Redeem>(Assert.Single(redemption.Steps).Call);
        Assert.Equal((Wei.OneTao, _trade.Proposal.MinProceeds), (call.Tokens, call.MinTao));
        Assert.Equal((0b11U, 0U), (call.Order.Sell, call.Order.Leave));
        Plans("redeem");
        Assert.Equal(new NextStep.Wait(), Next());
        Ends("redeem", IntentState.Final);
        Ends("buy", IntentState.Final);
        Assert.Equal(new NextStep.Over(_done["redeem"]), Next());
    }

    [Fact]
    public void Of_a_redemption_nothing_is_sold_that_is_too_little_for_it()
    {
        _trade = Trade(TradeKind.RedeemTokens);

        // Of leg 2 it is 0.0025 alpha, worth 0.00125 TAO.
        var small = _trade with
        {
            Proposal = _trade.Proposal with { Size = Wei.From(Wei.OneTao.Value / 200) },
        };
        var step = Assert.IsType<NextStep.Do>(Plan.Next(small, PlanFacts.None with { Basket = Baskets.Of() })).Steps[0];
        var order = Assert.IsType<TradeCall.Redeem>(step.Call).Order;
        Assert.Equal((0b01U, 0b10U), (order.Sell, order.Leave));
    }

    [Fact]
    public void A_purchase_that_came_to_nothing_ends_the_trade()
    {
        _trade = Trade(TradeKind.BuyAndRedeem);
        Plans("buy");
        Ends("buy", IntentState.Failed);
        Assert.Equal(new NextStep.Over(_done["buy"]), Next());
    }

    [Fact]
    public void Tokens_that_are_owned_are_sold_after_a_permission_only_where_it_is_missing()
    {
        _trade = Trade(TradeKind.SellTokens);
        Assert.Equal(new NextStep.ReadBasket(), Next());
        var call = Assert.Single(Assert.IsType<NextStep.Do>(Next(Baskets.Of(poolAllowed: _trade.Proposal.Size.Value - 1))).Steps).Call;
        Assert.Equal(new TradeCall.Approve(null), call);
        call = Assert.Single(Assert.IsType<NextStep.Do>(Next(Baskets.Of(poolAllowed: _trade.Proposal.Size.Value))).Steps).Call;
        Assert.Equal(new TradeCall.SellTokens(_trade.Proposal.Size, _trade.Proposal.MinProceeds), call);
    }

    [Fact]
    public void A_refused_permission_ends_the_sale()
    {
        _trade = Trade(TradeKind.SellTokens);
        Plans("approve");
        Ends("approve", IntentState.Failed);
        Assert.Equal(new NextStep.Over(_done["approve"]), Next());
    }

    private static OpenTrade Trade(TradeKind kind) =>
        new(1, new TradeProposal(kind, TradePurpose.Arbitrage, Ten, Wei.OneTao, 2_000, default, 0, Wei.OneTao), 90, 1_000);

    private static Wei Ten => Wei.From(Wei.OneTao.Value * 10);

    private NextStep Next(BasketReading? basket = null, Wei? tokens = null) => Plan.Next(_trade, new PlanFacts(_done, basket, tokens));

    private void GivenPurchases()
    {
        Plans("stake-1", "stake-2");
        _trade = _trade with { AlphaBefore = [new AlphaHeld(1, 5 * Alpha), new AlphaHeld(2, 0)] };
    }

    private void GivenRefusedMint()
    {
        GivenPurchases();
        Plans("mint");
        Ends("stake-1", IntentState.Final);
        Ends("stake-2", IntentState.Final);
        Ends("mint", IntentState.Reverted);
    }

    private void Plans(params string[] names) =>
        _trade = _trade with
        {
            Steps = _trade.Steps.AddRange(names.Select(name => new TradeStep(name, default, default, default, 0, true))),
        };

    private void Succeeds(params string[] names)
    {
        foreach (var name in names)
            Note(name, IntentState.Mined, success: true);
    }

    private void Ends(string name, IntentState state) => Note(name, state, success: state == IntentState.Final);

    private void Note(string name, IntentState state, bool success)
    {
        var receipt = state == IntentState.Failed ? null : new Receipt(Hash256.Zero, 95, Hash256.Zero, success, 21_000, 1);
        _done[name] = new IntentProgress(name, state, receipt, null);
    }
}
