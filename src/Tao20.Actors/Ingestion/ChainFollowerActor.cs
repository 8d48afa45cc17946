using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// Reads finalized ranges, sends each miner its trades, and moves the cursor once all have acknowledged. A crash anywhere repeats a
/// range, which the miners make harmless. What waits and what is sent when is decided by <see cref="RangeFlow"/>, what is durable by
/// <see cref="CursorState"/>.
/// </summary>
public sealed class ChainFollowerActor : JournaledActor, IWithTimers
{
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan JournalPause = TimeSpan.FromSeconds(3);
    private readonly FollowerSettings _settings;
    private readonly ChainConnection _chain;
    private readonly IActorRef _consensus;
    private readonly CancellationTokenSource _stop = new();
    private readonly RetryPause _pause = new(first: TimeSpan.FromSeconds(1), longest: TimeSpan.FromSeconds(30));
    private readonly OverlayWatch _overlay;
    private readonly FollowerFaults _faults;
    private readonly RangeDelivery _delivery;
    private readonly TotalsWatch _totals;
    private CursorState _state = CursorState.Initial;
    private RangeFlow _flow;
    private RangeReadSession? _reading;
    private bool _begun;
    private NodeFault? _fault;

    /// <summary>The follower of <paramref name="chain"/>.</summary>
    public ChainFollowerActor(FollowerSettings settings, ChainConnection chain, IActorRef miners, IActorRef consensus)
        : base(settings.Journal)
    {
        (_settings, _chain, _consensus) = (settings, chain, consensus);
        _flow = RangeFlow.Initial(settings.Identity.Registry is not null) with { FromGenesis = settings.Identity.FromBlock == 0 };
        _overlay = new OverlayWatch(chain, _stop.Token);
        _faults = new FollowerFaults(settings);
        _delivery = new RangeDelivery(miners, consensus, chain.Counts, settings.Clock);
        _totals = new TotalsWatch(new TotalsCheck(miners, chain.Counts), chain, Log, _stop.Token);
    }

    /// <inheritdoc/>
    public override string PersistenceId => ChainFollowerKey.Stream;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsStopped => _fault is { Passing: false };

