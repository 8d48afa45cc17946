using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>A market's spot price, by where it comes from.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Spot">TAO for one token at the margin; null when it gives none.</param>
public sealed record MarketQuote(Address Pool, TaoPerToken? Spot);

/// <summary>The market's price, from one pool or several.</summary>
/// <param name="Price">The median of those that are no outliers.</param>
/// <param name="Used">How many agree with it.</param>
/// <param name="Of">How many were asked.</param>
/// <param name="TradingPoolAgrees">Whether the pool traded in is one of those that agree.</param>
public sealed record MarketPrice(TaoPerToken Price, int Used, int Of, bool TradingPoolAgrees)
{
    /// <summary>A pool further than this from the median is an outlier, in basis points of it.</summary>
    public const int OutlierBasisPoints = 1_000;

    /// <summary>The price of these quotes, the first being the pool traded in; null when none has one.</summary>
    public static MarketPrice? From(IReadOnlyList<MarketQuote> quotes)
    {
        var spots = quotes.Select(quote => quote.Spot).OfType<TaoPerToken>().Where(spot => spot.Value > 0).ToList();
        if (spots.Count == 0)
            return null;
        var median = Median(spots);
        var agreeing = spots.Where(spot => Agrees(spot, median)).ToList();
        var price = Median(agreeing.Count > 0 ? agreeing : spots);
        return new MarketPrice(price, agreeing.Count, quotes.Count, quotes[0].Spot is { } first && Agrees(first, median));
    }

    private static bool Agrees(TaoPerToken spot, TaoPerToken median) =>
        BigInteger.Abs((BigInteger)spot.Value - median.Value) * 10_000 <= (BigInteger)median.Value * OutlierBasisPoints;

    /// <summary>The middle one; of an even number the mean of the middle two, floored.</summary>
    private static TaoPerToken Median(List<TaoPerToken> prices)
    {
        var sorted = prices.Select(price => price.Value).Order().ToList();
        return TaoPerToken.From(
            sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2
        );
    }
}
