using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Nav;

/// <summary>What the chain says about one subnet's alpha at one block.</summary>
/// <param name="Netuid">The subnet; 0 is root, whose alpha is TAO.</param>
/// <param name="RawPrice"><c>getAlphaPrice</c> as returned, in a scale that depends on the runtime; null when it was refused.</param>
/// <param name="TaoInPool">TAO in the subnet's pool, in rao.</param>
/// <param name="AlphaInPool">Alpha in the subnet's pool, in 1e-9 alpha.</param>
public sealed record AlphaQuote(ushort Netuid, BigInteger? RawPrice, ulong TaoInPool, ulong AlphaInPool);

/// <summary>Where a price comes from.</summary>
public enum PriceSource
{
    /// <summary>Root: one alpha is one TAO.</summary>
    Root,

    /// <summary><c>getAlphaPrice</c> with 18 decimals.</summary>
    RuntimeWei,

    /// <summary><c>getAlphaPrice</c> with 9 decimals.</summary>
    RuntimeRao,

    /// <summary>TAO in the pool over alpha in the pool: an older runtime cuts its price to whole TAO.</summary>
    PoolRatio,
}

/// <summary>The price of one subnet's alpha.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Price">TAO for one alpha.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record AlphaPrice(ushort Netuid, TaoPerAlpha Price, PriceSource Source)
{
    /// <summary>By how much <c>getAlphaPrice</c> and the pool may differ, in percent (source: the domain rules, NAV).</summary>
    public const int TolerancePercent = 10;

    private const ulong RaoPerTao = 1_000_000_000;

    /// <summary>
    /// The price a quote gives: <c>getAlphaPrice</c> in the scale in which it agrees with the pool within 10 %. A price cut to whole
    /// TAO says nothing the pool does not say better, so then it is the pool's ratio. Null when there is no price, or the two
    /// disagree; <paramref name="problem"/> says which.
    /// </summary>
    public static AlphaPrice? Of(AlphaQuote quote, out string? problem)
    {
        problem = null;
        if (quote.Netuid == 0)
            return new AlphaPrice(0, TaoPerAlpha.One, PriceSource.Root);
        if (quote.TaoInPool == 0 || quote.AlphaInPool == 0)
        {
            problem = $"subnet {quote.Netuid} has an empty pool";
            return null;
        }

        if (quote.RawPrice is not { } raw)
        {
            problem = $"subnet {quote.Netuid} has no price";
            return null;
        }

        var one = (BigInteger)Wei.OneTao.Value;
        var ratio = quote.TaoInPool * one / quote.AlphaInPool;
        if (Agrees(raw, ratio))
            return Priced(raw, PriceSource.RuntimeWei);
        if (Agrees(raw * RaoPerTao, ratio))
            return Priced(raw * RaoPerTao, PriceSource.RuntimeRao);

        // Cut to whole TAO: what is missing is less than one, and the rest agrees.
        if (raw * one <= ratio * (100 + TolerancePercent) / 100 && (raw + 1) * one >= ratio * (100 - TolerancePercent) / 100)
            return Priced(ratio, PriceSource.PoolRatio);
        problem =
            $"subnet {quote.Netuid}: getAlphaPrice gives {raw} and its pool {ratio}e-18 TAO; they differ by more than "
            + $"{TolerancePercent} % in every scale";
        return null;

        AlphaPrice? Priced(BigInteger value, PriceSource source) => new(quote.Netuid, TaoPerAlpha.From((UInt128)value), source);
    }

    private static bool Agrees(BigInteger price, BigInteger ratio) => BigInteger.Abs(price - ratio) * 100 <= ratio * TolerancePercent;
}
