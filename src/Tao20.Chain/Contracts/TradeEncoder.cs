using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Encodes the calls a trade is made of, and says at which contract each is made.</summary>
/// <param name="Contract">The TAO20 contract.</param>
/// <param name="Market">The market.</param>
/// <param name="TradesThrough">The router; null where trades are done step by step.</param>
public sealed record TradeEncoder(Address Contract, ITokenMarket Market, Address? TradesThrough)
{
    private static readonly BigInteger Everything = BigInteger.Pow(2, 256) - 1;

    private Address Router => TradesThrough ?? throw new InvalidOperationException("There is no router to trade through.");

    /// <summary>The transaction of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="deadline">The trade's deadline, in Unix seconds.</param>
    public TradeStep Encode(PlannedStep step, ulong deadline)
    {
        var (to, call) = Call(step.Call, deadline);
        return new TradeStep(step.Name, to, step.Value, Convert.FromHexString(call.AsSpan(2)), step.Gas, step.Expires);
    }

    private (Address To, string Call) Call(TradeCall call, ulong deadline) =>
        call switch
        {
            TradeCall.Approve(var tokens) => (
                Contract,
                tokens is { } some ? RouterCalls.Approve(Market.Spender, some) : RouterCalls.ApproveAll(Market.Spender)
            ),
            TradeCall.MintAndSell(var profit, var order) => (Router, RouterCalls.MintAndSell(order, profit, deadline)),
            TradeCall.BuyAndRedeem(var profit, var order) => (Router, RouterCalls.BuyAndRedeem(order, profit, deadline)),
            TradeCall.Redeem(var tokens, var least, var order, var legs) => (
                Contract,
                RouterCalls.Redeem(order, legs, tokens, least, deadline)
            ),
            TradeCall.SellTokens(var tokens, var least) => Market.Sell(tokens, least, deadline),
            TradeCall.BuyTokens(var least) => Market.Buy(least, deadline),
            TradeCall.AddStake(var hotkey, var netuid, var rao, var limit) => (
                Precompiles.Staking,
                new AddStakeLimitFunction(hotkey, rao, limit, false, netuid).Encode()
            ),
            TradeCall.RemoveStake(var hotkey, var netuid, var alpha, var limit) => (
                Precompiles.Staking,
                new RemoveStakeLimitFunction(hotkey, alpha, limit, false, netuid).Encode()
            ),
            TradeCall.AllowAlpha(var netuid) => (Precompiles.Staking, new ApproveStakeFunction(Contract, netuid, Everything).Encode()),
            TradeCall.Mint(var alpha, var least, var order) => (Contract, RouterCalls.MintInKind(order, alpha, least, deadline)),
            _ => throw new ArgumentException($"A {call.GetType().Name} is no call of a trade.", nameof(call)),
        };
}
