using System.Numerics;

namespace Tao20.Domain.Transactions;

/// <summary>How a chain charges for gas.</summary>
public enum FeeRule
{
    /// <summary>The receipt's effective gas price (source: EIP-1559).</summary>
    EffectivePrice,

    /// <summary>
    /// The base fee that the header of the block before shows, in whole rao, whatever was offered: Frontier, on which Bittensor's node is
    /// built. Its receipts show a higher price than was charged (source: its fee calculation).
    /// </summary>
    BaseFeeBefore,
}

/// <summary>What a transaction was charged by each rule.</summary>
/// <param name="ByPrice">By the effective price, in wei.</param>
/// <param name="ByBaseFee">By the base fee that the block before shows, in wei; null where a header has none.</param>
public readonly record struct FeeCandidates(BigInteger ByPrice, BigInteger? ByBaseFee)
{
    private const ulong WeiPerRao = 1_000_000_000;

    /// <summary>Both, of one transaction.</summary>
    /// <param name="gasUsed">The gas it used.</param>
    /// <param name="effectivePrice">The price in its receipt, in wei.</param>
    /// <param name="baseFeeBefore">The base fee in the header of the block before, in wei; null for none.</param>
    public static FeeCandidates Of(ulong gasUsed, BigInteger effectivePrice, BigInteger? baseFeeBefore) =>
        new(gasUsed * effectivePrice, baseFeeBefore is { } fee ? gasUsed * fee / WeiPerRao * WeiPerRao : null);

    /// <summary>What is charged by a rule.</summary>
    public BigInteger By(FeeRule rule) => rule == FeeRule.BaseFeeBefore && ByBaseFee is { } fee ? fee : ByPrice;

    /// <summary>By which rule an account has been charged.</summary>
    /// <param name="fees">Its transactions in a block.</param>
    /// <param name="paid">What its balance has gone down by in that block beside what they sent, in wei.</param>
    /// <returns>The only rule by which it comes to that; null when both do, or none does: other things have moved the balance.</returns>
    public static FeeRule? Observed(IReadOnlyCollection<FeeCandidates> fees, BigInteger paid)
    {
        var byPrice = Sum(FeeRule.EffectivePrice) == paid;
        return byPrice == (Sum(FeeRule.BaseFeeBefore) == paid) ? null
            : byPrice ? FeeRule.EffectivePrice
            : FeeRule.BaseFeeBefore;

        BigInteger Sum(FeeRule rule) => fees.Aggregate(BigInteger.Zero, (sum, fee) => sum + fee.By(rule));
    }
}
