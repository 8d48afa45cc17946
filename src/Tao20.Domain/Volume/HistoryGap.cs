using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>What the contract has counted, and of which no log has come: a miner's trades, or the ends of epochs.</summary>
/// <param name="Miner">The miner whose total, in TAO wei, is counted; null where it is epochs.</param>
/// <param name="Before">What the contract had counted before.</param>
/// <param name="After">What it has counted with them; more than before.</param>
/// <param name="FirstBlock">The first block that can have one of them.</param>
/// <param name="LastBlock">The last one.</param>
public sealed record HistoryGap(Address? Miner, UInt128 Before, UInt128 After, ulong FirstBlock, ulong LastBlock)
{
    /// <summary>How much is missing: TAO wei, or ends of epochs.</summary>
    public UInt128 Missing => After - Before;

    /// <summary>Whether a block can have one of them.</summary>
    public bool Covers(ulong block) => FirstBlock <= block && block <= LastBlock;

    /// <summary>What is missing, in words.</summary>
    public override string ToString() =>
        (
            Miner is { } miner
                ? $"The contract had counted {Before} wei for miner {miner} before block {FirstBlock}, and {After} wei with block "
                    + $"{LastBlock}: trades worth {Missing} wei"
                : $"The contract was in epoch {Before} before block {FirstBlock}, and in epoch {After} with block {LastBlock}: the ends of "
                    + $"{Missing} epochs"
        ) + $" in blocks {FirstBlock} to {LastBlock} are missing";
}
