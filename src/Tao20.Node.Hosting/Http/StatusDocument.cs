using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tao20.Actors.Consensus;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain.Abi;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Node.Http;

/// <summary>The document of <c>/status</c>. Amounts and 18-decimal figures are integer strings. Described in docs/status.md.</summary>
internal sealed record StatusDocument(
    IdentityDocument? Identity,
    ChainDocument Chain,
    CursorDocument? Cursor,
    LagDocument Lag,
    bool Ready,
    OpenEpochDocument Epoch,
    IReadOnlyList<RankedDocument> Ranking,
    IReadOnlyList<UnrankedDocument> Unranked,
    IReadOnlyList<ExclusionDocument> Exclusions,
    SettledDocument Settled,
    IReadOnlyList<MinerDocument> Miners,
    QuarantineDocument Quarantine,
    ParametersDocument? Parameters,
    ConsensusDocument? Consensus,
    ValidatorSelfDocument? Validator,
    MarketDocument? Market,
    CheckStatusDocument? Check,
    IReadOnlyList<FaultDocument> Faults
)
{
    private const int ExclusionsShown = 50;
    private const int EpochsShown = 8;

    /// <summary>For each step of the node's start that has been reached, the seconds from the start of the process until then.</summary>
    public IReadOnlyDictionary<string, double>? Start { get; init; }

    /// <summary>How this node takes part in its cluster; null for a node by itself.</summary>
    public ClusterDocument? Cluster { get; init; }

    /// <summary>Who has not answered in time.</summary>
    public required UnansweredDocument Unanswered { get; init; }

    /// <summary>How this node catches up; null when it is level, or another node of its cluster reads.</summary>
    public ProgressDocument? Progress { get; init; }

    /// <summary>The document of a start.</summary>
    public static IReadOnlyDictionary<string, double> Of(StartTimeline start) =>
        start.Steps.ToDictionary(
            one => JsonNamingPolicy.CamelCase.ConvertName(one.Step.ToString()),
            one => Math.Round(one.After.TotalSeconds, 3)
        );

    /// <summary>The document of a status.</summary>
    public static StatusDocument Of(NodeStatus status)
    {
        var follower = status.Follower;
        var state = follower.State;
        var exclusions = status
            .Miners.SelectMany(miner => miner.Exclusions.Select(exclusion => (miner.Miner, exclusion)))
            .OrderByDescending(pair => pair.exclusion.Position)
            .Take(ExclusionsShown)
            .Select(pair => ExclusionDocument.Of(pair.Miner, pair.exclusion));
        return new StatusDocument(
            IdentityDocument.Of(state.Identity),
            ChainDocument.Of(follower),
            state.Last is { } last
                ? new CursorDocument(
                    last.Number,
                    last.Hash.ToString(),
                    last.Timestamp,
                    state.Trades,
                    HeadsHash.Of(last.Number, state.Known, Keccak.Hash)?.ToString()
                )
                : null,
            new LagDocument(follower.Finalized is null ? null : follower.LagBlocks, follower.RangeBlocks),
            status.NotReady is null,
            new OpenEpochDocument(
                status.Open.Value,
                state.Book.Active.Count,
                [.. state.Unsettled.Select(epoch => epoch.Closed.Epoch.Value)]
            ),
            [.. status.Ranking.Ranked.Select(RankedDocument.Of)],
            [.. status.Ranking.Unranked.Select(UnrankedDocument.Of)],
            [.. exclusions],
            new SettledDocument(status.Settled.Count, [.. status.Settled.Recent.TakeLast(EpochsShown).Select(status.Settled.Document)]),
            [.. status.Miners.Select(MinerDocument.Of)],
            new QuarantineDocument(
                state.QuarantinedCount,
                [
                    .. state.Quarantined.Select(log => new QuarantinedDocument(
                        log.Position.ToString(),
                        log.Reason,
                        System.Text.Encoding.UTF8.GetString(log.Raw.Span)
                    )),
                ]
            ),
            state.Schedule is { } schedule ? new ParametersDocument(schedule.Latest.Version, schedule.Latest.FromEpoch.Value) : null,
            status.Settled.Book is { } book ? ConsensusDocument.Of(state.Identity?.Registry, book, status.Settled.LastRound) : null,
            status.Validator is { } validator ? ValidatorSelfDocument.Of(validator, status.Settled.IsPaused) : null,
            status.Market is { } market ? MarketDocument.Of(market, status) : null,
            CheckStatusDocument.Of(status.Check),
            FaultDocument.AllOf(status.Faults)
        )
        {
            Unanswered = new UnansweredDocument(status.Unanswered, status.UnansweredMiners),
        };
    }
}

