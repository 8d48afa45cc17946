using Tao20.Domain.Units;

namespace Tao20.Domain.Settlement;

/// <summary>
/// The hash of a settled epoch, which carries that of the one before: over the previous hash, how the epoch ended (number, block and log
/// index of the end, time), the version of the parameters, the amounts of the split, the ranking root, and of every miner that traded, by
/// address, what it did: its running hash of trades with what of them counted.
/// </summary>
public static class EpochHash
{
    /// <summary>The hash of an epoch; null where that of the one before or of a miner is not known.</summary>
    public static ChainedHash? Of(EpochReport report, EpochReport? before, Keccak256 keccak)
    {
        var miners = report.Ranking.Activities.OrderBy(one => one.Miner).ToList();
        if (before is { Chain: null } || miners.Any(miner => miner.Head is null))
            return null;
        var previous = before?.Chain!.Hash ?? Hash256.Zero;
        var (closed, rewards) = (report.Closed, report.Rewards);
        var input = new HashInput()
            .Add(previous)
            .Add(closed.Epoch.Value)
            .Add(closed.ClosedAt.Block)
            .Add(closed.ClosedAt.LogIndex)
            .Add(closed.Timestamp)
            .Add(report.ParametersVersion)
            .Add(rewards.Emission.Value)
            .Add(rewards.CarriedIn.Value)
            .Add(rewards.ValidatorPool.Value)
            .Add(rewards.CarriedOut.Value)
            .Add(report.RankingRoot);
        foreach (var miner in miners)
            input.Add(miner.Miner).Add(miner.Head).Add(miner.MintEligible).Add(miner.RedeemEligible).Add((ulong)miner.Slots);
        return new ChainedHash(previous, input.Hash(keccak));
    }
}
