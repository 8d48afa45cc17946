using Tao20.Actors.Journal;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Miners;

/// <summary>The registry key and shard type of the miners' region: one persistent actor per miner behind it.</summary>
public sealed class MinersKey
{
    /// <summary>The name of the shard type and of the local parent.</summary>
    public const string Name = "miners";
}

/// <summary>A message for one miner: the region sends it on by the address.</summary>
public interface IMinerMessage
{
    /// <summary>The miner it is for.</summary>
    Address Miner { get; }
}

// ---- commands -----------------------------------------------------------------------------------------------------------------

/// <summary>
/// Fold these trades of a range; answered by <see cref="FoldAcknowledged"/>, <see cref="FoldDiverged"/>,
/// <see cref="StreamIncomplete"/> or <see cref="FoldFailed"/>.
/// </summary>
/// <param name="Range">The number the follower gave the range.</param>
/// <param name="Part">Which part of the miner's trades of that range, from 0: more than one where the rules change within it.</param>
/// <param name="Trades">The trades.</param>
public sealed record FoldBatch(long Range, int Part, FoldTrades Trades) : IMinerMessage
{
    /// <inheritdoc/>
    public Address Miner => Trades.Miner;
}

// ---- queries ------------------------------------------------------------------------------------------------------------------

/// <summary>
/// What did the miner do in an epoch? Answered by <see cref="EpochVolume"/>, or by <see cref="StreamIncomplete"/>.
/// </summary>
/// <param name="Miner">The miner.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Known">How far the cursor knows its trades to be folded; null where the cursor does not know it.</param>
public sealed record GetEpochVolume(Address Miner, EpochId Epoch, MinerHead? Known) : IMinerMessage;

/// <summary>Where does the miner stand? Answered by <see cref="MinerSummary"/>, or by <see cref="StreamIncomplete"/>.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Epoch">The epoch whose volume is wanted with it.</param>
/// <param name="Known">How far the cursor knows its trades to be folded; null where that is not to be compared.</param>
public sealed record GetMinerSummary(Address Miner, EpochId Epoch, MinerHead? Known = null) : IMinerMessage;

// ---- replies ------------------------------------------------------------------------------------------------------------------

/// <summary>The batch is durable (or was already): it counts.</summary>
/// <param name="Range">The range of the batch.</param>
/// <param name="Part">Its part.</param>
/// <param name="Miner">The miner.</param>
/// <param name="Head">How far the miner's trades are folded with it.</param>
public sealed record FoldAcknowledged(long Range, int Part, Address Miner, MinerHead Head);

/// <summary>The fold would not equal the chain's own counter; nothing was folded.</summary>
/// <param name="Range">The range of the batch.</param>
/// <param name="Miner">The miner.</param>
/// <param name="ChainWei">The chain's running total after the batch, in TAO wei.</param>
/// <param name="FoldWei">What the fold would come to.</param>
/// <param name="After">The batch's last position.</param>
/// <param name="Gap">Where trades are missing; null when that is not what it looks like.</param>
public sealed record FoldDiverged(long Range, Address Miner, UInt128 ChainWei, UInt128 FoldWei, Position After, HistoryGap? Gap = null);

/// <summary>
/// The miner's first trade, and the chain had counted some before: the batch is sent again with what the chain had counted before the
/// first block that is read.
/// </summary>
/// <param name="Range">The range of the batch.</param>
/// <param name="Part">Its part.</param>
/// <param name="Miner">The miner.</param>
/// <param name="ChainWei">What the chain had counted before the batch, in TAO wei.</param>
public sealed record BeginningWanted(long Range, int Part, Address Miner, UInt128 ChainWei);

/// <summary>Trades before the miner's first one seen are missing; nothing was folded.</summary>
/// <param name="Range">The range of the batch.</param>
/// <param name="Miner">The miner.</param>
/// <param name="ChainWei">What the chain had counted before the batch, in TAO wei.</param>
/// <param name="BeganWei">What it had counted before the first block that is read.</param>
/// <param name="Before">The batch's first position.</param>
public sealed record HistoryMissing(long Range, Address Miner, UInt128 ChainWei, UInt128 BeganWei, Position Before);

/// <summary>The batch could not be made durable; it did not count.</summary>
public sealed record FoldFailed(long Range, Address Miner, JournalProblem Problem, string Reason);

/// <summary>Where a miner stands.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Position">The last folded position; null before the first.</param>
/// <param name="LifetimeWei">Value of all folded trades, in TAO wei.</param>
/// <param name="LifetimeEligibleWei">Counted value of all folded trades, in TAO wei.</param>
/// <param name="Baseline">What the chain had counted before the first folded trade; null when unknown.</param>
/// <param name="Mints">All mints.</param>
/// <param name="Redemptions">All redemptions.</param>
/// <param name="Epoch">The volume of the epoch asked for.</param>
/// <param name="Exclusions">The latest trades that did not count in full.</param>
/// <param name="Head">The running hash of all its trades; null where it is not known.</param>
public sealed record MinerSummary(
    Address Miner,
    Position? Position,
    UInt128 LifetimeWei,
    UInt128 LifetimeEligibleWei,
    UInt128? Baseline,
    Tally Mints,
    Tally Redemptions,
    EpochVolume Epoch,
    IReadOnlyList<Exclusion> Exclusions,
    Hash256? Head
);
