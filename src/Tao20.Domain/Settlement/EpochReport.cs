using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Settlement;

/// <summary>The result of an epoch: who is where, who gets what, and the root that commits to it.</summary>
/// <param name="Closed">The epoch and how it ended.</param>
/// <param name="ParametersVersion">The version of the parameters it was settled with.</param>
/// <param name="Ranking">The order of its miners.</param>
/// <param name="Rewards">How its emission is divided.</param>
/// <param name="RankingRoot">The Merkle root over rank, miner, W, S and payout.</param>
/// <param name="Fairness">How evenly the pay is spread.</param>
/// <param name="Chain">Its hash and that of the epoch settled before; null where a journal of an earlier version does not say it.</param>
public sealed record EpochReport(
    ClosedEpoch Closed,
    uint ParametersVersion,
    EpochRanking Ranking,
    EpochRewards Rewards,
    Hash256 RankingRoot,
    Fairness Fairness,
    ChainedHash? Chain
)
{
    /// <summary>Settles an epoch: ranks, divides, commits. The same input gives the same report on every machine.</summary>
    /// <param name="closed">The epoch.</param>
    /// <param name="volumes">What every miner active in it did.</param>
    /// <param name="parameters">The parameters in force in it.</param>
    /// <param name="before">The epoch settled before, whose pool is carried over where it had nobody to pay; null for the first.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static EpochReport Settle(
        ClosedEpoch closed,
        IEnumerable<EpochVolume> volumes,
        ParametersVersion parameters,
        EpochReport? before,
        Keccak256 keccak
    )
    {
        var ranking = EpochRanking.Of(volumes, closed.LastHour, parameters.Parameters.Score);
        var rewards = EpochRewards.Allocate(ranking, parameters.Parameters.Rewards, before?.Rewards.CarriedOut ?? Rao.Zero);
        var report = new EpochReport(
            closed,
            parameters.Version,
            ranking,
            rewards,
            Settlement.RankingRoot.Of(rewards.Payouts, keccak),
            Fairness.Of(rewards.Payouts),
            null
        );
        return report with { Chain = EpochHash.Of(report, before, keccak) };
    }
}
