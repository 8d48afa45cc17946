using System.Numerics;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>A call that a trade is made of. How it is encoded, and at which contract, is the chain's to say.</summary>
public abstract record TradeCall
{
    private TradeCall() { }

    /// <summary>Lets the market's pool take tokens; all, now and later, when <paramref name="Tokens"/> is null.</summary>
    public sealed record Approve(Wei? Tokens) : TradeCall;

    /// <summary>Buys the basket for the TAO sent along, mints and sells the tokens, by the router, or reverts.</summary>
    /// <param name="MinProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="Order">How the basket is bought.</param>
    public sealed record MintAndSell(BigInteger MinProfit, BasketOrder Order) : TradeCall;

    /// <summary>Buys tokens with the TAO sent along and redeems them for TAO, by the router, or reverts.</summary>
    /// <param name="MinProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="Order">Which legs are sold, and which left.</param>
    public sealed record BuyAndRedeem(BigInteger MinProfit, BasketOrder Order) : TradeCall;

    /// <summary>Redeems tokens for TAO, or reverts.</summary>
    /// <param name="Tokens">The tokens.</param>
    /// <param name="MinTao">The least TAO that has to come.</param>
    /// <param name="Order">Which legs are sold, and which left.</param>
    /// <param name="Legs">How many legs there are.</param>
    public sealed record Redeem(Wei Tokens, Wei MinTao, BasketOrder Order, int Legs) : TradeCall;

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

    /// <summary>Mints with alpha (in 1e-9) of every leg, in their order, and the TAO sent along, or reverts.</summary>
    /// <param name="Alpha">The most that is given of each.</param>
    /// <param name="MinTokens">The least tokens that have to come.</param>
    /// <param name="Order">Which legs are given whole.</param>
    public sealed record Mint(IReadOnlyList<ulong> Alpha, Wei MinTokens, BasketOrder Order) : TradeCall;
}

/// <summary>A transaction of a trade, before it is encoded.</summary>
/// <param name="Name">What it is, once in the trade.</param>
/// <param name="Call">The call.</param>
/// <param name="Value">TAO sent along.</param>
/// <param name="Gas">The gas it takes, where that is known; 0 has it estimated.</param>
/// <param name="Expires">Whether it is not begun any more after the trade's deadline.</param>
public sealed record PlannedStep(string Name, TradeCall Call, Wei Value = default, ulong Gas = 0, bool Expires = true);
