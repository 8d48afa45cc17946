using System.Numerics;

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

    private const string Permission = "approve";
    private const string Trade = "trade";

    /// <inheritdoc/>
    public NextStep Next(OpenTrade trade, PlanFacts facts)
    {
        if (trade.Steps is not [.., { Name: var last }])
            return new NextStep.Do(First(trade.Proposal));
        if (facts.Of(last) is not { } progress)
            return new NextStep.Wait();
        return last == Permission && progress.Succeeded ? new NextStep.Do(Last(trade.Proposal)) : facts.Over(trade, progress);
    }

    private static PlannedStep First(TradeProposal proposal) =>
        proposal.Kind switch
        {
            TradeKind.SellTokens => new PlannedStep(Permission, new TradeCall.Approve(TradeCall.Spender.Pool, proposal.Size)),
            TradeKind.RedeemTokens => new PlannedStep(Permission, new TradeCall.Approve(TradeCall.Spender.Router, proposal.Size)),
            _ => Last(proposal),
        };

    private static PlannedStep Last(TradeProposal proposal)
    {
        var profit = (BigInteger)proposal.MinProceeds.Value - proposal.Size.Value;
        return proposal.Kind switch
        {
            TradeKind.MintAndSell => RoundTrip(new TradeCall.MintAndSell(profit)),
            TradeKind.BuyAndRedeem => RoundTrip(new TradeCall.BuyAndRedeem(profit)),
            TradeKind.SellTokens => new PlannedStep(Trade, new TradeCall.SellTokens(proposal.Size, proposal.MinProceeds)),
            TradeKind.RedeemTokens => new PlannedStep(Trade, new TradeCall.RedeemForTao(proposal.Size, proposal.MinProceeds)),
            var unknown => throw new ArgumentOutOfRangeException(nameof(proposal), unknown, "no kind of trade"),
        };

        PlannedStep RoundTrip(TradeCall call) => new(Trade, call, proposal.Size, proposal.GasUnits * GasAllowance);
    }
}
