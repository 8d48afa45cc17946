using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Tao20.Actors.Consensus;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// Reads finalized ranges, sends each miner its trades, and moves the cursor once all have acknowledged. A crash anywhere repeats a
/// range, which the miners make harmless. Several ranges are on their way at once; the cursor moves in order.
/// </summary>
public sealed class ChainFollowerActor : UntypedPersistentActor, IWithTimers
{
    // One: a miner must never get a later batch while an earlier one can still be lost, or what was lost would count as folded.
    private const int MaxUnderWay = 1;
    private const int MaxTradesTogether = 30_000;
    private const int MaxUnsettledEpochs = 32;
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly FollowerSettings _settings;
    private readonly ChainConnection _chain;
    private readonly IActorRef _miners;
    private readonly IActorRef _consensus;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<RangeWork> _underWay = new();
    private readonly List<TradeRange> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private CursorState _state = CursorState.Initial;
    private EpochBook _dispatched = EpochBook.Initial;
    private int _dispatchedUnsettled;
    private Reading? _reading;
    private bool _begun;
    private long _numbers;
    private HeadOverlay? _overlay;
    private long _reorgs;
    private NodeFault? _fault;
    private int _failures;
    private long _eventsSinceSnapshot;

    /// <summary>The follower of <paramref name="chain"/>.</summary>
    public ChainFollowerActor(FollowerSettings settings, ChainConnection chain, IActorRef miners, IActorRef consensus)
    {
        _settings = settings;
        _chain = chain;
        _miners = miners;
        _consensus = consensus;
    }

    /// <inheritdoc/>
    public override string PersistenceId => "chain-cursor";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CursorChecked check:
                Begin(check);
                break;
            case RangeRead read when read.By == _reading && read.Range is { } range:
                _reading.Pulling = false;
                OnRangeRead(range);
                break;
            case RangeRead:
                break; // the end of what was wanted, or of a reading that has been given up
            case ReadingFailed { By: { } by } when by != _reading:
                break;
            case FoldAcknowledged acknowledged:
                if (_underWay.FirstOrDefault(work => work.Number == acknowledged.Range)?.Acknowledge(acknowledged) is { } next)
                    _miners.Tell(next);
                MoveCursor();
                break;
            case FoldDiverged diverged:
                StopFor(FaultKind.FoldDivergence, new FoldDivergenceException(diverged.Miner, diverged.ChainWei, diverged.FoldWei, diverged.After).Message);
                break;
            case FoldFailed failed:
                OnFoldFailed(failed);
                break;
            case EpochAcknowledged acknowledged:
                OnEpochAcknowledged(acknowledged);
                break;
            case ReadingFailed failed:
                OnReadingFailed(failed.Cause);
                break;
            case OverlayRead read:
                OnOverlay(read.Overlay);
                break;
            case Resend:
                ResendLate();
                break;
            case ReadAgain:
                Restart();
                break;
            case GetFollowerStatus:
                Sender.Tell(Status());
                break;
            case SaveSnapshotSuccess saved:
                ForgetBefore(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                _log.Warning(failed.Cause, "The snapshot of the cursor could not be saved; the journal still has everything");
                break;
            case DeleteMessagesFailure or DeleteSnapshotsFailure:
                _log.Warning("Old entries of the cursor could not be deleted; they will be with the next snapshot");
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
            case SnapshotOffer { Snapshot: CursorState state }:
                _state = state;
                break;
            case RecoveryCompleted:
                CheckCursor();
                break;
            default:
                _state = _state.Evolve(message);
                _eventsSinceSnapshot++;
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

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        _reading?.Dispose();
        base.PostStop();
    }

    // ---- start --------------------------------------------------------------------------------------------------------------------

    /// <summary>Before anything is read: is this journal of this chain, and does the chain still have the cursor's block?</summary>
    private void CheckCursor()
    {
        if (_state.Identity is { } journal && journal != _settings.Identity)
        {
            StopFor(FaultKind.ForeignJournal, _settings.ForeignJournal(journal));
            return;
        }

        if (_state.Last is { } last)
            CheckAsync(last).PipeTo(Self, failure: cause => new ReadingFailed(null, cause));
        else
            Self.Tell(new CursorChecked(null, null));

        async Task<CursorChecked> CheckAsync(BlockHeader folded)
        {
            BlockHeader? header = null;
            await _chain.Pool.SendAsync([EthCalls.Header(folded.Number, found => header = found)], _stop.Token).ConfigureAwait(false);
            return new CursorChecked(folded, header);
        }
    }

