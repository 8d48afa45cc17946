using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What happens to a miner's account: all that its report is made of.</summary>
public abstract record ArbitrageEvent
{
    private ArbitrageEvent() { }

    /// <summary>TAO or tokens came or went that no trade has moved: deposits, withdrawals, what others sent.</summary>
    /// <param name="Tao">The change of TAO.</param>
    /// <param name="Tokens">The change of TAO20.</param>
    /// <param name="Nav">What a token was worth.</param>
    /// <param name="Block">The block up to which it was seen.</param>
    /// <param name="Time">That block's time, in Unix seconds.</param>
    public sealed record BalancesMoved(WeiDelta Tao, WeiDelta Tokens, TaoPerToken Nav, ulong Block, ulong Time) : ArbitrageEvent;

    /// <summary>A trade was decided on and is on its way.</summary>
    public sealed record TradeOpened(OpenTrade Trade) : ArbitrageEvent;

    /// <summary>These transactions are the next of the trade on its way.</summary>
    /// <param name="Number">The trade.</param>
    /// <param name="Steps">The transactions.</param>
    /// <param name="AlphaBefore">The account's own alpha, if the trade is about to touch it; else empty.</param>
    public sealed record StepsPlanned(long Number, ImmutableList<TradeStep> Steps, ImmutableList<AlphaHeld> AlphaBefore) : ArbitrageEvent;

    /// <summary>A trade is over, finally.</summary>
    public sealed record TradeClosed(OpenTrade Trade, TradeResult Result, ulong? NotBefore) : ArbitrageEvent;

    /// <summary>Trading stops.</summary>
    public sealed record BreakerTripped(OpenBreaker Breaker) : ArbitrageEvent;

    /// <summary>What stopped it is over.</summary>
    /// <param name="Breaker">What it was.</param>
    /// <param name="Time">When, in Unix seconds of the chain.</param>
    /// <param name="ByOperator">Whether an operator has resumed it; then failures and losses are counted anew.</param>
    public sealed record BreakerCleared(Breaker Breaker, ulong Time, bool ByOperator) : ArbitrageEvent;

    /// <summary>An operator wants all tokens turned into TAO; nothing else is traded meanwhile.</summary>
    public sealed record UnwindBegan(ulong Time) : ArbitrageEvent;

    /// <summary>No tokens are left.</summary>
    public sealed record UnwindEnded(ulong Time) : ArbitrageEvent;
}
