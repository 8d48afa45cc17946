using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>The whole state of a <see cref="MinerVolume"/>, as plain values.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Position">The last folded position; null before the first trade.</param>
/// <param name="LastTimestamp">The last folded trade's time, in Unix seconds.</param>
/// <param name="Baseline">What the chain had counted before the first folded trade; null when unknown.</param>
/// <param name="Mints">All mints.</param>
/// <param name="Redemptions">All redemptions.</param>
/// <param name="LifetimeEligible">Counted value of all trades, in TAO wei.</param>
/// <param name="Burst">Times of the latest eligible trades, oldest first.</param>
/// <param name="Candidates">Eligible trades that can still be cancelled out, oldest first.</param>
/// <param name="Open">The epoch of the last trade, with the amounts counted in <paramref name="Uniform"/>.</param>
/// <param name="Slots">The slots of the open epoch that are counted for good.</param>
/// <param name="Uniform">Counters of token amounts of the open epoch.</param>
/// <param name="Closed">Earlier epochs with trades, oldest first.</param>
/// <param name="Exclusions">The latest exclusions, oldest first.</param>
/// <param name="Head">The running hash of all trades; null where it is not known.</param>
public sealed record MinerVolumeSnapshot(
    Address Miner,
    Position? Position,
    ulong LastTimestamp,
    UInt128? Baseline,
    Tally Mints,
    Tally Redemptions,
    UInt128 LifetimeEligible,
    IReadOnlyList<ulong> Burst,
    IReadOnlyList<Candidate> Candidates,
    EpochVolume Open,
    FrequencySlots Slots,
    IReadOnlyList<(UInt128 Amount, long Count)> Uniform,
    IReadOnlyList<EpochVolume> Closed,
    IReadOnlyList<Exclusion> Exclusions,
    Hash256? Head
);
