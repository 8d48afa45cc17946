using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>
/// The trades above finality, in memory only: what a reorg simply replaces. Never folded into persistent state.
/// </summary>
/// <param name="Base">The finalized block it stands on.</param>
/// <param name="Blocks">The blocks above it, ascending, each the child of the one before. At most <see cref="MaxBlocks"/>.</param>
/// <param name="Trades">Their trades, in chain order.</param>
public sealed record HeadOverlay(BlockHeader Base, IReadOnlyList<BlockHeader> Blocks, IReadOnlyList<Trade> Trades)
{
    /// <summary>How far above finality the overlay reaches; where finality is further behind there is none.</summary>
    public const int MaxBlocks = 256;

    /// <summary>The highest block.</summary>
    public BlockHeader Head => Blocks.Count > 0 ? Blocks[^1] : Base;

    /// <summary>
    /// How many blocks of <paramref name="before"/> are no longer on this chain: the depth of the reorg, 0 when there was none.
    /// </summary>
    public int Replaced(HeadOverlay before)
    {
        var mine = Blocks.Append(Base).ToDictionary(block => block.Number, block => block.Hash);
        return before.Blocks.Count(block =>
            block.Number > Base.Number && (!mine.TryGetValue(block.Number, out var hash) || hash != block.Hash)
        );
    }

    /// <summary>The trades and their value by miner, in TAO wei.</summary>
    public IReadOnlyDictionary<Address, (int Trades, UInt128 Wei)> ByMiner() =>
        Trades
            .GroupBy(trade => trade.Miner)
            .ToDictionary(
                miner => miner.Key,
                miner => (miner.Count(), miner.Aggregate(UInt128.Zero, (sum, trade) => sum + trade.Value.Value))
            );

    /// <summary>Reads the overlay above the finalized block, up to the latest; null when it is too far or moved meanwhile.</summary>
    public static async Task<HeadOverlay?> ReadAsync(RangeReader reader, ChainHead head, CancellationToken cancel)
    {
        if (head.Finalized is not { } final || head.Latest is not { } latest || latest.Number - final.Number > MaxBlocks)
            return null;
        if (latest.Number <= final.Number)
            return new HeadOverlay(final, [], []);
        return await reader.ReadOverlayAsync(final, latest, cancel).ConfigureAwait(false);
    }
}
