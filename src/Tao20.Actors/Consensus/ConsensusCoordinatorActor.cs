using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Consensus;

/// <summary>Settles closed epochs one after the other: gathers each active miner's volume, asks the domain for the report, keeps it.</summary>
public sealed class ConsensusCoordinatorActor : UntypedPersistentActor, IWithTimers
{
    private const int SnapshotEvery = 24;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private readonly FollowerSettings _settings;
    private readonly IActorRef _miners;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<(SettleEpoch Command, IActorRef From)> _waiting = new();
    private SettledState _state = SettledState.Initial;
    private Gathering? _gathering;

    /// <summary>The coordinator of these miners.</summary>
    public ConsensusCoordinatorActor(FollowerSettings settings, IActorRef miners)
    {
        _settings = settings;
        _miners = miners;
    }

    /// <inheritdoc/>
    public override string PersistenceId => "consensus";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SettleEpoch command:
                Accept(command);
                break;
            case EpochVolume volume:
                if (_gathering?.Take(volume) == true)
                    Settle(_gathering);
                break;
            case AskAgain:
                _gathering?.AskMissing(_miners, Self);
                break;
            case GetSettledEpochs:
                Sender.Tell(new SettledEpochs(_state.Count, _state.Recent));
                break;
            case SaveSnapshotSuccess saved:
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failed:
                _log.Warning(failed.Cause, "The snapshot of the settled epochs could not be saved; the journal still has everything");
                break;
            case DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case EpochSettled settled:
                _state = _state.After(settled.Report);
                break;
            case SnapshotOffer { Snapshot: SettledState state }:
                _state = state;
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _settings.Journal.Raise(reason);
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _settings.Journal.Raise(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Accept(SettleEpoch command)
    {
        var closed = command.Epoch.Closed;
        if (_state.Last is { } last && closed.ClosedAt <= last.Closed.ClosedAt)
        {
            Sender.Tell(new EpochAcknowledged(closed.Epoch));
            return;
        }

        if (_gathering?.Command.Epoch.Closed == closed || _waiting.Any(waiting => waiting.Command.Epoch.Closed == closed))
            return;
        _waiting.Enqueue((command, Sender));
        Next();
    }

    private void Next()
    {
        if (_gathering is not null || !_waiting.TryDequeue(out var next))
            return;
        _gathering = new Gathering(next.Command, next.From);
        _gathering.AskMissing(_miners, Self);
        Timers.StartPeriodicTimer("ask-again", AskAgain.Instance, AskAgainAfter);
        if (_gathering.Complete)
            Settle(_gathering);
    }

    private void Settle(Gathering gathering)
    {
        var report = EpochReport.Settle(
            gathering.Command.Epoch.Closed, gathering.Volumes, gathering.Command.Parameters, _state.Last?.Rewards.CarriedOut ?? Rao.Zero, Keccak.Hash);
        Timers.Cancel("ask-again");
        Persist(new EpochSettled(report), e =>
        {
            _state = _state.After(e.Report);
            _gathering = null;
            gathering.From.Tell(new EpochAcknowledged(e.Report.Closed.Epoch));
            _settings.Metrics.EpochSettled();
            _log.Info("Epoch {0} is settled: {1} ranked, {2} not, root {3}", e.Report.Closed.Epoch, e.Report.Ranking.Ranked.Count, e.Report.Ranking.Unranked.Count, e.Report.RankingRoot);
            if (_state.Count % SnapshotEvery == 0)
                SaveSnapshot(_state);
            Next();
        });
    }

    /// <summary>The answers of an epoch's miners.</summary>
    private sealed class Gathering(SettleEpoch command, IActorRef from)
    {
        private readonly Dictionary<Address, EpochVolume> _volumes = [];

        public SettleEpoch Command { get; } = command;

        public IActorRef From { get; } = from;

        public IEnumerable<EpochVolume> Volumes => _volumes.Values;

        public bool Complete => _volumes.Count == Command.Epoch.Miners.Count;

        /// <summary>Notes an answer; true when it was the last.</summary>
        public bool Take(EpochVolume volume) =>
            volume.Epoch == Command.Epoch.Closed.Epoch && _volumes.TryAdd(volume.Miner, volume) && Complete;

        public void AskMissing(IActorRef miners, IActorRef self)
        {
            foreach (var miner in Command.Epoch.Miners)
            {
                if (!_volumes.ContainsKey(miner))
                    miners.Tell(new GetEpochVolume(miner, Command.Epoch.Closed.Epoch), self);
            }
        }
    }

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }
}
