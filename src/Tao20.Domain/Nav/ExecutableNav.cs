using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Nav;

/// <summary>What a trade of a certain size really costs or brings, fees and slippage of the subnets' pools included.</summary>
/// <param name="Tao">TAO paid for a mint, or received for a redemption.</param>
/// <param name="Tokens">Tokens received for it, or given.</param>
/// <param name="Price">TAO for one token: for a mint rounded up, for a redemption down.</param>
public sealed record ExecutablePrice(Wei Tao, Wei Tokens, TaoPerToken Price)
{
    /// <summary>The simulation's questions of a mint: how much TAO (rao) goes into each subnet, by its weight.</summary>
    public static IReadOnlyList<ulong> MintLegs(NavInputs inputs, Wei tao) =>
        [
            .. inputs.Holdings.Select(holding =>
                (ulong)((BigInteger)tao.Value * (BigInteger)holding.Weight.Value / Ratio.Scale / 1_000_000_000)
            ),
        ];

    /// <summary>The simulation's questions of a redemption: how much alpha (1e-9) of each subnet comes out for the tokens.</summary>
    public static IReadOnlyList<ulong> RedeemLegs(NavInputs inputs, Wei tokens) =>
        inputs.Supply.Value == 0
            ? [.. inputs.Holdings.Select(_ => 0UL)]
            : [.. inputs.Holdings.Select(holding => (ulong)(holding.Holding * tokens.Value / inputs.Supply.Value))];

    /// <summary>
    /// The price of a mint: the alpha that <paramref name="tao"/> buys (as simulated), valued at spot prices and divided by NAV, is
    /// what the contract gives. Null when it gives nothing.
    /// </summary>
    /// <param name="nav">NAV at the block of the simulation.</param>
    /// <param name="tao">TAO spent.</param>
    /// <param name="alphaBought"><c>simSwapTaoForAlpha</c> of each leg of <see cref="MintLegs"/>, in 1e-9 alpha.</param>
    public static ExecutablePrice? OfMint(NavReading.Available nav, Wei tao, IReadOnlyList<BigInteger> alphaBought)
    {
        var value = alphaBought
            .Zip(nav.Prices, (alpha, price) => alpha * price.Price.Value / 1_000_000_000)
            .Aggregate(BigInteger.Zero, BigInteger.Add);
        var tokens = nav.Nav.Value == 0 ? BigInteger.Zero : value * Ratio.Scale / nav.Nav.Value;
        if (tokens.IsZero)
            return null;
        var spent = (BigInteger)tao.Value * Ratio.Scale;
        return new ExecutablePrice(tao, Wei.From((UInt128)tokens), TaoPerToken.From((UInt128)((spent + tokens - 1) / tokens)));
    }

    /// <summary>The price of a redemption: the TAO that its alpha brings, as simulated. Null when nothing is redeemed.</summary>
    /// <param name="tokens">Tokens given.</param>
    /// <param name="raoReceived"><c>simSwapAlphaForTao</c> of each leg of <see cref="RedeemLegs"/>, in rao.</param>
    public static ExecutablePrice? OfRedeem(Wei tokens, IReadOnlyList<BigInteger> raoReceived)
    {
        if (tokens.Value == 0)
            return null;
        var tao = raoReceived.Aggregate(BigInteger.Zero, BigInteger.Add) * 1_000_000_000;
        return new ExecutablePrice(Wei.From((UInt128)tao), tokens, TaoPerToken.From((UInt128)(tao * Ratio.Scale / tokens.Value)));
    }
}
