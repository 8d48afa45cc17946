using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>A call that a trade is made of. How it is encoded, and at which contract, is the chain's to say.</summary>
public abstract record TradeCall
{
    private TradeCall() { }

    /// <summary>Who may take the account's tokens.</summary>
    public enum Spender
    {
        /// <summary>The market's pool.</summary>
        Pool,

        /// <summary>The router.</summary>
        Router,
    }

    /// <summary>Lets a contract take tokens; all, now and later, when <paramref name="Tokens"/> is null.</summary>
    public sealed record Approve(Spender By, Wei? Tokens) : TradeCall;

    /// <summary>Mints with the TAO sent along and sells the tokens, by the router, or reverts.</summary>
    /// <param name="MinProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    public sealed record MintAndSell(BigInteger MinProfit) : TradeCall;

    /// <summary>Buys tokens with the TAO sent along and redeems them, by the router, or reverts.</summary>
    /// <param name="MinProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    public sealed record BuyAndRedeem(BigInteger MinProfit) : TradeCall;

    /// <summary>Redeems tokens for TAO, by the router, or reverts.</summary>
    public sealed record RedeemForTao(Wei Tokens, Wei MinTao) : TradeCall;

    /// <summary>Sells tokens in the pool, or reverts.</summary>
    public sealed record SellTokens(Wei Tokens, Wei MinTao) : TradeCall;

    /// <summary>Buys tokens in the pool with the TAO sent along, or reverts.</summary>
    public sealed record BuyTokens(Wei MinTokens) : TradeCall;

    /// <summary>Buys alpha for TAO, all of it up to a price in rao for one alpha, or reverts.</summary>
    public sealed record AddStake(Hash256 Hotkey, ushort Netuid, ulong Rao, BigInteger LimitPriceRao) : TradeCall;

    /// <summary>Sells alpha (in 1e-9) for TAO, all of it down to a price in rao for one alpha, or reverts.</summary>
    public sealed record RemoveStake(Hash256 Hotkey, ushort Netuid, ulong Alpha, BigInteger LimitPriceRao) : TradeCall;

    /// <summary>Lets the index take alpha of a subnet.</summary>
    public sealed record AllowAlpha(ushort Netuid) : TradeCall;

    /// <summary>Mints with alpha (in 1e-9) of every constituent, in the order of the composition, or reverts.</summary>
    public sealed record MintInKind(IReadOnlyList<ulong> Alpha, Wei MinTokens) : TradeCall;

    /// <summary>Redeems tokens for alpha (in 1e-9) of every constituent, or reverts.</summary>
    public sealed record RedeemInKind(Wei Tokens, IReadOnlyList<ulong> MinAlpha) : TradeCall;
}

/// <summary>A transaction of a trade, before it is encoded.</summary>
/// <param name="Name">What it is, once in the trade.</param>
/// <param name="Call">The call.</param>
/// <param name="Value">TAO sent along.</param>
/// <param name="Gas">The gas it takes, where that is known; 0 has it estimated.</param>
/// <param name="Expires">Whether it is not begun any more after the trade's deadline.</param>
public sealed record PlannedStep(string Name, TradeCall Call, Wei Value = default, ulong Gas = 0, bool Expires = true);
