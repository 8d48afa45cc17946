using Akka.Event;
using Akka.Persistence;

namespace Tao20.Actors.Journal;

/// <summary>
/// What all persistent actors have in common: journal failures are told to the node, a snapshot is taken every so many events, and
/// what lies before the snapshot before it is deleted.
/// </summary>
/// <param name="journal">How events are kept, and where problems are told.</param>
public abstract class JournaledActor(JournalFaultReporter journal) : UntypedPersistentActor
{
    private long _eventsSinceSnapshot;

    // The next event that the journal must give while it is read.
    private long _nextSequenceNr = 1;

    // The last event in the latest snapshot that is known to be in the store; 0 for none.
    private long _keptSnapshot;

    /// <summary>How events are kept, and where problems are told.</summary>
    protected JournalFaultReporter Guard { get; } = journal;

    /// <summary>How many events lie between two snapshots.</summary>
    protected virtual long SnapshotEvery => Guard.Options.SnapshotEvery;

    /// <summary>Whether events before the snapshots are kept whatever the options say: what people audit is.</summary>
    protected virtual bool KeepsEvents => false;

    /// <summary>What the journal lacks of its events; null when it has all.</summary>
    protected StreamIncomplete? Incomplete { get; private set; }

    /// <summary>Whether all it keeps is folded from the chain, and can be folded again.</summary>
    protected virtual bool IsFolded => false;

    /// <summary>What this actor does with a message; false when it does not know it.</summary>
    protected abstract bool Handle(object message);

    /// <summary>Takes an event, or a snapshot, into the state.</summary>
    protected abstract void Evolve(object e);

    /// <summary>What a snapshot keeps.</summary>
    protected abstract object Snapshot();

    /// <summary>All events are back.</summary>
    protected virtual void Recovered() { }

    /// <summary>
    /// All events are back that the journal has, and it does not have all that were written. Nothing can be decided by what is left: the
    /// actor stops, and comes back to see whether that has changed.
    /// </summary>
    protected virtual void OnIncomplete(StreamIncomplete incomplete) => Context.Stop(Self);

    /// <summary>The journal failed, and the actor is about to stop: tell who waits for it.</summary>
    protected virtual void OnJournalFailure(Exception cause) { }

    /// <summary>Persists an event, takes it into the state, and then does the rest.</summary>
    protected void PersistEvent(object e, Action after)
    {
        if (Guard.Health.Replaced is { } replaced)
        {
            // It would go where nobody will find it again.
            OnJournalFailure(new JournalException(replaced.Problem, replaced.Reason));
            Context.Stop(Self);
            return;
        }

        Guard.Health.Begin(JournalWork.Write, PersistenceId);
        Persist(
            e,
            persisted =>
            {
                Guard.Health.End(JournalWork.Write, PersistenceId);
                Evolve(persisted);
                after();
                if (++_eventsSinceSnapshot < SnapshotEvery)
                    return;
                _eventsSinceSnapshot = 0;
                SaveSnapshot(Snapshot());
            }
        );
    }

    /// <summary>Persists what a decision came to, one after the other, and then does the rest; at once when it came to nothing.</summary>
    protected void PersistDecided(IReadOnlyList<object> events, Action after)
    {
        if (events.Count == 0)
            after();
        for (var i = 0; i < events.Count; i++)
            PersistEvent(events[i], i == events.Count - 1 ? after : static () => { });
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Guard.Health.Begin(JournalWork.Recovery, PersistenceId);
        base.PreStart();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Guard.Health.Forget(PersistenceId);
        base.PostStop();
    }

    /// <inheritdoc/>
    protected sealed override void OnCommand(object message)
    {
        switch (message)
        {
            case FinishAndStop:
                Context.Stop(Self);
                break;
            case SaveSnapshotSuccess saved:
                ForgetBefore(_keptSnapshot);
                _keptSnapshot = saved.Metadata.SequenceNr;
                break;
            case SaveSnapshotFailure failed:
                Log.Warning(
                    failed.Cause,
                    "The snapshot of {PersistenceId} could not be saved; the journal still has everything",
                    PersistenceId
                );
                break;
            case DeleteMessagesFailure failed:
                Log.Warning(
                    failed.Cause,
                    "Old entries of {PersistenceId} could not be deleted; they will be with the next snapshot",
                    PersistenceId
                );
                break;
            case DeleteSnapshotsFailure failed:
                Log.Warning(
                    failed.Cause,
                    "Old snapshots of {PersistenceId} could not be deleted; they will be with the next",
                    PersistenceId
                );
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                if (!Handle(message))
                    Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                Evolve(offer.Snapshot);
                _keptSnapshot = offer.Metadata.SequenceNr;
                _nextSequenceNr = offer.Metadata.SequenceNr + 1;
                break;
            case RecoveryCompleted:
                Guard.Health.End(JournalWork.Recovery, PersistenceId);
                ExpectEvent(LastSequenceNr + 1);
                if (Guard.Check(PersistenceId, Incomplete))
                    Recovered();
                else
                    OnIncomplete(Incomplete!);
                break;
            default:
                ExpectEvent(LastSequenceNr);

                // What came after a gap was decided on what is missing.
                if (Incomplete is null)
                    Evolve(message);
                _eventsSinceSnapshot++;
                break;
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Guard.Raise(JournalWork.Recovery, PersistenceId, reason);
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected sealed override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Guard.Raise(JournalWork.Write, PersistenceId, cause);
        OnJournalFailure(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected sealed override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Akka would go on. But what was decided is not in the journal, and all that follows was decided on it.
        Guard.Raise(JournalWork.Write, PersistenceId, cause);
        OnJournalFailure(cause);
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    /// <summary>Events are numbered from 1, one after the other: where the next is another one, some are missing.</summary>
    private void ExpectEvent(long sequenceNr)
    {
        if (sequenceNr > _nextSequenceNr)
            Incomplete ??= StreamIncomplete.Lacks(PersistenceId, _nextSequenceNr, sequenceNr - 1, IsFolded);
        _nextSequenceNr = sequenceNr + 1;
    }

    /// <summary>
    /// A new snapshot is saved: everything up to the one before goes, which is known to be in the store, since it was saved or read. It
    /// stays, in case the new one cannot be read.
    /// </summary>
    private void ForgetBefore(long snapshot)
    {
        if (snapshot <= 0)
            return;
        DeleteSnapshots(new SnapshotSelectionCriteria(snapshot - 1));
        if (!KeepsEvents && !Guard.Options.KeepEverything)
            DeleteMessages(snapshot);
    }
}
