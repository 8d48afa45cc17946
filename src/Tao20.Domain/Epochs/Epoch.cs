using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Epochs;

/// <summary>An epoch that an <c>EpochAdvanced</c> log has closed.</summary>
/// <param name="Epoch">The epoch closed.</param>
/// <param name="Opened">The epoch the same log opened.</param>
/// <param name="ClosedAt">The position of that log; a trade before it belongs to the closed epoch.</param>
/// <param name="Timestamp">The time of its block, in Unix seconds.</param>
public sealed record ClosedEpoch(EpochId Epoch, EpochId Opened, Position ClosedAt, ulong Timestamp)
{
    /// <summary>The hash of <see cref="LastBlock"/>; zero until it has been read.</summary>
    public Hash256 LastBlockHash { get; init; }

    /// <summary>The epoch's last block, where state "at the epoch's end" is read: the parent of the block with the closing log.</summary>
    public ulong LastBlock => ClosedAt.Block == 0 ? 0 : ClosedAt.Block - 1;

    /// <summary>The hour (Unix time / 3600) the epoch ended in: <c>(timestamp - 1) / 3600</c>.</summary>
    public long LastHour => Timestamp == 0 ? 0 : (long)((Timestamp - 1) / 3600);
}
