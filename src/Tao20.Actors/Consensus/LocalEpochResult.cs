using Tao20.Actors.Faults;
using Tao20.Domain.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>What has this node computed of the latest epochs? Answered by <see cref="LocalEpochResults"/>.</summary>
public sealed record GetLocalEpochResults
{
    /// <summary>The query.</summary>
    public static readonly GetLocalEpochResults Instance = new();
}

/// <summary>What this node has computed of the latest epochs since it was started, oldest first.</summary>
/// <param name="Epochs">Each epoch.</param>
/// <param name="Fault">Why the latest is not attested; null when nothing is at fault.</param>
public sealed record LocalEpochResults(IReadOnlyList<LocalEpochResult> Epochs, NodeFault? Fault = null);

/// <summary>What this node has computed of an epoch, for display: before it is put into words, and beside what others say.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Block">Its last block.</param>
/// <param name="Nav">NAV at spot prices; null with the reason among the warnings.</param>
/// <param name="MintPrice">What a token costs that is minted with one TAO; null when the chain does not tell.</param>
/// <param name="RedeemPrice">What a token brings when one is redeemed; null when the chain does not tell.</param>
/// <param name="Move">How far NAV has moved since the epoch before.</param>
/// <param name="RankingRoot">The ranking root.</param>
/// <param name="WeightsHash">The hash of the weights.</param>
/// <param name="Warnings">What people should look at.</param>
/// <param name="NotedAt">When it was computed, or found to differ.</param>
/// <param name="DisagreesWithConsensus">What of it differs from what the round took for right; null while that is open or nothing
/// does.</param>
public sealed record LocalEpochResult(
    EpochId Epoch,
    ulong Block,
    TaoPerToken? Nav,
    TaoPerToken? MintPrice,
    TaoPerToken? RedeemPrice,
    NavMove Move,
    Hash256 RankingRoot,
    Hash256 WeightsHash,
    IReadOnlyList<string> Warnings,
    DateTimeOffset NotedAt,
    string? DisagreesWithConsensus
)
{
    /// <summary>What is to be said of a computation besides its numbers.</summary>
    /// <param name="reading">NAV.</param>
    /// <param name="before">NAV of the epoch before; null when it is not known.</param>
    /// <param name="check">The composition held against the index rule; null where no emissions are configured.</param>
    public static (NavMove Move, IReadOnlyList<string> Warnings) Judge(NavReading reading, TaoPerToken? before, CompositionCheck? check)
    {
        var warnings = new List<string>();
        var move = NavMove.Calm;
        if (reading is NavReading.Unavailable unavailable)
            warnings.Add($"NAV is not available: {unavailable.Reason}");
        if (reading is NavReading.Available available)
        {
            move = before is { } last ? NavMoves.Between(last, available.Nav) : NavMove.Calm;
            if (move != NavMove.Calm)
                warnings.Add($"NAV has moved from {before} to {available.Nav} within an epoch: {move}");
        }

        warnings.AddRange(check?.Differences.Select(difference => $"composition as of {check.AsOf:yyyy-MM-dd}: {difference}") ?? []);
        return (move, warnings);
    }

    /// <summary>What of it differs from what a round took for right; null when nothing does.</summary>
    /// <param name="reference">What the round took for right.</param>
    public string? Against(ConsensusValues reference)
    {
        List<string> differences = [];
        if (Nav is { } nav && ConsensusRules.OfNav(nav, reference.Nav) != Domain.Slashing.Severity.None)
            differences.Add($"NAV {nav}, theirs {reference.Nav}");
        if (RankingRoot != reference.RankingRoot)
            differences.Add($"ranking root {RankingRoot}, theirs {reference.RankingRoot}");
        if (WeightsHash != reference.WeightsHash)
            differences.Add($"weights {WeightsHash}, theirs {reference.WeightsHash}");
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }
}
