using Akka.Actor;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Status;

/// <summary>
/// Answers for the node's state by asking those who have it, all at once, and answers in time whoever of them does not: with what they said
/// last, and who they are.
/// </summary>
public sealed class StatusActor : ReceiveActor
{
    /// <summary>How long others are waited for, unless who asks has more time.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromMilliseconds(600);

    /// <summary>What the reader of the chain has said is taken for how it is for so long.</summary>
    private static readonly TimeSpan FollowerKnownFor = TimeSpan.FromSeconds(10);

    private readonly FollowerSettings _settings;
    private readonly MinerAnswers _miners;
    private readonly LastAnswer<FollowerStatus> _brief;
    private readonly LastAnswer<FollowerStatus> _whole;
    private readonly LastAnswer<SettledEpochs> _settled;
    private readonly LastAnswer<SenderStatus>? _sender;
    private readonly LastAnswer<WeightsState>? _weights;
    private readonly LastAnswer<LocalEpochResults>? _computed;
    private readonly LastAnswer<ArbitrageStatus>? _trader;
    private readonly LastAnswer<PriceFeedStatus>? _feed;
    private readonly LastAnswer<ChainCheckStatus>? _check;

    /// <summary>The status of what these actors hold.</summary>
    /// <param name="settings">What the follower was told.</param>
    /// <param name="follower">The reader of the chain.</param>
    /// <param name="consensus">The settlement of epochs.</param>
    /// <param name="miners">The miners.</param>
    /// <param name="sources">What only some nodes have.</param>
    public StatusActor(FollowerSettings settings, IActorRef follower, IActorRef consensus, IActorRef miners, StatusSources? sources = null)
    {
        var (sender, weights, trader, feed, check) = sources ?? new StatusSources(null, null, null, null, null);
        _settings = settings;
        _miners = new MinerAnswers(miners);
        _brief = Last<FollowerStatus>("follower", follower, GetFollowerStatus.Brief)!;
        _whole = Last<FollowerStatus>("follower", follower, GetFollowerStatus.Whole)!;
        _settled = Last<SettledEpochs>("consensus", consensus, GetSettledEpochs.Instance)!;
        _sender = Last<SenderStatus>("sender", sender, GetSenderStatus.Instance);
        _trader = Last<ArbitrageStatus>("trader", trader, GetArbitrage.Instance);
        _feed = Last<PriceFeedStatus>("prices", feed, GetPrices.Instance);
        _check = Last<ChainCheckStatus>("check", check, GetChainCheck.Instance);
        if (sender is not null && trader is null)
        {
            _weights = Last<WeightsState>("weights", weights, GetWeights.Instance);
            _computed = Last<LocalEpochResults>("results", consensus, GetLocalEpochResults.Instance);
        }

        Receive<GetNodeStatus>(query => CollectAsync(query).PipeTo(Sender));
        Receive<GetReadiness>(_ => ReadyAsync().PipeTo(Sender));
        Receive<GetFaults>(_ => FaultsAsync().PipeTo(Sender));
        Receive<GetOverview>(query => OverviewAsync(query).PipeTo(Sender));
    }

    private LastAnswer<T>? Last<T>(string name, IActorRef? actor, object query)
        where T : class => actor is null ? null : new LastAnswer<T>(name, actor, query, _settings.Clock);

    private async Task<NodeStatus> CollectAsync(GetNodeStatus query)
    {
        var deadline = Task.Delay(query.Wait ?? AnsweredWithin, _settings.Clock);
        var unanswered = await UnansweredAsync([_whole, _settled, .. OfFaults, .. OfMarket], deadline).ConfigureAwait(false);
        if (_whole.Known is not { } status || _settled.Known is not { } settled)
            throw new StatusUnknownException(unanswered, Faults);

        var open = status.State.Book.Open;
        var wanted = query.AllMiners ? status.State.Known.Keys : status.State.Book.Active;
        var summaries = await _miners.AskAsync([.. wanted.Order()], status.State, deadline).ConfigureAwait(false);
        var lastHour = (long)((status.State.Last?.Timestamp ?? 0) / 3600);
        var rules = status.State.Schedule?.At(open).Parameters ?? _settings.Scoring;
        var volumes = summaries.Where(summary => status.State.Book.Active.Contains(summary.Miner)).Select(summary => summary.Epoch);
        var ranking = EpochRanking.Of(volumes, lastHour, rules.Score);
        var expected = EpochRewards
            .Allocate(ranking, rules.Rewards, settled.Recent.LastOrDefault()?.Rewards.CarriedOut ?? Rao.Zero)
            .Payouts;
        return new NodeStatus(status, settled, open, ranking, expected, summaries, Validator, Market)
        {
            Check = _check?.Known,
            Faults = Faults,
            NotReady = NotReady,
            Unanswered = unanswered,
            UnansweredMiners = wanted.Count() - summaries.Count,
        };
    }

