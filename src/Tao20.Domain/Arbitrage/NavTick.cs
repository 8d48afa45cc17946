using System.Numerics;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What a round trip gives: TAO to tokens in one place, tokens to TAO in the other.</summary>
/// <param name="Tokens">Tokens in the middle.</param>
/// <param name="Proceeds">TAO at the end, fees and slippage of both places included, gas not.</param>
/// <param name="GasUnits">The gas it takes.</param>
/// <param name="Order">How the index's legs take part in it, where it is one transaction.</param>
public sealed record RoundTrip(Wei Tokens, Wei Proceeds, ulong GasUnits, BasketOrder? Order = null);

/// <summary>One size of the ladder, quoted at one block.</summary>
/// <param name="Size">TAO put in.</param>
/// <param name="Mint">Minted with it and sold on the market; null when the chain refuses to quote, or it cannot pay.</param>
/// <param name="Redeem">Bought with it on the market and redeemed; null when the chain refuses to quote, or it cannot pay.</param>
/// <param name="Refusal">Why a side that was asked for is not quoted, in words; null when all are.</param>
public sealed record LadderRung(Wei Size, RoundTrip? Mint, RoundTrip? Redeem, string? Refusal = null)
{
    /// <summary>The quote of a kind of round trip.</summary>
    public RoundTrip? Of(TradeKind kind) => kind == TradeKind.MintAndSell ? Mint : Redeem;
}

/// <summary>
/// Which round trips are quoted: those that can pay. Minting for the market does where it is not below NAV, buying for a redemption where
/// it is not above; each quote is a simulation of the whole basket, which is what a tick costs.
/// </summary>
/// <param name="Mint">Minted and sold on the market.</param>
/// <param name="Redeem">Bought on the market and redeemed.</param>
public readonly record struct LadderSides(bool Mint, bool Redeem)
{
    /// <summary>The sides at a price of the market.</summary>
    /// <param name="market">The price.</param>
    /// <param name="nav">NAV.</param>
    /// <param name="tokens">Tokens of the account: what turns them into TAO is held against a redemption.</param>
    public static LadderSides Of(TaoPerToken market, TaoPerToken nav, Wei tokens) =>
        new(market.Value >= nav.Value, market.Value <= nav.Value || tokens.Value > 0);
}

/// <summary>All a decision needs, read at one block.</summary>
/// <param name="Block">The block.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
/// <param name="Epoch">The epoch the contract is in.</param>
/// <param name="Nav">NAV at spot prices.</param>
/// <param name="Move">How far NAV has moved since the tick before.</param>
/// <param name="Market">The market's price.</param>
/// <param name="Pool">What is in the pool traded in.</param>
/// <param name="Ladder">Executable quotes by size, ascending.</param>
/// <param name="GasPrice">What a unit of gas costs, in wei.</param>
/// <param name="Tao">TAO the account owns.</param>
/// <param name="Tokens">TAO20 the account owns.</param>
public sealed record NavTick(
    ulong Block,
    Hash256 BlockHash,
    ulong Timestamp,
    EpochId Epoch,
    TaoPerToken Nav,
    NavMove Move,
    MarketPrice Market,
    PoolReserves Pool,
    IReadOnlyList<LadderRung> Ladder,
    BigInteger GasPrice,
    Wei Tao,
    Wei Tokens
)
{
    /// <summary>The index's fee, in hundredths of a percent.</summary>
    public int FeeBps { get; init; }

    /// <summary>How far the market is from NAV, as a fraction of NAV: positive when a token is dearer on the market.</summary>
    public Ratio Spread => Ratio.Of((BigInteger)Market.Price.Value - Nav.Value, Nav.Value);
}
