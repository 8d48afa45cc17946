using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>What became of a transaction.</summary>
/// <param name="Hash">The transaction.</param>
/// <param name="Block">The block it is in.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Success">Whether it did what it was sent for; false when it was reverted.</param>
/// <param name="GasUsed">The gas it used.</param>
/// <param name="GasPrice">The effective price of each, in wei, as the node shows it.</param>
public sealed record Receipt(Hash256 Hash, ulong Block, Hash256 BlockHash, bool Success, ulong GasUsed, UInt128 GasPrice)
{
    /// <summary>What the chain has charged for it, in wei, where that is not by <see cref="GasPrice"/>; null where it is.</summary>
    public UInt128? ChargedWei { get; init; }

    /// <summary>What it cost, in wei.</summary>
    public UInt128 FeeWei => ChargedWei ?? GasUsed * GasPrice;
}
