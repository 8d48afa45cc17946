using System.Numerics;
using Tao20.Domain.Index;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// A trade as one transaction through the router, which reverts unless it earns what is asked; tokens that are owned need a
/// permission first.
/// </summary>
public sealed class RouterPlan : ITradePlan
{
    /// <summary>
    /// What a trade may use of gas for each unit it was quoted with: the pools may be in another state by then, and what is not
    /// used is not paid.
    /// </summary>
    private const ulong GasAllowance = 2;

    /// <summary>How many legs' gas is there besides: a call is given all but a 64th of what its caller has.</summary>
    private const ulong LegsAhead = 2;

    private const string Permission = "approve";
    private const string Trade = "trade";

    /// <inheritdoc/>
    public NextStep Next(OpenTrade trade, PlanFacts facts)
    {
        if (trade.Steps is not [.., { Name: var last }])
            return First(trade.Proposal, facts);
        if (facts.Of(last) is not { } progress)
            return new NextStep.Wait();
        return last == Permission && progress.Succeeded
            ? new NextStep.Do(new PlannedStep(Trade, new TradeCall.SellTokens(trade.Proposal.Size, trade.Proposal.MinProceeds)))
            : facts.Over(trade, progress);
    }

    private static NextStep First(TradeProposal proposal, PlanFacts facts)
    {
        switch (proposal.Kind)
        {
            case TradeKind.SellTokens:
                return new NextStep.Do(new PlannedStep(Permission, new TradeCall.Approve(proposal.Size)));
            case TradeKind.RedeemTokens:
                return facts.Basket is { } basket
                    ? new NextStep.Do(new PlannedStep(Trade, basket.Redemption(proposal.Size, proposal.MinProceeds)))
                    : new NextStep.ReadBasket();
        }

        // A trade of before orders has none, and is not begun any more: its deadline has long passed.
        var order = proposal.Order ?? new BasketOrder(0, 0);
        var profit = (BigInteger)proposal.MinProceeds.Value - proposal.Size.Value;
        TradeCall call = proposal.Kind switch
        {
            TradeKind.MintAndSell => new TradeCall.MintAndSell(profit, order),
            TradeKind.BuyAndRedeem => new TradeCall.BuyAndRedeem(profit, order),
            var unknown => throw new ArgumentOutOfRangeException(nameof(proposal), unknown, "no kind of trade"),
        };

        // Beside what is used, what each leg is to be given has to be there.
        var gas = proposal.GasUnits * GasAllowance + LegsAhead * order.LegGas;
        return new NextStep.Do(new PlannedStep(Trade, call, proposal.Size, gas));
    }
}