internal sealed record CursorDocument(ulong Block, string Hash, ulong Timestamp, long Trades, string? TradesHash);

internal sealed record LagDocument(ulong? Blocks, int RangeBlocks);

internal sealed record OpenEpochDocument(ulong Open, int ActiveMiners, IReadOnlyList<ulong> AwaitingSettlement);

internal sealed record SettledDocument(long Count, IReadOnlyList<EpochDocument> Recent);

internal sealed record QuarantineDocument(long Count, IReadOnlyList<QuarantinedDocument> Recent);

internal sealed record QuarantinedDocument(string Position, string Reason, string Raw);

internal sealed record ParametersDocument(uint Version, ulong FromEpoch);

internal sealed record ExclusionDocument(
    string Miner,
    string Position,
    ulong Epoch,
    string Reason,
    string ValueWei,
    ulong Timestamp,
    string CancelledTokens,
    string UncountedWei,
    string UncountedBeforeWei
)
{
    public static ExclusionDocument Of(Address miner, Exclusion exclusion) =>
        new(
            miner.ToString(),
            exclusion.Position.ToString(),
            exclusion.Epoch.Value,
            exclusion.Reason.ToString(),
            exclusion.Value.ToString(),
            exclusion.Timestamp,
            exclusion.Tokens.ToString(CultureInfo.InvariantCulture),
            exclusion.Uncounted.ToString(CultureInfo.InvariantCulture),
            exclusion.UncountedBefore.ToString(CultureInfo.InvariantCulture)
        );
}

internal sealed record RankedDocument(
    int Rank,
    string Miner,
    string Tier,
    string Score,
    string WeightedVolume,
    string Volume,
    string Frequency,
    string Consistency,
    string EligibleWei,
    long EligibleTrades,
    long Slots,
    bool Uniform
)
{
    public static RankedDocument Of(RankedMiner miner) =>
        new(
            miner.Rank,
            miner.Miner.ToString(),
            RewardRules.TierOf(miner.Rank).ToString(),
            miner.Score.Final.ToString(),
            miner.Score.WeightedVolume.ToString(CultureInfo.InvariantCulture),
            miner.Score.Volume.ToString(),
            miner.Score.Frequency.ToString(),
            miner.Score.Consistency.ToString(),
            miner.Activity.EligibleWei.ToString(CultureInfo.InvariantCulture),
            miner.Activity.EligibleTrades,
            miner.Activity.Slots,
            miner.Activity.Uniform
        );
}

internal sealed record UnrankedDocument(string Miner, string Reason, string EligibleWei, long Trades)
{
    public static UnrankedDocument Of(UnrankedMiner miner) =>
        new(
            miner.Miner.ToString(),
            miner.Reason.ToString(),
            miner.Activity.EligibleWei.ToString(CultureInfo.InvariantCulture),
            miner.Activity.AllTrades
        );
}

internal sealed record MinerDocument(
    string Address,
    string FoldedWei,
    string EligibleWei,
    string? BaselineWei,
    long Trades,
    long Mints,
    long Redemptions,
    long Dust,
    long Burst,
    long Cancelled,
    string CancelledWei,
    long Slots,
    string? Position,
    string? Head
)
{
    public static MinerDocument Of(MinerSummary summary) =>
        new(
            summary.Miner.ToString(),
            summary.LifetimeWei.ToString(CultureInfo.InvariantCulture),
            summary.LifetimeEligibleWei.ToString(CultureInfo.InvariantCulture),
            summary.Baseline?.ToString(CultureInfo.InvariantCulture),
            summary.Mints.Trades + summary.Redemptions.Trades,
            summary.Mints.Trades,
            summary.Redemptions.Trades,
            summary.Epoch.Dust.Trades,
            summary.Epoch.Burst.Trades,
            summary.Epoch.Cancelled.Trades,
            summary.Epoch.Cancelled.Wei.ToString(CultureInfo.InvariantCulture),
            summary.Epoch.Slots,
            summary.Position?.ToString(),
            summary.Head?.ToString()
        );
}

