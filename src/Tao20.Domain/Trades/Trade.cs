using Tao20.Domain.Units;

namespace Tao20.Domain.Trades;

/// <summary>Which way a trade went: TAO20 created or given back.</summary>
public enum TradeSide : byte
{
    /// <summary>The basket went in, tokens came out.</summary>
    Mint = 0,

    /// <summary>Tokens went in, the basket came out.</summary>
    Redeem = 1,
}

/// <summary>Where a log stands in the chain: totally ordered by block, then by index in the block.</summary>
public readonly record struct Position(ulong Block, uint LogIndex) : IComparable<Position>
{
    /// <inheritdoc/>
    public int CompareTo(Position other) => Block != other.Block ? Block.CompareTo(other.Block) : LogIndex.CompareTo(other.LogIndex);

    /// <summary>Whether the left stands before the right.</summary>
    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left stands after the right.</summary>
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left stands at the right or before it.</summary>
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left stands at the right or after it.</summary>
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <summary>block:index.</summary>
    public override string ToString() => $"{Block}:{LogIndex}";
}

/// <summary>One mint or redemption, as the chain logged it.</summary>
/// <param name="Position">Where its log stands.</param>
/// <param name="Epoch">The epoch opened by the last <c>EpochAdvanced</c> log at or before the position.</param>
/// <param name="TxHash">The transaction that made it.</param>
/// <param name="Miner">The authorized participant it counts for.</param>
/// <param name="Side">Mint or redemption.</param>
/// <param name="Tokens">TAO20 created or given back, in wei.</param>
/// <param name="Value">What it was worth in TAO wei at execution: <c>depositAmount</c> of a mint, <c>totalValue</c> of a
/// redemption.</param>
/// <param name="Nav">The NAV the contract executed at.</param>
/// <param name="Timestamp">The block's time, in Unix seconds.</param>
public readonly record struct Trade(
    Position Position,
    EpochId Epoch,
    Hash256 TxHash,
    Address Miner,
    TradeSide Side,
    Wei Tokens,
    Wei Value,
    TaoPerToken Nav,
    ulong Timestamp
)
{
    /// <summary>
    /// Whether its own log could not be read, and only the contract's count of it: then its tokens and its NAV are not known, and 0.
    /// </summary>
    public bool IsUnread => Nav.Value == 0 && Tokens == default;
}
