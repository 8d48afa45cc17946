using Tao20.Domain.Checks;

namespace Tao20.Domain.Arbitrage;

/// <summary>What each kind of trade does with the chain.</summary>
public static class TradeActions
{
    /// <summary>The actions that have to be open for a trade of this kind to be begun.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static IReadOnlyList<ChainAction> Of(TradeKind kind) =>
        kind switch
        {
            TradeKind.MintAndSell => [ChainAction.Mint, ChainAction.Market],
            TradeKind.BuyAndRedeem => [ChainAction.Market, ChainAction.Redeem],
            TradeKind.SellTokens => [ChainAction.Market],
            TradeKind.RedeemTokens => [ChainAction.Redeem],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no kind of trade"),
        };

    /// <summary>Why a trade of this kind must wait; null when it may be begun.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="closed">Why an action must wait; null when it may go on.</param>
    public static string? Closed(TradeKind kind, Func<ChainAction, string?> closed)
    {
        var off = Of(kind).Select(action => (Action: action, Why: closed(action))).FirstOrDefault(one => one.Why is not null);
        return off.Why is { } why ? $"{off.Action} is off: {why}" : null;
    }
}
