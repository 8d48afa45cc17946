using Tao20.Actors.Faults;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Registry;
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
/// <param name="Nav">The index's own NAV at that block; null where the chain could not tell it, with the reason among the warnings.</param>
/// <param name="MintPrice">What a token costs that is minted with one TAO; null when the chain does not tell.</param>
/// <param name="RedeemPrice">What a token brings when one is redeemed; null when the chain does not tell.</param>
/// <param name="Move">How far NAV has moved since the epoch before.</param>
/// <param name="RankingRoot">The ranking root.</param>
/// <param name="WeightsHash">The hash of the weights.</param>
/// <param name="Warnings">What people should look at.</param>
/// <param name="NotedAt">When it was computed, or found to differ.</param>
/// <param name="DisagreesWithConsensus">What of it differs from what was settled; null while that is open or nothing does.</param>
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
    /// <summary>What there is to show of a statement before anything else about the epoch is known.</summary>
    /// <param name="computed">The statement.</param>
    /// <param name="now">When it was computed.</param>
    public static LocalEpochResult Of(EpochComputation computed, DateTimeOffset now)
    {
        var said = computed.Stated.Statement;
        return new(
            said.Epoch,
            said.BlockNumber,
            computed.NavFailure is null ? said.Nav : null,
            null,
            null,
            NavMove.Calm,
            said.RankingRoot,
            said.WeightsHash,
            computed.NavFailure is { } failure ? [$"The index does not tell its NAV at block {said.BlockNumber}: {failure}"] : [],
            now,
            null
        );
    }

    /// <summary>The same with what is only displayed.</summary>
    /// <param name="reading">NAV at spot prices.</param>
    /// <param name="mint">What a token costs that is minted with one TAO; null when the chain does not tell.</param>
    /// <param name="redeem">What a token brings when one is redeemed; null when the chain does not tell.</param>
    /// <param name="before">NAV of the epoch before; null when it is not known.</param>
    /// <param name="check">The composition held against the index rule; null where no emissions are configured.</param>
    public LocalEpochResult With(
        NavReading reading,
        ExecutablePrice? mint,
        ExecutablePrice? redeem,
        TaoPerToken? before,
        CompositionCheck? check
    )
    {
        var warnings = new List<string>(Warnings);
        if (reading is NavReading.Unavailable unavailable)
            warnings.Add($"There is no NAV at spot prices: {unavailable.Reason}");
        var move = before is { } last && Nav is { } nav ? NavMoves.Between(last, nav) : NavMove.Calm;
        if (move != NavMove.Calm)
            warnings.Add($"NAV has moved from {before} to {Nav} within an epoch: {move}");
        warnings.AddRange(check?.Differences.Select(difference => $"composition as of {check.AsOf:yyyy-MM-dd}: {difference}") ?? []);
        return this with { MintPrice = mint?.Price, RedeemPrice = redeem?.Price, Move = move, Warnings = warnings };
    }

    /// <summary>What of a statement differs from what was settled, a text for each field; empty when nothing does.</summary>
    /// <param name="own">What was computed here.</param>
    /// <param name="settled">What was settled.</param>
    public static IReadOnlyList<string> Differences(Statement own, Statement settled)
    {
        (string Name, string Ours, string Theirs)[] fields =
        [
            ("block", $"{own.BlockNumber} ({own.BlockHash})", $"{settled.BlockNumber} ({settled.BlockHash})"),
            ("NAV", $"{own.Nav}", $"{settled.Nav}"),
            ("supply", $"{own.TotalSupply}", $"{settled.TotalSupply}"),
            ("ranking root", $"{own.RankingRoot}", $"{settled.RankingRoot}"),
            ("weights", $"{own.WeightsHash}", $"{settled.WeightsHash}"),
            ("parameters", $"{own.Parameters}", $"{settled.Parameters}"),
        ];
        return [.. fields.Where(field => field.Ours != field.Theirs).Select(field => $"{field.Name} {field.Ours}, theirs {field.Theirs}")];
    }
}
