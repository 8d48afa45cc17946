using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Parameters;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// Reads finalized ranges, sends each miner its trades, and moves the cursor once all have acknowledged. A crash anywhere repeats a
/// range, which the miners make harmless.
/// </summary>
public sealed class ChainFollowerActor : JournaledActor, IWithTimers
{
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly FollowerSettings _settings;
    private readonly ChainConnection _chain;
    private readonly IActorRef _miners;
    private readonly IActorRef _consensus;
    private readonly RangeBatcher _flow;
    private readonly CancellationTokenSource _stop = new();
    private CursorState _state = CursorState.Initial;
    private RangeReadSession? _reading;
    private bool _begun;
    private HeadOverlay? _overlay;
    private long _reorgs;
    private NodeFault? _fault;
    private int _failures;

    /// <summary>The follower of <paramref name="chain"/>.</summary>
    public ChainFollowerActor(FollowerSettings settings, ChainConnection chain, IActorRef miners, IActorRef consensus)
        : base(settings.Journal)
    {
        _settings = settings;
        _flow = new RangeBatcher(settings.Identity.Registry is not null);
        _chain = chain;
        _miners = miners;
        _consensus = consensus;
    }

    /// <inheritdoc/>
    public override string PersistenceId => "chain-cursor";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case CursorChecked check:
                Begin(check);
                return true;
            case RangeRead read:
                OnRangeRead(read);
                return true;
            case FoldAcknowledged acknowledged:
                if (_flow.Acknowledge(acknowledged) is { } next)
                    _miners.Tell(next);
                MoveCursor();
                return true;
            case FactsFolded folded:
                _flow.Acknowledge(folded);
                MoveCursor();
                return true;
            case EpochAcknowledged acknowledged:
                OnEpochAcknowledged(acknowledged);
                return true;
            case OverlayRead read:
                OnOverlay(read);
                return true;
            case Resend:
                ResendLate();
                return true;
            case ReadAgain:
                Restart();
                return true;
            case FoldDiverged diverged:
                StopFor(
                    FaultKind.FoldDivergence,
                    new FoldDivergenceException(diverged.Miner, diverged.ChainWei, diverged.FoldWei, diverged.After).Message
                );
                return true;
            case FoldFailed failed:
                OnFoldFailed(failed);
                return true;
            case ReadingFailed failed:
                OnReadingFailed(failed);
                return true;
            case GetFollowerStatus:
                Sender.Tell(Status());
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is CursorState state ? state : _state.Evolve((CursorEvent)e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered() => CheckCursor();

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
        var events = new List<CursorEvent>();
        if (_state.Identity is null)
            events.Add(new CursorEvent.FollowingBegan(_settings.Identity));
        var schedule =
            _state.Schedule?.Adopt(_settings.Scoring, _state.Book.Open)
            ?? new ParameterSchedule([new ParametersVersion(1, default, _settings.Scoring)]);
        if (schedule != _state.Schedule)
            events.Add(new CursorEvent.ParametersAdopted(schedule));
        PersistAll(events, Evolve);

        // The first ranges are asked for meanwhile; they are handled when these events are durable.
        _begun = true;
        Timers.StartPeriodicTimer("resend", Resend.Instance, ResendAfter);
        _chain.Head.Start();
        WatchHead(Task.CompletedTask);
        Restart();
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

        _flow.Restart(_state);
        _reading?.Dispose();
        _reading = new RangeReadSession(_chain.Ranges, _state.CursorFrom(_settings.Identity.FromBlock), _settings.Until, _stop.Token);
        SettleOldest();
        Pull();
    }

    private void Pull()
    {
        if (_reading is not { Pulling: false } reading || !_flow.WantsMore)
            return;
        reading.Pulling = true;
        reading
            .NextAsync()
            .PipeTo(Self, success: range => new RangeRead(reading, range), failure: cause => new ReadingFailed(reading, cause));
    }

    private void OnRangeRead(RangeRead read)
    {
        // Without a range all that was wanted has been read; of another reading it is one that has been given up.
        if (read.By != _reading || read.Range is not { } range || _fault is { Passing: false })
            return;
        _reading.Pulling = false;
        if (_fault?.Kind == FaultKind.ChainUnavailable)
            Log.Info("The chain can be read again");
        (_fault, _failures) = (null, 0);
        foreach (var log in range.Quarantined)
            Log.Warning("The log at {0} is quarantined: {1}", log.Position, log.Reason);
        _flow.Add(range, Math.Min(_chain.Head.Finalized?.Number ?? 0, _settings.Until ?? ulong.MaxValue));
        Dispatch();
        Pull();
    }

    /// <summary>Sends what has been read on its way, all that is waiting together.</summary>
    private void Dispatch()
    {
        if (_flow.Next(_state.Schedule!) is not { } work)
            return;
        Send(work);
        MoveCursor();
    }

    private void Send(InFlightRange work)
    {
        work.SentAt = _settings.Clock.GetUtcNow();
        foreach (var batch in work.Pending)
            _miners.Tell(batch);
        if (work.Facts is { } facts)
            _consensus.Tell(facts);
    }