    private void Begin(CursorChecked check)
    {
        if (check.Folded is { } folded && check.OnChain is null)
        {
            StopFor(FaultKind.ForeignJournal, _settings.UnknownCursor(folded));
            return;
        }

        if (check.Folded is { } cursor && check.OnChain!.Hash != cursor.Hash)
        {
            StopFor(FaultKind.ReorgBelowFinality, new ReorgBelowFinalityException(cursor.Number, cursor.Hash, check.OnChain.Hash).Message);
            return;
        }

        _fault = null;
        var events = new List<object>();
        if (_state.Identity is null)
            events.Add(new FollowingBegan(_settings.Identity));
        var schedule = _state.Schedule?.Adopt(_settings.Scoring, _state.Book.Open)
            ?? new ParameterSchedule([new ParametersVersion(1, default, _settings.Scoring)]);
        if (schedule != _state.Schedule)
            events.Add(new ParametersAdopted(schedule));
        PersistAll(events, e => _state = _state.Evolve(e));
        DeferAsync(ReadAgain.Instance, _ =>
        {
            _begun = true;
            Timers.StartPeriodicTimer("resend", Resend.Instance, ResendAfter);
            _chain.Head.Start();
            WatchHead();
            Restart();
        });
    }

    // ---- the way of a range ---------------------------------------------------------------------------------------------------------

    /// <summary>Reads on from the cursor; what was under way is read and sent again.</summary>
    private void Restart()
    {
        if (_fault is { Passing: false })
            return;
        if (!_begun)
        {
            CheckCursor();
            return;
        }

        _underWay.Clear();
        _waiting.Clear();
        _dispatched = _state.Book;
        _dispatchedUnsettled = _state.Unsettled.Count;
        _reading?.Dispose();
        _reading = new Reading(_chain.Ranges, _state.Cursor, _settings.Until, _stop.Token);
        SettleOldest();
        Pull();
    }

    private void Pull()
    {
        if (_reading is not { Pulling: false } reading || _dispatchedUnsettled >= MaxUnsettledEpochs || _waiting.Sum(range => range.Trades.Count) >= MaxTradesTogether || _waiting.Sum(range => range.Advances.Count) >= FinalizedRanges.MaxEpochsPerRange)
            return;
        reading.Pulling = true;
        reading.NextAsync().PipeTo(Self, success: range => new RangeRead(reading, range), failure: cause => new ReadingFailed(reading, cause));
    }

    private void OnRangeRead(TradeRange range)
    {
        if (_fault is { Passing: false })
            return;
        if (_fault?.Kind == FaultKind.ChainUnavailable)
            _log.Info("The chain can be read again");
        (_fault, _failures) = (null, 0);
        foreach (var log in range.Quarantined)
            _log.Warning("The log at {0} is quarantined: {1}", log.Position, log.Reason);
        _waiting.Add(range);
        Dispatch();
        Pull();
    }

    /// <summary>Sends what has been read on its way, all that is waiting together: fewer and larger entries when the journal is busy.</summary>
    private void Dispatch()
    {
        if (_waiting.Count == 0 || _underWay.Count >= MaxUnderWay)
            return;
        var range = TradeRange.Joined(_waiting);
        _waiting.Clear();
        var progress = _dispatched.Read(range.Trades, range.Advances);
        _dispatched = _dispatched.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        _dispatchedUnsettled += progress.Closed.Count;
        var work = RangeWork.Of(++_numbers, range, progress, _state.Schedule!);
        _underWay.Enqueue(work);
        Send(work);
        MoveCursor();
    }

    private void Send(RangeWork work)
    {
        work.SentAt = _settings.Clock.GetUtcNow();
        foreach (var batch in work.Pending)
            _miners.Tell(batch);
    }

    private void MoveCursor()
    {
        if (!_underWay.TryPeek(out var work) || work.Missing > 0)
            return;
        _underWay.Dequeue();
        var folded = new RangeFolded(work.Last, work.Closed, work.Open, work.Joined, work.Trades, work.Quarantined, _state.Settled);
        Persist(folded, e =>
        {
            _state = _state.Evolve(e);
            if (e.Closed.Count > 0 && _state.Unsettled.Count == e.Closed.Count)
                SettleOldest();
            _settings.Metrics.RangeFolded(e.Last.Number, e.Trades, work.Logs, work.CrossChecked);
            if (++_eventsSinceSnapshot >= _settings.Journal.Options.SnapshotEvery)
            {
                _eventsSinceSnapshot = 0;
                SaveSnapshot(_state);
            }

            Dispatch();
            MoveCursor();
            Pull();
        });
    }

    /// <summary>One epoch at a time: a lost message must not let a later one be settled first.</summary>
    private void SettleOldest()
    {
        if (_state.Unsettled is [var oldest, ..])
            _consensus.Tell(new SettleEpoch(oldest, _state.Schedule!.At(oldest.Closed.Epoch)));
    }

    private void OnEpochAcknowledged(EpochAcknowledged acknowledged)
    {
        if (_state.Unsettled.Count == 0 || _state.Unsettled[0].Closed.Epoch != acknowledged.Epoch)
            return;
        _state = _state.SettledOldest();
        _dispatchedUnsettled--;
        SettleOldest();
        Pull();
    }

