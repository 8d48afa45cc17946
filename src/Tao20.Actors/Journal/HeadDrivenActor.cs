using Akka.Actor;
using Akka.Event;
using Tao20.Chain;
using Tao20.Chain.Following;

namespace Tao20.Actors.Journal;

/// <summary>
/// A persistent actor that works whenever the head of the chain moves or something new is wanted: one piece of work at a time, once more
/// when something moved meanwhile, and after a failure again with growing pauses.
/// </summary>
/// <param name="journal">How events are kept, and where problems are reported.</param>
/// <param name="head">The head of the chain.</param>
/// <param name="purpose">What it does, for the log: "Sending transactions".</param>
/// <param name="longestPause">The longest pause after failures; the first is <paramref name="firstPause"/>, and each is twice the
/// one before.</param>
/// <param name="firstPause">The first pause.</param>
public abstract class HeadDrivenActor(
    JournalFaultReporter journal,
    ChainHead head,
    string purpose,
    TimeSpan firstPause,
    TimeSpan longestPause
) : JournaledActor(journal), IWithTimers
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RetryPause _pause = new(firstPause, longestPause);
    private bool _working;
    private bool _pollAgain;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Cancelled when the actor stops.</summary>
    protected CancellationToken Stopping => _stop.Token;

    /// <summary>
    /// Looks whether there is work; called when the head has moved, after a pause, and when work has ended that something moved
    /// during.
    /// </summary>
    protected abstract void Poll();

    /// <summary>What this actor does with a message of its own; false when it does not know it.</summary>
    protected abstract bool HandleWork(object message);

    /// <summary>The head has moved: before <see cref="Poll"/>.</summary>
    protected virtual void OnHeadMoved() { }

    /// <summary>The head cannot be watched any more, while the actor goes on.</summary>
    protected virtual void OnHeadLost(Exception cause) => OnWorkFailed(cause);

    /// <summary>Work has failed: the work is over, and it is tried again after a pause.</summary>
    protected virtual void OnWorkFailed(Exception cause)
    {
        var pause = _pause.Next();
        if (cause is ChainException or FormatException or OverflowException)
            Log.Warning("{Purpose} waits: {Reason} Trying again in {Seconds:0.0} s", purpose, cause.Message, pause.TotalSeconds);
        else
            Log.Error(cause, "{Purpose} failed unexpectedly. Trying again in {Seconds:0.0} s", purpose, pause.TotalSeconds);
        (_working, _pollAgain) = (false, false);
        Timers.StartSingleTimer("poll-again", PollAgain.Instance, pause);
    }

    /// <summary>Begins work; false while other work is going on, after which <see cref="Poll"/> is called again.</summary>
    protected bool TryBeginWork()
    {
        if (_working)
        {
            _pollAgain = true;
            return false;
        }

        (_working, _pollAgain) = (true, false);
        return true;
    }

    /// <summary>Ends work.</summary>
    protected void BecomeIdle()
    {
        _working = false;
        if (_pollAgain)
            Poll();
    }

    /// <summary>The chain has answered: the next failure is the first again.</summary>
    protected void ResetBackoff() => _pause.Reset();

    /// <summary>Runs work outside of the actor; its result comes as a message, its failure to <see cref="OnWorkFailed"/>.</summary>
    protected void Run<T>(Task<T> work) => work.PipeTo(Self, failure: cause => new WorkFailed(cause));

    /// <inheritdoc/>
    protected override void Recovered()
    {
        WatchHead();
        Poll();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected sealed override bool Handle(object message)
    {
        switch (message)
        {
            case HeadMoved:
                WatchHead();
                OnHeadMoved();
                Poll();
                return true;
            case PollAgain:
                Poll();
                return true;
            case WatchEnded ended:
                if (!_stop.IsCancellationRequested)
                    OnHeadLost(ended.Cause);
                return true;
            case WorkFailed failed:
                if (!_stop.IsCancellationRequested)
                    OnWorkFailed(failed.Cause);
                return true;
            default:
                return HandleWork(message);
        }
    }

    private void WatchHead() =>
        head.MovedAsync(_stop.Token).PipeTo(Self, success: () => HeadMoved.Instance, failure: cause => new WatchEnded(cause));

    private sealed record WorkFailed(Exception Cause);

    private sealed record WatchEnded(Exception Cause);

    private sealed class HeadMoved
    {
        public static readonly HeadMoved Instance = new();
    }

    private sealed class PollAgain
    {
        public static readonly PollAgain Instance = new();
    }
}