    /// <inheritdoc/>
    protected override bool IsFolded => true;

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
            case FoldAcknowledged(var range, var part, var miner, var head):
                _delivery.Forget(miner);
                Flow(new RangeFlowCommand.AcknowledgeBatch(range, miner, part, head));
                return true;
            case FactsFolded(var range):
                Flow(new RangeFlowCommand.AcknowledgeFacts(range));
                return true;
            case EpochAcknowledged acknowledged:
                OnEpochAcknowledged(acknowledged);
                return true;
            case OverlayRead read:
                if (_overlay.Note(read, Self) is var depth and > 0)
                    Log.Info("A reorg replaced {Blocks} blocks above finality", depth);
                return true;
            case Resend:
                _delivery.SendLate(_flow, _state.LastFact, ResendAfter, Log);
                SettleOldest();
                if (_settings.Metrics.CatchUp.Words(_chain) is { } progress)
                    Log.Info("Catching up: {Progress}", progress);
                return true;
            case ReadAgain:
                Restart();
                return true;
            case BeginningWanted or BeginningsRead:
                _delivery.NoteBeginning(message, _flow);
                AskBeginnings();
                return true;
            case StreamIncomplete or HistoryMissing or FoldDiverged or FoldFailed:
                Locate(_faults.OfFold(message));
                return true;
            case TotalsChecked check:
                if (_faults.Of(_totals.Take(check)) is { } found)
                    GiveUp(found);
                return true;
            case GapLocated(var kind, var gap) when _fault?.Kind == kind:
                _fault = null;
                GiveUp(_faults.Missing(kind, gap));
                return true;
            case ReadingFailed failed:
                OnReadingFailed(failed);
                return true;
            case GetFollowerStatus query:
                Sender.Tell(FollowerStatus.Of(_state, _chain, _overlay, _fault).For(query));
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
    protected override void OnIncomplete(StreamIncomplete incomplete) => GiveUp(_settings.Journal.Fault(incomplete));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        _reading?.Dispose();
        base.PostStop();
    }

    // ---- start --------------------------------------------------------------------------------------------------------------------

    /// <summary>Before anything is read: is this journal of this chain, and does the chain still have the cursor's block?</summary>
    private void CheckCursor() =>
        CursorChecked
            .AskAsync(_chain, _settings.Identity, _state, _stop.Token)
            .PipeTo(Self, failure: cause => new ReadingFailed(null, cause));

    private void Begin(CursorChecked check)
    {
        if (_state.Check(_settings.Identity, check.OnChain) is { } problem)
        {
            GiveUp(_faults.Of(problem));
            return;
        }

        _fault = null;
        var parameters = check.ParametersOr(_settings.Scoring, Log);
        PersistAll(_state.Decide(new CursorCommand.Begin(_settings.Identity, parameters, _settings.Earlier)), Evolve);

        // The first ranges are asked for meanwhile; they are handled when these events are durable.
        _begun = true;
        Timers.StartPeriodicTimer("resend", new Resend(), ResendAfter);
        _settings.Metrics.Start.Reach(StartStep.Reading);
        _chain.Head.Start();
        _overlay.Start(Self);
        _totals.Check(_state, epochEnded: false)?.PipeTo(Self);
        Restart();
    }

    // ---- the way of a range ---------------------------------------------------------------------------------------------------------

    /// <summary>Reads on from the cursor; what was under way is read and sent again.</summary>
    private void Restart()
    {
        if (IsStopped)
            return;
        if (!_begun)
        {
            CheckCursor();
            return;
        }

        Flow(new RangeFlowCommand.Restart(_state));
        _delivery.Restart();
        _reading?.Dispose();
        var cursor = _state.CursorFrom(_settings.Identity.FromBlock);
        _reading = _settings.Early?.Take(cursor) ?? new RangeReadSession(_chain.Ranges, cursor, _settings.Until, _stop.Token);
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
        if (read.By != _reading || read.Range is not { } range || IsStopped)
            return;
        _reading.Pulling = false;
        _settings.Metrics.Start.Reach(StartStep.FirstRange);
        _settings.Metrics.CatchUp.Read(range.Last.Number, range.Trades.Length, _chain.Head.Finalized);
        if (_fault?.Kind == FaultKind.ChainUnavailable)
            Log.Info("The chain can be read again");
        _fault = null;
        _pause.Reset();
        foreach (var log in range.Quarantined)
            Log.Warning("The log at {Position} is quarantined: {Reason}", log.Position, log.Reason);
        Flow(new RangeFlowCommand.Take(range, Math.Min(_chain.Head.Finalized?.Number ?? 0, _settings.Until ?? ulong.MaxValue)));
        Dispatch();
        Pull();
    }

    private void Dispatch()
    {
        if (_flow.MissingBefore(_settings.Identity.FromBlock) is { } missing)
            Locate(_faults.Missing(FaultKind.HistoryMissing, missing, located: false));
        else
            Flow(new RangeFlowCommand.Dispatch(_state));
    }

    private void Flow(RangeFlowCommand command)
    {
        foreach (var e in _flow.Decide(command))
        {
            var waiting = _flow.Waiting;
            _flow = _flow.Evolve(e);
            switch (e)
            {
                case RangeFlowEvent.RangeDispatched(var work, _):
                    // Every trade is in its miner's batch now.
                    waiting.RemoveAll(read => read.Last.Number > work.Last.Number).ForEach(read => read.Dispose());
                    _delivery.SendMissing(_flow, _state.LastFact);
                    break;
                case RangeFlowEvent.BatchAcknowledged(var miner, var next, _):
                    _delivery.NoteFolded(_flow, miner, next);
                    break;
                case RangeFlowEvent.RangeCompleted(var work):
                    MoveCursor(work);
                    break;
            }
        }

        _settings.Metrics.CatchUp.Turn(isFolding: _flow.UnderWay is not null);
    }

    private void MoveCursor(InFlightRange work)
    {
        var closed = work.Progress.Closed.Count;
        PersistDecided(
            _state.Decide(new CursorCommand.Complete(work, _flow.Heads)),
            () =>
            {
                if (closed > 0 && _state.Unsettled.Count == closed)
                    SettleOldest();
                _totals.Check(_state, closed > 0)?.PipeTo(Self);
                if (_settings.Metrics.Start.Folded(_state.LagBehind(_chain.Head.Finalized) == 0))
                    Log.Info("Level with the chain at block {Block}; the start: {Start}", work.Last.Number, _settings.Metrics.Start);
                _settings.Metrics.RangeFolded(work.Last.Number, work.Trades, work.Range.Logs, work.Range.Totals.Count > 0);
                Dispatch();
                Pull();
            }
        );
    }

    /// <summary>One epoch at a time: a lost message must not let a later one be settled first.</summary>
    private void SettleOldest()
    {
        if (_state.Unsettled is [var oldest, ..])
            _consensus.Tell(
                new SettleEpoch(oldest, _state.Schedule!.At(oldest.Closed.Epoch), _state.Known.Of(oldest.Miners), _state.Settled)
            );
    }

    private void OnEpochAcknowledged(EpochAcknowledged acknowledged)
    {
        if (_state.Decide(new CursorCommand.AcknowledgeSettlement(acknowledged.Epoch)) is not [var settled])
            return;
        PersistEvent(
            settled,
            () =>
            {
                Flow(new RangeFlowCommand.AcknowledgeSettlement());
                SettleOldest();
                Pull();
            }
        );
    }

    private void AskBeginnings() =>
        _delivery.AskBeginnings(_stop.Token)?.PipeTo(Self, failure: cause => new ReadingFailed(_reading, cause));

    // ---- what can go wrong ----------------------------------------------------------------------------------------------------------

    private void OnReadingFailed(ReadingFailed failed)
    {
        if (_stop.IsCancellationRequested || (failed.By is not null && failed.By != _reading))
            return;
        if (failed.Cause is NoAnswerYetException)
            _pause.Reset(); // it comes: asked for again soon, however often it has not been there
        else if (failed.Cause is not ChainException)
            Log.Error(failed.Cause, "Reading the chain failed in a way that was not foreseen");
        GiveUp(_faults.Of(failed.Cause));
    }

    /// <summary>Reads no further: for a while, or until the node is started again.</summary>
    private void GiveUp(NodeFault fault)
    {
        if (IsStopped)
            return;
        _reading?.Dispose();
        _reading = null;
        if (fault.Passing)
        {
            var pause = fault.Kind == FaultKind.JournalUnavailable ? JournalPause : _pause.Next();
            if (_fault?.Message != fault.Message)
                Log.Warning("{Reason} Trying again in {Seconds:0} s", fault.Message, pause.TotalSeconds);
            Timers.StartSingleTimer("again", new ReadAgain(), pause);
        }
        else
        {
            Log.Error("{Fault}: {Reason}", fault.Kind, fault.Message);
            _settings.Faults.Raise(fault);
        }

        _fault = fault;
    }

    /// <summary>Nothing more is folded; where logs are missing, it is found out in which blocks.</summary>
    private void Locate(NodeFault fault)
    {
        if (IsStopped || (fault.Gap is { } gap && _delivery.Excuse(_flow, gap, _state.Quarantined)))
            return;
        GiveUp(fault);
        if (fault.Gap is { } missing)
            _totals.LocateAsync(fault.Kind, missing).PipeTo(Self);
    }
}
