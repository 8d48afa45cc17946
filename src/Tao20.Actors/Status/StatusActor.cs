using Akka.Actor;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Domain.Ranking;
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
    private ulong? _cursor;

    /// <summary>The status of what these actors hold.</summary>
    public StatusActor(FollowerSettings settings, IActorRef follower, IActorRef consensus, IActorRef miners)
    {
        (_settings, _follower, _consensus, _miners) = (settings, follower, consensus, miners);
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
        return new NodeStatus(status, settled, open, EpochRanking.Of(volumes, lastHour, rules), summaries);
    }
}
