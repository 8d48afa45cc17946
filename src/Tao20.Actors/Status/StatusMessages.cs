using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
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

/// <summary>
/// Where is everything? Answered by <see cref="NodeStatus"/>, or by a failure with a <see cref="StatusUnknownException"/>.
/// </summary>
/// <param name="AllMiners">Whether every miner that ever traded is wanted, not only those of the open epoch.</param>
/// <param name="Wait">How long others are waited for; null for <see cref="StatusActor.AnsweredWithin"/>.</param>
public sealed record GetNodeStatus(bool AllMiners, TimeSpan? Wait = null);

/// <summary>Does what this node tells equal what the chain says? Answered by <see cref="Readiness"/> within a second.</summary>
public sealed record GetReadiness
{
    /// <summary>The query.</summary>
    public static readonly GetReadiness Instance = new();
}

/// <summary>Whether what this node tells equals what the chain says.</summary>
/// <param name="NotReady">Why it does not; null when it does.</param>
/// <param name="LagBlocks">Final blocks not folded yet; null before that is known.</param>
public sealed record Readiness(string? NotReady, ulong? LagBlocks);

/// <summary>What is wrong? Answered by <see cref="FaultSources"/> within a second.</summary>
public sealed record GetFaults
{
    /// <summary>The query.</summary>
    public static readonly GetFaults Instance = new();
}

/// <summary>Where is everything but the miners? Answered by <see cref="NodeOverview"/> within a second.</summary>
/// <param name="WithSettled">Whether the settled epochs and the book of validators are wanted, which may be much.</param>
public sealed record GetOverview(bool WithSettled);

/// <summary>Where everything but the miners is, as they have last answered; null for those who have not, or are not here.</summary>
/// <param name="Follower">How far the chain is folded.</param>
/// <param name="Settled">The settled epochs; null where they were not asked for.</param>
/// <param name="Validator">What it does as a validator.</param>
/// <param name="Market">What it does as a miner.</param>
/// <param name="Check">How the chain is.</param>
/// <param name="Faults">Who can say that something is wrong.</param>
/// <param name="NotReady">Why what it tells is not what the chain says; null when it is.</param>
/// <param name="Unanswered">Who has not answered in time: what they have is told as it was, or not at all.</param>
public sealed record NodeOverview(
    FollowerStatus? Follower,
    SettledEpochs? Settled,
    ValidatorStatus? Validator,
    MarketStatus? Market,
    ChainCheckStatus? Check,
    FaultSources Faults,
    string? NotReady,
    IReadOnlyList<string> Unanswered
);

/// <summary>Who can say that something is wrong, as they have last answered; null for those who have not, or are not here.</summary>
/// <param name="Journal">What is wrong with this node's journal.</param>
/// <param name="Follower">What keeps the chain from being folded.</param>
/// <param name="Sender">The sender of an account's transactions.</param>
/// <param name="Computed">What the node has computed as a validator.</param>
/// <param name="Weights">The weights it sets.</param>
/// <param name="Check">How the chain is.</param>
public sealed record FaultSources(
    IReadOnlyList<NodeFault> Journal,
    NodeFault? Follower,
    SenderStatus? Sender,
    LocalEpochResults? Computed,
    WeightsState? Weights,
    ChainCheckStatus? Check
);

/// <summary>Nothing can be said yet: who would have to has never answered.</summary>
/// <param name="unanswered">Who.</param>
/// <param name="faults">What is wrong, as far as it is known.</param>
public sealed class StatusUnknownException(IReadOnlyList<string> unanswered, FaultSources faults)
    : TimeoutException($"Not answered have: {string.Join(", ", unanswered)}.")
{
    /// <summary>Who.</summary>
    public IReadOnlyList<string> Unanswered => unanswered;

    /// <summary>What is wrong, as far as it is known.</summary>
    public FaultSources Faults => faults;
}

/// <summary>Where everything is, at one cursor.</summary>
/// <param name="Follower">How far the chain is folded.</param>
/// <param name="Settled">The settled epochs.</param>
/// <param name="Open">The open epoch.</param>
/// <param name="Ranking">Its ranking if it ended now, of the miners that have answered.</param>
/// <param name="Expected">What its miners would then be paid, in rank order.</param>
/// <param name="Miners">The miners asked for that have answered, by address.</param>
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

    /// <summary>Who can say that something is wrong.</summary>
    public required FaultSources Faults { get; init; }

    /// <summary>Why what it tells is not what the chain says; null when it is.</summary>
    public required string? NotReady { get; init; }

    /// <summary>Who has not answered in time: what they have is told as it was, or not at all.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }

    /// <summary>How many of the miners asked for have not answered: their state is being read from the journal.</summary>
    public required int UnansweredMiners { get; init; }
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
