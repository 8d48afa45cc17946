using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Encodes the calls a trade is made of, and says at which contract each is made.</summary>
/// <param name="Contract">The TAO20 contract.</param>
/// <param name="Market">Where it is traded.</param>
public sealed record TradeEncoder(Address Contract, MarketAddresses Market)
{
    private static readonly BigInteger Everything = BigInteger.Pow(2, 256) - 1;

    private Address Pool => Market.Pools[0];

    private Address Router => Market.Router ?? throw new InvalidOperationException("There is no router to trade through.");

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
            TradeCall.Approve(var by, var tokens) => (
                Contract,
                new ApproveFunction(by == TradeCall.Spender.Pool ? Pool : Router, tokens is { } some ? some.Value : Everything).Encode()
            ),
            TradeCall.MintAndSell(var profit) => (Router, RouterCalls.MintAndSell(profit, deadline)),
            TradeCall.BuyAndRedeem(var profit) => (Router, RouterCalls.BuyAndRedeem(profit, deadline)),
            TradeCall.RedeemForTao(var tokens, var least) => (Router, RouterCalls.Redeem(tokens, least, deadline)),
            TradeCall.SellTokens(var tokens, var least) => (Pool, RouterCalls.Sell(tokens, least, deadline)),
            TradeCall.BuyTokens(var least) => (Pool, new BuyFunction(least.Value, deadline).Encode()),
            TradeCall.AddStake(var hotkey, var netuid, var rao, var limit) => (
                Precompiles.Staking,
                new AddStakeLimitFunction(hotkey, rao, limit, false, netuid).Encode()
            ),
            TradeCall.RemoveStake(var hotkey, var netuid, var alpha, var limit) => (
                Precompiles.Staking,
                new RemoveStakeLimitFunction(hotkey, alpha, limit, false, netuid).Encode()
            ),
            TradeCall.AllowAlpha(var netuid) => (Precompiles.Staking, new ApproveStakeFunction(Contract, netuid, Everything).Encode()),
            TradeCall.MintInKind(var alpha, var least) => (
                Contract,
                new MintInKindFunction([.. alpha.Select(amount => (BigInteger)amount)], least.Value, deadline).Encode()
            ),
            TradeCall.RedeemInKind(var tokens, var least) => (
                Contract,
                new RedeemInKindFunction(tokens.Value, [.. least.Select(amount => (BigInteger)amount)], deadline).Encode()
            ),
            _ => throw new ArgumentException($"A {call.GetType().Name} is no call of a trade.", nameof(call)),
        };
}
