using System.Numerics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>Baskets of two subnets at half a TAO for an alpha; the index holds 150 and 50 alpha for a supply of 100.</summary>
internal static class Baskets
{
    public const ulong Alpha = 1_000_000_000;
    public static readonly BigInteger Everything = BigInteger.Pow(2, 256) - 1;

    /// <summary>The basket, with the account's own alpha in it.</summary>
    public static BasketReading Of(
        ulong block = 100,
        ulong[]? alpha = null,
        BigInteger[]? allowed = null,
        BigInteger poolAllowed = default,
        RuntimeProfile profile = RuntimeProfile.Spec473
    )
    {
        alpha ??= [5 * Alpha, 0];
        return new BasketReading(
            Inputs(block),
            LegRules.Of(profile),
            [new AlphaHeld(1, alpha[0]), new AlphaHeld(2, alpha[1])],
            allowed ?? [Everything, Everything],
            poolAllowed
        );
    }

    /// <summary>What is read of the index.</summary>
    public static NavInputs Inputs(ulong block = 100) =>
        new(
            block,
            Hash256.Zero,
            1_500,
            Wei.From(Wei.OneTao.Value * 100),
            [
                new NavHolding(1, Ratio.Of(3, 4), 150 * (BigInteger)Alpha, Quote(1)),
                new NavHolding(2, Ratio.Of(1, 4), 50 * (BigInteger)Alpha, Quote(2)),
            ]
        )
        {
            Revision = 7,
        };

    /// <summary>The same with prices.</summary>
    public static NavReading.Available Nav(NavInputs? inputs = null)
    {
        var read = inputs ?? Inputs();
        return Assert.IsType<NavReading.Available>(NavReading.Of(read, read.Timestamp));
    }

    private static AlphaQuote Quote(ushort netuid) =>
        new(netuid, Wei.OneTao.Value / 2, true, new BalancerPool(500 * Alpha, 1_000 * Alpha, BalancerPool.Half));
}
