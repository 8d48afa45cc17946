using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Status;

/// <summary>The registry key of what answers for the node's state.</summary>
public sealed class StatusKey;

/// <summary>Where is everything? Answered by <see cref="NodeStatus"/>.</summary>
/// <param name="AllMiners">Whether every miner that ever traded is wanted, not only those of the open epoch.</param>
public sealed record GetNodeStatus(bool AllMiners);

/// <summary>Where everything is, at one cursor.</summary>
/// <param name="Follower">How far the chain is folded.</param>
/// <param name="Settled">The settled epochs.</param>
/// <param name="Open">The open epoch.</param>
/// <param name="Ranking">Its ranking if it ended now.</param>
/// <param name="Expected">What its miners would then be paid, in rank order.</param>
/// <param name="Miners">The miners asked for, by address.</param>
/// <param name="Validator">What it does as a validator; null for a node that only counts.</param>
/// <param name="Market">What it does as a miner; null for a node that does not trade.</param>
public sealed record NodeStatus(
    FollowerStatus Follower,
    SettledEpochs Settled,
    EpochId Open,
    EpochRanking Ranking,
    IReadOnlyList<MinerPayout> Expected,
    IReadOnlyList<MinerSummary> Miners,
    ValidatorStatus? Validator,
    MarketStatus? Market
)
{
    /// <summary>How the chain is; null where nobody checks it.</summary>
    public ChainCheckStatus? Check { get; init; }
}

/// <summary>What a node does as a miner.</summary>
/// <param name="Trader">Its trader.</param>
/// <param name="Feed">What it trades by.</param>
/// <param name="Sender">Its transactions; null in a dry run.</param>
public sealed record MarketStatus(ArbitrageStatus Trader, PriceFeedStatus Feed, SenderStatus? Sender);

/// <summary>What a node does as a validator.</summary>
/// <param name="Sender">Its transactions.</param>
/// <param name="Weights">The weights it sets; null when it sets none.</param>
/// <param name="Computed">What it has computed of the latest epochs.</param>
public sealed record ValidatorStatus(SenderStatus Sender, WeightsState? Weights, LocalEpochResults Computed);
