using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Nav;

/// <summary>What the chain says about one subnet's alpha at one block.</summary>
/// <param name="Netuid">The subnet; 0 is root, whose alpha is TAO.</param>
/// <param name="RawPrice"><c>getAlphaPrice</c> as returned, in 1e-18 TAO; null when it was refused.</param>
/// <param name="Exists">
/// Whether the subnet is there. The chain has a price of 1 for one that is not, and one that is being dissolved shows its last price and
/// then others while nothing can be traded (source: Subtensor, <c>NetworksAdded</c>, subnets/dissolution.rs).
/// </param>
/// <param name="Pool">Its pool; null where the chain follows another curve than the balancer's, or one that is not known.</param>
public sealed record AlphaQuote(ushort Netuid, BigInteger? RawPrice, bool Exists, BalancerPool? Pool);

/// <summary>A pool of TAO and alpha whose price is <c>(w1 / w2) * (TAO / alpha)</c> (source: Subtensor, balancer.rs).</summary>
/// <param name="Tao">TAO in the pool, in rao.</param>
/// <param name="Alpha">Alpha in the pool, in 1e-9 alpha.</param>
/// <param name="QuoteWeight">The weight of TAO, <c>w2</c>, 1e18 for 1; that of alpha is what is left of 1.</param>
public sealed record BalancerPool(ulong Tao, ulong Alpha, ulong QuoteWeight)
{
    /// <summary>A weight of 1.</summary>
    public const ulong One = 1_000_000_000_000_000_000;

    /// <summary>The weight a pool begins with: a half.</summary>
    public const ulong Half = One / 2;

    /// <summary>Its price in 1e-18 TAO, rounded down; null where there is none.</summary>
    public BigInteger? Price =>
        Alpha == 0 || QuoteWeight is 0 or >= One ? null : (BigInteger)(One - QuoteWeight) * Tao * One / ((BigInteger)QuoteWeight * Alpha);
}

/// <summary>The price of one subnet's alpha: what the chain says, and nothing else.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Price">TAO for one alpha.</param>
public sealed record AlphaPrice(ushort Netuid, TaoPerAlpha Price)
{
    // The chain's price has nine decimals and is rounded down at every step on the way.
    private const ulong ToleranceWei = 1_000_000_000;
    private const ulong ToleranceParts = 1_000_000_000;

    /// <summary>None: of a leg that does not count.</summary>
    public static AlphaPrice None(ushort netuid) => new(netuid, TaoPerAlpha.From(0));

    /// <summary>
    /// The price of a quote: <c>getAlphaPrice</c>. Where the pool is known it has to agree with it, to 1e-9 of itself and 1e-9 TAO: what
    /// does not agree is a chain that is not understood. Null when there is no price; <paramref name="problem"/> says why.
    /// </summary>
    public static AlphaPrice? Of(AlphaQuote quote, out string? problem)
    {
        problem = null;
        if (quote.Netuid == 0)
            return new AlphaPrice(0, TaoPerAlpha.One);
        if (!quote.Exists)
            problem = $"subnet {quote.Netuid} is not there, or is being dissolved: its price says nothing";
        else if (quote.RawPrice is not { IsZero: false } raw)
            problem = $"subnet {quote.Netuid} has no price";
        else if (quote.Pool is not { } pool || pool.Price is { } expected && Agrees(raw, expected))
            return new AlphaPrice(quote.Netuid, TaoPerAlpha.From((UInt128)raw));
        else
            problem =
                $"subnet {quote.Netuid}: getAlphaPrice gives {raw}e-18 TAO and its pool {pool.Price?.ToString() ?? "none"}: the chain has "
                + "changed how it makes prices";
        return null;
    }

    private static bool Agrees(BigInteger price, BigInteger expected) =>
        BigInteger.Abs(price - expected) <= expected / ToleranceParts + ToleranceWei;
}
