using Akka.Actor;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Transactions;
using Tao20.Domain.Ranking;
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
    private readonly IActorRef? _sender;
    private readonly IActorRef? _weights;
    private ulong? _cursor;

    /// <summary>The status of what these actors hold.</summary>
    /// <param name="settings">What the follower was told.</param>
    /// <param name="follower">The reader of the chain.</param>
    /// <param name="consensus">The settlement of epochs.</param>
    /// <param name="miners">The miners.</param>
    /// <param name="sender">The sender of a validator's transactions; null for a node that only counts.</param>
    /// <param name="weights">What sets a validator's weights; null when nothing does.</param>
    public StatusActor(FollowerSettings settings, IActorRef follower, IActorRef consensus, IActorRef miners, IActorRef? sender = null, IActorRef? weights = null)
    {
        (_settings, _follower, _consensus, _miners, _sender, _weights) = (settings, follower, consensus, miners, sender, weights);
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
        var wanted = query.AllMiners ? status.State.Known : status.State.Book.Active;
        var asked = wanted.Where(miner => !_summaries.ContainsKey(miner)).Select(miner => _miners.Ask<MinerSummary>(new GetMinerSummary(miner, open), Patience)).ToList();
        foreach (var summary in await Task.WhenAll(asked))
            _summaries[summary.Miner] = summary;

        var summaries = wanted.Order().Select(miner => _summaries[miner]).ToList();
        var lastHour = (long)((status.State.Last?.Timestamp ?? 0) / 3600);
        var rules = (status.State.Schedule?.At(open).Parameters ?? _settings.Scoring).Score;
        var volumes = summaries.Where(summary => status.State.Book.Active.Contains(summary.Miner)).Select(summary => summary.Epoch);
        return new NodeStatus(status, settled, open, EpochRanking.Of(volumes, lastHour, rules), summaries, await ValidatorAsync());
    }

    private async Task<ValidatorStatus?> ValidatorAsync() => _sender is null ? null : new ValidatorStatus(
        await _sender.Ask<SenderStatus>(GetSenderStatus.Instance, Patience),
        _weights is null ? null : await _weights.Ask<WeightsState>(GetWeights.Instance, Patience),
        await _consensus.Ask<WitnessStatus>(GetWitness.Instance, Patience));
}
