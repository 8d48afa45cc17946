using System.Globalization;
using System.Numerics;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Domain.Arbitrage;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Arbitrage;

/// <summary>
/// The transactions of a trade, one after the other. They follow from the trade alone: after a crash the same ones are asked for again,
/// and the outbox does each once.
/// </summary>
internal static class TradeSteps
{
    /// <summary>What a trade may use of gas for each unit it was quoted with: the pools may be in another state by then, and what is not used is not paid.</summary>
    private const ulong GasAllowance = 2;

    /// <summary>The steps of a trade through the router.</summary>
    public static IReadOnlyList<TransactionIntent> Of(OpenTrade trade, Address contract, MarketAddresses market)
    {
        var proposal = trade.Proposal;
        var profit = (BigInteger)proposal.MinProceeds.Value - proposal.Size.Value;
        return proposal.Kind switch
        {
            TradeKind.MintAndSell => [Step(1, market.Router, RouterCalls.MintAndSell(profit, proposal.Deadline), proposal.Size.Value, proposal.GasUnits * GasAllowance)],
            TradeKind.BuyAndRedeem => [Step(1, market.Router, RouterCalls.BuyAndRedeem(profit, proposal.Deadline), proposal.Size.Value, proposal.GasUnits * GasAllowance)],
            TradeKind.SellTokens =>
            [
                Step(1, contract, RouterCalls.Approve(market.Pools[0], proposal.Size)),
                Step(2, market.Pools[0], RouterCalls.Sell(proposal.Size, proposal.MinProceeds, proposal.Deadline)),
            ],
            TradeKind.RedeemTokens =>
            [
                Step(1, contract, RouterCalls.Approve(market.Router, proposal.Size)),
                Step(2, market.Router, RouterCalls.Redeem(proposal.Size, proposal.MinProceeds, proposal.Deadline)),
            ],
            var unknown => throw new ArgumentException($"A trade of kind {unknown} has no steps.", nameof(trade)),
        };

        TransactionIntent Step(int number, Address to, string call, UInt128 value = default, ulong gas = 0) => new(
            string.Create(CultureInfo.InvariantCulture, $"arb-{trade.Number}-{number}"), to, value, Convert.FromHexString(call.AsSpan(2)), proposal.Deadline, gas);
    }
}