    private void MoveCursor()
    {
        if (_flow.Complete() is not { } work)
            return;
        var folded = new CursorEvent.RangeFolded(
            work.Last,
            work.Closed,
            work.Open,
            work.Joined,
            work.Trades,
            work.Quarantined,
            _state.Settled
        );
        PersistEvent(
            folded,
            () =>
            {
                if (folded.Closed.Count > 0 && _state.Unsettled.Count == folded.Closed.Count)
                    SettleOldest();
                _settings.Metrics.RangeFolded(folded.Last.Number, folded.Trades, work.Logs, work.CrossChecked);
                Dispatch();
                Pull();
            }
        );
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
        PersistEvent(
            new CursorEvent.SettlementAcknowledged(acknowledged.Epoch),
            () =>
            {
                _flow.Settled();
                SettleOldest();
                Pull();
            }
        );
    }

    private void ResendLate()
    {
        var late = _settings.Clock.GetUtcNow() - ResendAfter;
        if (_flow.UnderWay is { Missing: > 0 } work && work.SentAt < late)
        {
            Log.Warning(
                "Blocks up to {0}: {1} of its batches are not acknowledged after {2}; sending again",
                work.Last.Number,
                work.Missing,
                ResendAfter
            );
            Send(work);
        }

        SettleOldest();
    }

    // ---- what can go wrong ----------------------------------------------------------------------------------------------------------

    private void OnReadingFailed(ReadingFailed failed)
    {
        if (_stop.IsCancellationRequested || (failed.By is not null && failed.By != _reading))
            return;
        var cause = failed.Cause;
        switch (cause)
        {
            case ReorgBelowFinalityException:
                StopFor(FaultKind.ReorgBelowFinality, cause.Message);
                break;
            case QuorumDisagreementException:
                StopFor(FaultKind.QuorumDisagreement, cause.Message);
                break;
            case ChainException:
                TryAgainLater(FaultKind.ChainUnavailable, cause.Message);
                break;
            default:
                Log.Error(cause, "Reading the chain failed in a way that was not foreseen");
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
            Log.Warning("{0} Trying again in {1:0} s", message, pause.TotalSeconds);
        _fault = new NodeFault(kind, message, _settings.Clock.GetUtcNow());
        GiveUpReading();
        Timers.StartSingleTimer("again", ReadAgain.Instance, pause);
    }

    private void StopFor(FaultKind kind, string message)
    {
        if (_fault is { Passing: false })
            return;
        Log.Error("{0}: {1}", kind, message);
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

    private void WatchHead(Task moved) => ReadOverlayAsync(moved).PipeTo(Self, failure: cause => new ReadingFailed(null, cause));

    /// <summary>
    /// Reads once the head has moved. The next move is waited for from before the reading on: one that comes meanwhile is not
    /// missed.
    /// </summary>
    private async Task<OverlayRead> ReadOverlayAsync(Task moved)
    {
        var next = moved;
        try
        {
            await moved.ConfigureAwait(false);
            next = _chain.Head.MovedAsync(_stop.Token);
            return new OverlayRead(await HeadOverlay.ReadAsync(_chain.Reader, _chain.Head, _stop.Token).ConfigureAwait(false), next);
        }
        catch (Exception e) when (e is ChainException or OperationCanceledException)
        {
            // What is above finality is a convenience: the reading of final blocks tells what is wrong with the chain.
            return new OverlayRead(null, next);
        }
    }

    private void OnOverlay(OverlayRead read)
    {
        var overlay = read.Overlay;
        if (overlay is not null && _overlay is not null && overlay.Replaced(_overlay) is var depth and > 0)
        {
            _reorgs++;
            Log.Info("A reorg replaced {0} blocks above finality", depth);
        }

        _overlay = overlay ?? _overlay;
        if (!_stop.IsCancellationRequested)
            WatchHead(read.NextMove);
    }

    private FollowerStatus Status()
    {
        var finalized = _chain.Head.Finalized;
        var cursor = _state.Last?.Number ?? 0;
        var lag = finalized is not null && finalized.Number > cursor ? finalized.Number - cursor : 0;
        return new FollowerStatus(
            _state,
            _chain.Head.Latest,
            finalized,
            lag,
            _chain.Ranges.RangeBlocks,
            _overlay?.ByMiner(),
            _reorgs,
            _chain.Head.Subscribed,
            _chain.Pool.Status,
            _fault ?? HeadFault()
        );
    }

    /// <summary>Who waits for the next final block is not told that nobody can be asked for it.</summary>
    private NodeFault? HeadFault() =>
        _chain.Head.Problem is { } problem ? new NodeFault(FaultKind.ChainUnavailable, problem.Reason, problem.Since) : null;

    private sealed record CursorChecked(BlockHeader? Folded, BlockHeader? OnChain);

    private sealed record RangeRead(RangeReadSession By, TradeRange? Range);

    private sealed record ReadingFailed(RangeReadSession? By, Exception Cause);

    private sealed record OverlayRead(HeadOverlay? Overlay, Task NextMove);

    private sealed class Resend
    {
        public static readonly Resend Instance = new();
    }

    private sealed class ReadAgain
    {
        public static readonly ReadAgain Instance = new();
    }
}
