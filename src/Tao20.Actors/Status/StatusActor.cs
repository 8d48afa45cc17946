using Akka.Actor;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Status;

/// <summary>Answers for the node's state by asking those who have it. Keeps the answer until the cursor moves.</summary>
public sealed class StatusActor : ReceiveActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Dictionary<Address, MinerSummary> _summaries = [];
    private readonly FollowerSettings _settings;
    private readonly IActorRef _follower;
    private readonly IActorRef _consensus;
    private readonly IActorRef _miners;
    private readonly StatusSources _sources;
    private ulong? _cursor;

    /// <summary>The status of what these actors hold.</summary>
    /// <param name="settings">What the follower was told.</param>
    /// <param name="follower">The reader of the chain.</param>
    /// <param name="consensus">The settlement of epochs.</param>
    /// <param name="miners">The miners.</param>
    /// <param name="sources">What only some nodes have.</param>
    public StatusActor(FollowerSettings settings, IActorRef follower, IActorRef consensus, IActorRef miners, StatusSources? sources = null)
    {
        (_settings, _follower, _consensus, _miners, _sources) = (
            settings,
            follower,
            consensus,
            miners,
            sources ?? new StatusSources(null, null, null, null, null)
        );
        ReceiveAsync<GetNodeStatus>(async query =>
        {
            try
            {
                Sender.Tell(await CollectAsync(query));
            }
            catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
            {
                Sender.Tell(new Akka.Actor.Status.Failure(new TimeoutException("The node's actors did not answer in time.", e)));
            }
        });
    }

    private async Task<NodeStatus> CollectAsync(GetNodeStatus query)
    {
        var status = await _follower.Ask<FollowerStatus>(GetFollowerStatus.Instance, Patience);
        var settled = await _consensus.Ask<SettledEpochs>(GetSettledEpochs.Instance, Patience);
        if (_cursor != status.State.Last?.Number)
            _summaries.Clear();
        _cursor = status.State.Last?.Number;

        var open = status.State.Book.Open;
        var wanted = query.AllMiners ? status.State.Known.Keys : status.State.Book.Active;
        var asked = wanted
            .Where(miner => !_summaries.ContainsKey(miner))
            .Select(miner => _miners.Ask<MinerSummary>(new GetMinerSummary(miner, open), Patience))
            .ToList();
        foreach (var summary in await Task.WhenAll(asked))
            _summaries[summary.Miner] = summary;

        var summaries = wanted.Order().Select(miner => _summaries[miner]).ToList();
        var lastHour = (long)((status.State.Last?.Timestamp ?? 0) / 3600);
        var rules = status.State.Schedule?.At(open).Parameters ?? _settings.Scoring;
        var volumes = summaries.Where(summary => status.State.Book.Active.Contains(summary.Miner)).Select(summary => summary.Epoch);
        var ranking = EpochRanking.Of(volumes, lastHour, rules.Score);
        var expected = EpochRewards
            .Allocate(ranking, rules.Rewards, settled.Recent.LastOrDefault()?.Rewards.CarriedOut ?? Rao.Zero)
            .Payouts;
        return new NodeStatus(status, settled, open, ranking, expected, summaries, await ValidatorAsync(), await MarketAsync())
        {
            Check = _sources.Check is { } check ? await check.Ask<ChainCheckStatus>(GetChainCheck.Instance, Patience) : null,
        };
    }

    private async Task<ValidatorStatus?> ValidatorAsync() =>
        _sources.Sender is null || _sources.Trader is not null
            ? null
            : new ValidatorStatus(
                await _sources.Sender.Ask<SenderStatus>(GetSenderStatus.Instance, Patience),
                _sources.Weights is null ? null : await _sources.Weights.Ask<WeightsState>(GetWeights.Instance, Patience),
                await _consensus.Ask<LocalEpochResults>(GetLocalEpochResults.Instance, Patience)
            );

    private async Task<MarketStatus?> MarketAsync() =>
        _sources is not { Trader: { } trader, Feed: { } feed }
            ? null
            : new MarketStatus(
                await trader.Ask<ArbitrageStatus>(GetArbitrage.Instance, Patience),
                await feed.Ask<PriceFeedStatus>(GetPrices.Instance, Patience),
                _sources.Sender is null ? null : await _sources.Sender.Ask<SenderStatus>(GetSenderStatus.Instance, Patience)
            );
}

/// <summary>Who has what only some nodes have; null where this one does not.</summary>
/// <param name="Sender">The sender of an account's transactions.</param>
/// <param name="Weights">What sets a validator's weights.</param>
/// <param name="Trader">A miner's trader.</param>
/// <param name="Feed">Its price feed.</param>
/// <param name="Check">What checks the chain.</param>
public sealed record StatusSources(IActorRef? Sender, IActorRef? Weights, IActorRef? Trader, IActorRef? Feed, IActorRef? Check);