    private async Task<Readiness> ReadyAsync()
    {
        await UnansweredAsync([_brief], Task.Delay(AnsweredWithin, _settings.Clock)).ConfigureAwait(false);
        return new Readiness(NotReady, Follower.Known?.LagBlocks);
    }

    private async Task<NodeOverview> OverviewAsync(GetOverview query)
    {
        ILastAnswer?[] asked = [_brief, query.WithSettled ? _settled : null, .. OfFaults, .. OfMarket];
        var unanswered = await UnansweredAsync(asked, Task.Delay(AnsweredWithin, _settings.Clock)).ConfigureAwait(false);
        return new NodeOverview(
            Follower.Known,
            query.WithSettled ? _settled.Known : null,
            Validator,
            Market,
            _check?.Known,
            Faults,
            NotReady,
            unanswered
        );
    }

    private async Task<FaultSources> FaultsAsync()
    {
        await UnansweredAsync([_brief, .. OfFaults], Task.Delay(AnsweredWithin, _settings.Clock)).ConfigureAwait(false);
        return Faults;
    }

    /// <summary>Who, beside the reader of the chain, can say that something is wrong.</summary>
    private ILastAnswer?[] OfFaults => [_sender, _weights, _computed, _check];

    /// <summary>Who knows the market.</summary>
    private ILastAnswer?[] OfMarket => [_trader, _feed];

    /// <summary>What the reader of the chain has said last, with or without miners.</summary>
    private LastAnswer<FollowerStatus> Follower => _whole.KnownAt > (_brief.KnownAt ?? DateTimeOffset.MinValue) ? _whole : _brief;

    /// <summary>Asks all at once; who has not answered when nobody waits any longer.</summary>
    private static async Task<IReadOnlyList<string>> UnansweredAsync(IEnumerable<ILastAnswer?> all, Task deadline)
    {
        var asked = all.OfType<ILastAnswer>().Select(one => (one.Name, Answered: one.AskAsync(deadline))).ToList();
        await Task.WhenAll(asked.Select(one => one.Answered)).ConfigureAwait(false);
        return [.. asked.Where(one => !one.Answered.Result).Select(one => one.Name)];
    }

    /// <summary>Why what this node tells is not what the chain says; null when it is.</summary>
    private string? NotReady =>
        _settings.Journal.Faults.FirstOrDefault(fault => FaultType.Of(fault.Kind).LosesReadiness)?.Message
        ?? (
            Follower is not { Known: { } follower, KnownAt: var at } || _settings.Clock.GetUtcNow() - at > FollowerKnownFor
                ? "the reader of the chain does not answer: it is starting, or its journal or the node it runs on is away"
                : follower.NotReady
        );

    private FaultSources Faults =>
        new(_settings.Journal.Faults, Follower.Known?.Fault, _sender?.Known, _computed?.Known, _weights?.Known, _check?.Known);

    private ValidatorStatus? Validator =>
        _sender?.Known is { } sender && _computed?.Known is { } computed ? new ValidatorStatus(sender, _weights?.Known, computed) : null;

    private MarketStatus? Market =>
        _trader?.Known is { } trader && _feed?.Known is { } feed ? new MarketStatus(trader, feed, _sender?.Known) : null;
}

/// <summary>Who has what only some nodes have; null where this one does not.</summary>
/// <param name="Sender">The sender of an account's transactions.</param>
/// <param name="Weights">What sets a validator's weights.</param>
/// <param name="Trader">A miner's trader.</param>
/// <param name="Feed">Its price feed.</param>
/// <param name="Check">What checks the chain.</param>
public sealed record StatusSources(IActorRef? Sender, IActorRef? Weights, IActorRef? Trader, IActorRef? Feed, IActorRef? Check);
