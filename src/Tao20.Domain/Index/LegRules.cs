using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;

namespace Tao20.Domain.Index;

/// <summary>What the chain asks of each leg of a mint or a redemption.</summary>
/// <param name="Gas">The gas that the call which moves its stake is given.</param>
/// <param name="LeastTransfer">The least that is transferred, by its worth at the spot price, in rao.</param>
/// <param name="LeastTrade">The least that is bought or sold, in rao.</param>
public sealed record LegRules(ulong Gas, ulong LeastTransfer, ulong LeastTrade)
{
    private const ulong GasAt425 = 150_000;
    private const ulong GasAt473 = 2_600_000;
    private const ulong TransferAt425 = 2_000_000;
    private const ulong TransferAt473 = 100_000;
    private const ulong Trade = 2_001_007;

    /// <summary>
    /// How much more than the least is asked for, in percent: a leg's price moves between quote and block, and holdings are rounded.
    /// </summary>
    private const ulong MarginPercent = 2;

    /// <summary>The rules of a spec; of one that is not known the strictest (source: the chain reference, sections 2 and 6).</summary>
    /// <param name="profile">Which of the chain's rules hold.</param>
    /// <param name="gas">The gas that is configured for each leg; null takes what the spec needs.</param>
    public static LegRules Of(RuntimeProfile profile, ulong? gas = null) =>
        new(
            gas ?? (profile == RuntimeProfile.Spec425 ? GasAt425 : GasAt473),
            profile == RuntimeProfile.Spec473 ? TransferAt473 : TransferAt425,
            Trade
        );

    /// <summary>What is spent at the least to buy a leg, in rao.</summary>
    public ulong LeastPurchase => WithMargin(LeastTrade);

    /// <summary>Whether so much alpha, in 1e-9, can be sold at a price.</summary>
    public bool CanSell(BigInteger alpha, AlphaPrice price) => Worth(alpha, price) >= WithMargin(LeastTrade);

    /// <summary>Whether so much alpha, in 1e-9, can be transferred at a price.</summary>
    public bool CanTransfer(BigInteger alpha, AlphaPrice price) => Worth(alpha, price) >= WithMargin(LeastTransfer);

    /// <summary>The least alpha, in 1e-9, that can be transferred at a price.</summary>
    public BigInteger LeastAlpha(AlphaPrice price) =>
        price.Price.Value == 0 ? 0 : WithMargin(LeastTransfer) * BigInteger.Pow(10, 18) / price.Price.Value + 1;

    private static BigInteger Worth(BigInteger alpha, AlphaPrice price) => alpha * price.Price.Value / BigInteger.Pow(10, 18);

    private static ulong WithMargin(ulong rao) => rao * (100 + MarginPercent) / 100;
}
