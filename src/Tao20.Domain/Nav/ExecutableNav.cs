using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Nav;

/// <summary>What a trade of a certain size really costs or brings, fees and slippage of the subnets' pools included.</summary>
/// <param name="Tao">TAO paid for a mint, or received for a redemption.</param>
/// <param name="Tokens">Tokens received for it, or given.</param>
/// <param name="Price">TAO for one token: for a mint rounded up, for a redemption down.</param>
public sealed record ExecutablePrice(Wei Tao, Wei Tokens, TaoPerToken Price)
{
    private static readonly BigInteger One = BigInteger.Pow(10, 18);

    /// <summary>
    /// The simulation's questions of a mint: how much TAO (rao) goes into each leg, by what it is worth beside the others. What the
    /// index's own TAO is worth is kept for that.
    /// </summary>
    public static IReadOnlyList<ulong> MintLegs(NavReading.Available nav, Wei tao)
    {
        var worth = nav.Inputs.Holdings.Zip(nav.Prices, (holding, price) => holding.Counted * price.Price.Value / One).ToList();
        var all = worth.Aggregate(nav.Inputs.TaoRao, BigInteger.Add);
        return [.. worth.Select(leg => all.IsZero ? 0UL : (ulong)((BigInteger)tao.Value / 1_000_000_000 * leg / all))];
    }

    /// <summary>The simulation's questions of a redemption: how much alpha (1e-9) of each leg comes out for the tokens.</summary>
    public static IReadOnlyList<ulong> RedeemLegs(NavInputs inputs, Wei tokens) =>
        inputs.Supply.Value == 0
            ? [.. inputs.Holdings.Select(_ => 0UL)]
            : [.. inputs.Holdings.Select(holding => (ulong)(holding.Counted * inputs.AfterFee(tokens.Value) / inputs.Supply.Value))];

    /// <summary>
    /// The price of a mint: of the alpha that <paramref name="tao"/> buys (as simulated) the scarcest leg says what the contract gives.
    /// Null when it gives nothing.
    /// </summary>
    /// <param name="nav">NAV at the block of the simulation.</param>
    /// <param name="tao">TAO spent.</param>
    /// <param name="alphaBought"><c>simSwapTaoForAlpha</c> of each leg of <see cref="MintLegs"/>, in 1e-9 alpha.</param>
    public static ExecutablePrice? OfMint(NavReading.Available nav, Wei tao, IReadOnlyList<BigInteger> alphaBought)
    {
        var tokens = TokensOf(nav.Inputs, alphaBought);
        if (tokens.IsZero)
            return null;
        var spent = (BigInteger)tao.Value * Ratio.Scale;
        return new ExecutablePrice(tao, Wei.From((UInt128)tokens), TaoPerToken.From((UInt128)((spent + tokens - 1) / tokens)));
    }

    /// <summary>
    /// The tokens that so much alpha mints: <c>G = min(alpha * supply / holding)</c> less the fee (source: the index contract's design,
    /// section 4). 0 when there is nothing of a leg.
    /// </summary>
    public static BigInteger TokensOf(NavInputs inputs, IReadOnlyList<BigInteger> alpha)
    {
        BigInteger? most = null;
        foreach (var (holding, given) in inputs.Holdings.Zip(alpha).Where(pair => pair.First.Counted > 0))
        {
            var allows = given * inputs.Supply.Value / holding.Counted;
            most = most is { } less ? BigInteger.Min(less, allows) : allows;
        }

        return most is { } gross ? inputs.AfterFee(gross) : 0;
    }

    /// <summary>
    /// The price of a redemption: the TAO that its alpha brings, as simulated, and its part of the index's TAO. Null when nothing is
    /// redeemed.
    /// </summary>
    /// <param name="inputs">The index.</param>
    /// <param name="tokens">Tokens given.</param>
    /// <param name="raoReceived"><c>simSwapAlphaForTao</c> of each leg of <see cref="RedeemLegs"/>, in rao.</param>
    public static ExecutablePrice? OfRedeem(NavInputs inputs, Wei tokens, IReadOnlyList<BigInteger> raoReceived)
    {
        if (tokens.Value == 0 || inputs.Supply.Value == 0)
            return null;
        var rao = raoReceived.Aggregate(inputs.TaoRao * inputs.AfterFee(tokens.Value) / inputs.Supply.Value, BigInteger.Add);
        var tao = rao * 1_000_000_000;
        return new ExecutablePrice(Wei.From((UInt128)tao), tokens, TaoPerToken.From((UInt128)(tao * Ratio.Scale / tokens.Value)));
    }
}
