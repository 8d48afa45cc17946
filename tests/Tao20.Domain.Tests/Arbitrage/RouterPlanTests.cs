using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Arbitrage;

[Trait("Category", "Fast")]
public sealed class RouterPlanTests
{
    private static readonly RouterPlan Plan = new();
    private static readonly BasketOrder Order = new(3, 40) { Tao = [1, 2], Limit = [3, 4] };

    [Fact]
    public void A_round_trip_is_one_transaction_that_asks_for_its_profit_and_has_gas_to_spare()
    {
        var step = Assert.Single(Assert.IsType<NextStep.Do>(Next(Trade(TradeKind.MintAndSell))).Steps);
        Assert.Equal(new TradeCall.MintAndSell(3, Order), step.Call);

        // Twice what it was quoted with, and what two legs are to be given.
        Assert.Equal((Wei.From(100), 680UL), (step.Value, step.Gas));
        step = Assert.Single(Assert.IsType<NextStep.Do>(Next(Trade(TradeKind.BuyAndRedeem))).Steps);
        Assert.Equal(new TradeCall.BuyAndRedeem(3, Order), step.Call);
    }

    [Fact]
    public void Tokens_that_are_sold_need_a_permission_for_just_as_many_first()
    {
        var trade = Trade(TradeKind.SellTokens);
        var permission = Assert.Single(Assert.IsType<NextStep.Do>(Next(trade)).Steps);
        Assert.Equal(new TradeCall.Approve(Wei.From(100)), permission.Call);
        trade = With(trade, permission.Name);
        Assert.Equal(new NextStep.Wait(), Next(trade));
        var step = Assert.Single(Assert.IsType<NextStep.Do>(Next(trade, (permission.Name, IntentState.Mined))).Steps);
        Assert.Equal(new TradeCall.SellTokens(Wei.From(100), Wei.From(103)), step.Call);
        Assert.Equal(Wei.Zero, step.Value);
    }

    [Fact]
    public void Tokens_are_redeemed_at_the_index_itself_by_what_its_legs_are_then()
    {
        var trade = Trade(TradeKind.RedeemTokens);
        Assert.Equal(new NextStep.ReadBasket(), Next(trade));
        var basket = Baskets.Of(alpha: [0, 0]);
        var step = Assert.Single(Assert.IsType<NextStep.Do>(Plan.Next(trade, PlanFacts.None with { Basket = basket })).Steps);
        Assert.Equal(basket.Redemption(Wei.From(100), Wei.From(103)), step.Call);
    }

    [Theory]
    [InlineData(IntentState.Final)]
    [InlineData(IntentState.Reverted)]
    [InlineData(IntentState.Failed)]
    [InlineData(IntentState.Expired)]
    public void It_is_over_when_its_last_transaction_has_ended(IntentState end)
    {
        var trade = With(Trade(TradeKind.MintAndSell), "trade");
        Assert.Equal(new NextStep.Wait(), Next(trade, ("trade", IntentState.Broadcast)));
        Assert.Equal(end, Assert.IsType<NextStep.Over>(Next(trade, ("trade", end))).Decisive.State);
    }

    [Fact]
    public void A_refused_permission_ends_it()
    {
        var trade = With(Trade(TradeKind.SellTokens), "approve");
        Assert.IsType<NextStep.Over>(Next(trade, ("approve", IntentState.Failed)));
    }

    private static OpenTrade Trade(TradeKind kind) =>
        new(1, new TradeProposal(kind, TradePurpose.Arbitrage, Wei.From(100), Wei.From(103), 2_000, default, 300, Order: Order), 90, 1_000);

    private static OpenTrade With(OpenTrade trade, string step) =>
        trade with
        {
            Steps = trade.Steps.Add(new TradeStep(step, default, default, default, 0, true)),
        };

    private static NextStep Next(OpenTrade trade, params (string Name, IntentState State)[] done) =>
        Plan.Next(
            trade,
            new PlanFacts(
                done.ToDictionary(step => step.Name, step => new IntentProgress(step.Name, step.State, ReceiptOf(step.State), null))
            )
        );

    private static Receipt? ReceiptOf(IntentState state) =>
        state is IntentState.Mined or IntentState.Final or IntentState.Reverted
            ? new Receipt(Hash256.Zero, 95, Hash256.Zero, state != IntentState.Reverted, 21_000, 1)
            : null;
}