    private void ResendLate()
    {
        var late = _settings.Clock.GetUtcNow() - ResendAfter;
        foreach (var work in _underWay.Where(work => work.Missing > 0 && work.SentAt < late))
        {
            _log.Warning("Blocks up to {0}: {1} miners have not acknowledged for {2}; sending again", work.Last.Number, work.Missing, ResendAfter);
            Send(work);
        }

        SettleOldest();
    }

    // ---- what can go wrong ----------------------------------------------------------------------------------------------------------

    private void OnReadingFailed(Exception cause)
    {
        if (_stop.IsCancellationRequested)
            return;
        switch (cause)
        {
            case ReorgBelowFinalityException:
                StopFor(FaultKind.ReorgBelowFinality, cause.Message);
                break;
            case QuorumDisagreementException:
                StopFor(FaultKind.QuorumDisagreement, cause.Message);
                break;
            case ChainException:
                if (cause is NoTrustworthyEndpointException)
                    _chain.Pool.ForgiveAll();
                TryAgainLater(FaultKind.ChainUnavailable, cause.Message);
                break;
            default:
                _log.Error(cause, "Reading the chain failed in a way that was not foreseen");
                TryAgainLater(FaultKind.ChainUnavailable, $"Reading the chain failed: {cause.Message}");
                break;
        }
    }

    private void OnFoldFailed(FoldFailed failed)
    {
        var fault = _settings.Journal.Fault(failed.Problem, failed.Reason);
        if (fault.Passing)
            TryAgainLater(fault.Kind, fault.Message);
        else
            StopFor(fault.Kind, fault.Message);
    }

    private void TryAgainLater(FaultKind kind, string message)
    {
        if (_fault is { Passing: false })
            return;
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_failures++, 6))));
        if (_fault?.Message != message)
            _log.Warning("{0} Trying again in {1:0} s", message, pause.TotalSeconds);
        _fault = new NodeFault(kind, message, _settings.Clock.GetUtcNow());
        GiveUpReading();
        Timers.StartSingleTimer("again", ReadAgain.Instance, pause);
    }

    private void StopFor(FaultKind kind, string message)
    {
        if (_fault is { Passing: false })
            return;
        _log.Error("{0}: {1}", kind, message);
        _fault = new NodeFault(kind, message, _settings.Clock.GetUtcNow());
        GiveUpReading();
        _settings.Faults.Raise(_fault);
    }

    private void GiveUpReading()
    {
        _reading?.Dispose();
        _reading = null;
    }

    // ---- above finality ---------------------------------------------------------------------------------------------------------------

    private void WatchHead() => ReadOverlayAsync().PipeTo(Self, failure: cause => new ReadingFailed(null, cause));

    private async Task<OverlayRead> ReadOverlayAsync()
    {
        try
        {
            await _chain.Head.MovedAsync(_stop.Token).ConfigureAwait(false);
            return new OverlayRead(await HeadOverlay.ReadAsync(_chain.Reader, _chain.Head, _stop.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is ChainException or OperationCanceledException)
        {
            // What is above finality is a convenience: the reading of final blocks tells what is wrong with the chain.
            return new OverlayRead(null);
        }
    }

    private void OnOverlay(HeadOverlay? overlay)
    {
        if (overlay is not null && _overlay is not null && overlay.Replaced(_overlay) is var depth and > 0)
        {
            _reorgs++;
            _log.Info("A reorg replaced {0} blocks above finality", depth);
        }

        _overlay = overlay ?? _overlay;
        if (!_stop.IsCancellationRequested)
            WatchHead();
    }

    private FollowerStatus Status()
    {
        var finalized = _chain.Head.Finalized;
        var cursor = _state.Last?.Number ?? 0;
        var lag = finalized is not null && finalized.Number > cursor ? finalized.Number - cursor : 0;
        return new FollowerStatus(
            _state, _chain.Head.Latest, finalized, lag, _chain.Ranges.RangeBlocks, _overlay?.ByMiner(), _reorgs, _chain.Head.Subscribed, _chain.Pool.Status, _fault);
    }

    private void ForgetBefore(long snapshot)
    {
        DeleteSnapshots(new SnapshotSelectionCriteria(snapshot - 1));
        if (!_settings.Journal.Options.KeepEverything && snapshot > _settings.Journal.Options.SnapshotEvery)
            DeleteMessages(snapshot - _settings.Journal.Options.SnapshotEvery);
    }

    private sealed record CursorChecked(BlockHeader? Folded, BlockHeader? OnChain);

    private sealed record RangeRead(Reading By, TradeRange? Range);

    private sealed record ReadingFailed(Reading? By, Exception Cause);

    private sealed record OverlayRead(HeadOverlay? Overlay);

    private sealed class Resend
    {
        public static readonly Resend Instance = new();
    }

    private sealed class ReadAgain
    {
        public static readonly ReadAgain Instance = new();
    }
}
