using Akka.Persistence;

namespace Tao20.Actors.Rebuild;

/// <summary>Reads what an actor has kept, as it would itself, and changes nothing.</summary>
internal sealed class StoredStream : UntypedPersistentActor
{
    private readonly Action<object> _take;
    private readonly TaskCompletionSource _read;

    /// <summary>What reads a stream.</summary>
    /// <param name="stream">The persistence id.</param>
    /// <param name="fromFirst">Whether all events are read, and no snapshot.</param>
    /// <param name="take">Takes the latest snapshot, if there is one, and the events after it, in order.</param>
    /// <param name="read">Completes when all is read.</param>
    public StoredStream(string stream, bool fromFirst, Action<object> take, TaskCompletionSource read)
    {
        PersistenceId = stream;
        Recovery = fromFirst ? new Recovery(SnapshotSelectionCriteria.None) : Recovery.Default;
        (_take, _read) = (take, read);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public override Recovery Recovery { get; }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                _take(offer.Snapshot);
                break;
            case RecoveryCompleted:
                _read.TrySetResult();
                Context.Stop(Self);
                break;
            default:
                _take(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message) => Unhandled(message);

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _read.TrySetException(reason);
        base.OnRecoveryFailure(reason, message);
    }
}