/// <summary>A settled epoch, as <c>/status</c> and the devnet's summary show it.</summary>
internal sealed record EpochDocument(
    ulong Epoch,
    string EmissionRao,
    string CarriedInRao,
    string CarriedOutRao,
    string ValidatorPoolRao,
    string? RankingRoot,
    string? Hash,
    string? PreviousHash,
    uint ParametersVersion,
    IReadOnlyList<PayoutDocument> Ranked,
    IReadOnlyList<UnrankedDocument> Unranked,
    FairnessDocument Fairness
)
{
    /// <summary>The document of a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="isTold">Whether its ranking root may be told: not while others can still commit to it.</param>
    public static EpochDocument Of(EpochReport report, bool isTold)
    {
        var most = report.Rewards.Payouts.Select(payout => (UInt128)payout.Payout.Value).DefaultIfEmpty().Max();
        return new EpochDocument(
            report.Closed.Epoch.Value,
            report.Rewards.Emission.ToString(),
            report.Rewards.CarriedIn.ToString(),
            report.Rewards.CarriedOut.ToString(),
            report.Rewards.ValidatorPool.ToString(),
            isTold ? report.RankingRoot.ToString() : null,
            isTold ? report.Chain?.Hash.ToString() : null,
            report.Chain?.Previous.ToString(),
            report.ParametersVersion,
            [.. report.Rewards.Payouts.Select(payout => PayoutDocument.Of(payout, most))],
            [.. report.Ranking.Unranked.Select(UnrankedDocument.Of)],
            FairnessDocument.Of(report.Fairness)
        );
    }
}

/// <summary>Settled epochs as documents.</summary>
internal static class SettledEpochsDocuments
{
    /// <summary>The document of one of these reports.</summary>
    public static EpochDocument Document(this SettledEpochs settled, EpochReport report) =>
        EpochDocument.Of(report, settled.IsTold(report.Closed.Epoch));
}

internal sealed record PayoutDocument(
    int Rank,
    string Miner,
    string Score,
    string PayoutRao,
    string Tier,
    int Weight,
    string WeightedVolume,
    string Volume,
    string Frequency,
    string Consistency,
    long EligibleTrades,
    long Slots,
    bool Uniform
)
{
    public static PayoutDocument Of(MinerPayout payout, BigInteger most) =>
        new(
            payout.Miner.Rank,
            payout.Miner.Miner.ToString(),
            payout.Miner.Score.Final.ToString(),
            payout.Payout.ToString(),
            payout.Tier.ToString(),
            SubnetWeights.Scaled(payout.Payout.Value, (UInt128)most),
            payout.Miner.Score.WeightedVolume.ToString(CultureInfo.InvariantCulture),
            payout.Miner.Score.Volume.ToString(),
            payout.Miner.Score.Frequency.ToString(),
            payout.Miner.Score.Consistency.ToString(),
            payout.Miner.Activity.EligibleTrades,
            payout.Miner.Activity.Slots,
            payout.Miner.Activity.Uniform
        );
}

internal sealed record FairnessDocument(
    string Gini,
    string Herfindahl,
    string TopTenShare,
    string MedianOverMean,
    string VolumeRewardCorrelation
)
{
    public static FairnessDocument Of(Fairness fairness) =>
        new(
            fairness.Gini.ToString(),
            fairness.Herfindahl.ToString(),
            fairness.TopTenShare.ToString(),
            fairness.MedianOverMean.ToString(),
            fairness.VolumeRewardCorrelation.ToString()
        );
}
