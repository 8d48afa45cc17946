using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using Tao20.Actors.Hosting;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Miners;

/// <summary>Holds one miner's volume. Folds trades at least once delivered, exactly once counted.</summary>
public sealed class MinerActor : UntypedPersistentActor
{
    private readonly JournalGuard _journal;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private MinerVolume _volume;
    private FoldBatch? _persisting;
    private long _foldsSinceSnapshot;

    /// <summary>The actor of <paramref name="miner"/>.</summary>
    public MinerActor(Address miner, JournalGuard journal)
    {
        _journal = journal;
        _volume = MinerVolume.Initial(miner);
        PersistenceId = PersistenceIdOf(miner);
        Context.SetReceiveTimeout(journal.Options.PassivateAfter);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <summary>The persistence id of a miner: <c>miner-{address}</c>.</summary>
    public static string PersistenceIdOf(Address miner) => $"miner-{miner}";

    /// <summary>How to make one.</summary>
    public static Props Props(Address miner, JournalGuard journal) => Akka.Actor.Props.Create(() => new MinerActor(miner, journal));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case FoldBatch batch:
                Fold(batch);
                break;
            case GetEpochVolume query:
                Sender.Tell(_volume.Of(query.Epoch));
                break;
            case GetMinerSummary query:
                Sender.Tell(Summary(query));
                break;
            case ReceiveTimeout:
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
                break;
            case SaveSnapshotSuccess saved:
                ForgetBefore(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                _log.Warning(failed.Cause, "The snapshot of {0} could not be saved; the journal still has everything", PersistenceId);
                break;
            case DeleteMessagesFailure failed:
                _log.Warning(failed.Cause, "Old entries of {0} could not be deleted; they will be with the next snapshot", PersistenceId);
                break;
            case DeleteSnapshotsFailure failed:
                _log.Warning(failed.Cause, "Old snapshots of {0} could not be deleted; they will be with the next", PersistenceId);
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
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
            case TradesFolded folded:
                _volume = _volume.Evolve(folded);
                _foldsSinceSnapshot++;
                break;
            case SnapshotOffer { Snapshot: MinerVolumeSnapshot snapshot }:
                _volume = MinerVolume.Restore(snapshot);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _journal.Raise(reason);
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Fail(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Fail(cause);
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    private void Fold(FoldBatch batch)
    {
        switch (_volume.Decide(batch.Trades))
        {
            case FoldDecision.Fold(var folded):
                _persisting = batch;
                Persist(folded, e =>
                {
                    _persisting = null;
                    _volume = _volume.Evolve(e);
                    Acknowledge(batch);
                    if (++_foldsSinceSnapshot >= _journal.Options.SnapshotEvery)
                    {
                        _foldsSinceSnapshot = 0;
                        SaveSnapshot(_volume.ToSnapshot());
                    }
                });
                break;
            case FoldDecision.AlreadyFolded:
                Acknowledge(batch);
                break;
            case FoldDecision.Diverged(var chain, var fold):
                Sender.Tell(new FoldDiverged(batch.Range, batch.Miner, chain, fold, batch.Trades.Trades.Span[^1].Position));
                break;
        }
    }

    private void Acknowledge(FoldBatch batch) => Sender.Tell(new FoldAcknowledged(batch.Range, batch.Part, batch.Miner));

    private void Fail(Exception cause)
    {
        _journal.Raise(cause);
        if (_persisting is { } batch)
            Sender.Tell(new FoldFailed(batch.Range, batch.Miner, JournalProblems.Of(cause), JournalProblems.Innermost(cause)));
    }

    private MinerSummary Summary(GetMinerSummary query) => new(
        _volume.Miner,
        _volume.Position,
        _volume.LifetimeWei,
        _volume.LifetimeEligibleWei,
        _volume.Baseline,
        _volume.Mints,
        _volume.Redemptions,
        _volume.Of(query.Epoch),
        _volume.RecentExclusions);

    /// <summary>Everything up to the snapshot before this one goes; that one stays, in case this one cannot be read.</summary>
    private void ForgetBefore(long snapshot)
    {
        var before = snapshot - _journal.Options.SnapshotEvery;
        if (before <= 0)
            return;
        DeleteSnapshots(new SnapshotSelectionCriteria(before - 1));
        if (!_journal.Options.KeepEverything)
            DeleteMessages(before);
    }
}
