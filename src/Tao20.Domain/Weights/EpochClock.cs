namespace Tao20.Domain.Weights;

/// <summary>
/// A subnet's epochs as they stand at a block. They are counted by the chain and not by heights: one that is due can be put off, an
/// owner can change the tempo, so nothing is computed ahead (source: Subtensor, run_coinbase.rs, <c>drain_pending</c>).
/// </summary>
/// <param name="Index">How many there have been: <c>SubnetEpochIndex</c>.</param>
/// <param name="Last">The block of the last one: <c>LastEpochBlock</c>.</param>
/// <param name="PendingAt">The block one that is due has been put off to, 0 when none has: <c>PendingEpochAt</c>.</param>
/// <param name="Tempo">Their length in blocks, 0 for a subnet that has none: <c>Tempo</c>.</param>
public sealed record EpochClock(ulong Index, ulong Last, ulong PendingAt, ushort Tempo)
{
    /// <summary>
    /// The epoch that weights sent in this block count for: where one is due and put off, already the one it begins (source:
    /// Subtensor, weights.rs, <c>current_epoch_with_lookahead</c>).
    /// </summary>
    public ulong Current => PendingAt > 0 ? Index + 1 : Index;

    /// <summary>The last block that is certain to be of the current epoch.</summary>
    public ulong LastBlock => PendingAt > 0 ? PendingAt + Tempo - 1 : Last + Tempo - 1;
}

/// <summary>Weights that have been committed to and not revealed: an entry of <c>WeightCommits</c>.</summary>
/// <param name="Epoch">The epoch they count for.</param>
/// <param name="Block">The block they were committed to in.</param>
public readonly record struct OpenCommit(ulong Epoch, ulong Block);
