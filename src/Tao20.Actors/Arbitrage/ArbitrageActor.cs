using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Journal;
using Tao20.Actors.Pricing;
using Tao20.Chain;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Arbitrage;

/// <summary>
/// Trades for one account: at each tick it asks the domain, persists what follows, and hands the transactions of a trade to the sender.
/// A trade is in the journal before any of it is signed, and closed only by what final receipts show; between trades the books are compared
/// with the account's balances at final blocks.
/// </summary>
internal sealed class ArbitrageActor : JournaledActor, IWithTimers
{
    private const ulong CompareEveryBlocks = 20;
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);
    private readonly ArbitrageSettings _settings;
    private readonly TradeExecution _execution;
    private readonly IActorRef _transactions;
    private readonly CancellationTokenSource _stop = new();
    private ArbitrageState _state = ArbitrageState.Initial;
    private Tick? _tick;
    private string? _hold = "no tick yet";
    private ulong? _comparedAt;
    private bool _comparing;
    private TradeUnderWay? _trade;

    /// <summary>The trader of an account.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="execution">How its trades get onto the chain.</param>
    /// <param name="transactions">The sender of the account's transactions.</param>
    public ArbitrageActor(ArbitrageSettings settings, TradeExecution execution, IActorRef transactions)
        : base(settings.Journal)
    {
        (_settings, _execution, _transactions) = (settings, execution, transactions);
        PersistenceId = ArbitrageKey.StreamOf(settings.Account);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool KeepsEvents => true;

    private ulong Now => _tick?.Value.Timestamp ?? _state.NotBefore;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case Tick tick:
                OnTick(tick);
                return true;
            case FeedLost lost:
                (_tick, _hold) = (null, $"{Breaker.FeedStale}: {lost.Reason}");
                Move(ArbitrageDecider.OnFeedLost(_state, lost.Reason, lost.Time), () => { });
                return true;
            case IntentProgress progress:
                OnProgress(progress);
                return true;
            case Compared compared:
                OnCompared(compared);
                return true;
            case Settled settled:
                OnSettled(settled);
                return true;
            case ReadFailed failed:
                OnReadFailed(failed);
                return true;
            case Advanced advanced:
                OnAdvanced(advanced);
                return true;
            case AdvanceAgain:
                Advance();
                return true;
            case Operate operate:
                OnOperate(operate.Operation);
                return true;
            case GetArbitrage:
                Sender.Tell(Status());
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) =>
        _state = e switch
        {
            AccountMoved moved => moved.Events.Aggregate(_state, (state, one) => state.Evolve(one)),
            ArbitrageState state => state,
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of an account.", nameof(e)),
        };

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        _settings.Metrics.Moved([], _state);
        Context.System.EventStream.Subscribe<Tick>(Self);
        Context.System.EventStream.Subscribe<FeedLost>(Self);
        if (_state.Open is { } open && !_settings.DryRun)
            Begin(open);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        base.PostStop();
    }

    // ---- a tick -----------------------------------------------------------------------------------------------------------------------

    private void OnTick(Tick tick)
    {
        _tick = tick;
        if (_comparedAt is null)
            _hold = _state.Open is { Number: var number }
                ? $"trade {number} of an earlier run is on its way{(_settings.DryRun ? "; a dry run does not take it up" : "")}"
                : "the books are being compared with the chain";
        else
            Decide(tick);
        if (_state.Open is null && (_comparedAt is null || tick.Value.Block >= _comparedAt + CompareEveryBlocks))
            Compare();
        Advance();
    }

    private void Decide(Tick tick)
    {
        var began = _settings.Clock.GetTimestamp();
        var (events, hold) = ArbitrageDecider.OnTick(_state, tick.Value, _settings.Rules, _settings.Chain.Closed);
        _settings.Metrics.Decided(_settings.Clock.GetElapsedTime(began));
        _hold = hold;
        if (_settings.DryRun && events.OfType<ArbitrageEvent.TradeOpened>().FirstOrDefault() is { Trade: var would })
        {
            _hold = $"dry run: would {would.Proposal.Summary}";
            Log.Info("Block {Block}: {Reason}", tick.Value.Block, _hold);
            events = [.. events.Where(e => e is not ArbitrageEvent.TradeOpened)];
        }

        var begins = events.OfType<ArbitrageEvent.TradeOpened>().FirstOrDefault()?.Trade;
        if (begins is not null && _execution.First(begins) is { } first)
            events = [.. events, new ArbitrageEvent.StepsPlanned(begins.Number, [.. first], [])];
        Move(
            events,
            () =>
            {
                if (begins is null)
                    NoteHandled();
                else
                    Begin(_state.Open!);
            }
        );
    }

    // ---- a trade ----------------------------------------------------------------------------------------------------------------------

    /// <summary>
    /// Has the transactions of a trade done, or takes up those of one that was begun before a restart: the outbox does each once.
    /// </summary>
    private void Begin(OpenTrade trade)
    {
        Log.Info("Trade {Trade}: {Summary}", trade.Number, trade.Proposal.Summary);
        _trade = new TradeUnderWay(trade.Number, _execution, _transactions, Self, _stop.Token);
        _trade.Submit(trade, trade.Steps);
        Advance();
    }

    private void OnProgress(IntentProgress progress)
    {
        if (
            _state.Open is not { } open
            || _trade is not { } trade
            || open.Steps.Find(step => open.IdOf(step) == progress.Id) is not { } step
        )
            return;
        var hasMoved = trade.Note(step.Name, progress);
        if (_tick is { } tick && tick.Value.Block == open.Block)
        {
            if (progress.State == IntentState.Signed)
                _settings.Metrics.Signed(_settings.Clock.GetElapsedTime(tick.SeenAt));
            if (trade.IsFirstSent(progress))
                _settings.Metrics.Responded(_settings.Clock.GetElapsedTime(tick.SeenAt));
        }

        if (hasMoved && progress.State >= IntentState.Mined)
            Advance();
        NoteHandled();
    }

    private void Advance()
    {
        if (_state.Open is { } open && !_settings.DryRun)
            _trade?.Ask(open);
    }

    private void OnAdvanced(Advanced advanced)
    {
        if (_state.Open is not { } open || _trade is not { } trade || open.Number != advanced.Number)
            return;
        var askAgain = trade.Answered();
        switch (advanced.Next)
        {
            case NextStep.Do(var planned, var alphaBefore):
                var steps = _execution.Encode(open, planned);
                Move([new ArbitrageEvent.StepsPlanned(open.Number, [.. steps], [.. alphaBefore])], () => trade.Submit(open, steps));
                break;
            case NextStep.Over(var decisive) when _tick is { } tick:
                trade.Settle(open, decisive, tick.Value);
                break;
            case NextStep.Wait when askAgain:
                Advance();
                break;
        }

        NoteHandled();
    }

    /// <summary>Notes that nothing more comes of the latest tick: nothing is on its way, or all that is has left.</summary>
    private void NoteHandled()
    {
        if (_tick is { } tick && (_state.Open is not { } open || _trade is not { } trade || trade.HasLeft(open)))
            _settings.Metrics.Handled(tick.Value.Block);
    }

    private void OnSettled(Settled settled)
    {
        if (_state.Open is not { } open || open.Number != settled.Number)
            return;
        Move(
            ArbitrageDecider.OnResult(_state, settled.Result, settled.Balances, _settings.Rules),
            () =>
            {
                (_trade, _comparedAt) = (null, settled.Balances.Block);
                Log.Info(
                    "Trade {Trade}, {Summary}, is {Outcome}: {TaoWei} wei of TAO, {TokenWei} of tokens{Remark}",
                    settled.Number,
                    open.Proposal.Summary,
                    settled.Result.Outcome,
                    settled.Result.Tao,
                    settled.Result.Tokens,
                    settled.Result.Reason is { } reason ? $": {reason}" : ""
                );

                // What a later tick offers is still there: a trade that has just ended must not cost a block. Its own tick is used up.
                if (_tick is { } tick && tick.Value.Block > open.Block)
                    Decide(tick);
                else
                    NoteHandled();
            }
        );
    }

    // ---- the books --------------------------------------------------------------------------------------------------------------------

    private void Compare()
    {
        if (_comparing)
            return;
        _comparing = true;
        var trades = _state.TradesOpened;
        _execution
            .BalancesAsync(0, _stop.Token)
            .PipeTo(Self, success: owned => new Compared(trades, owned), failure: cause => new ReadFailed(cause, null));
    }

    private void OnCompared(Compared compared)
    {
        _comparing = false;
        if (_state.Open is not null || _state.TradesOpened != compared.TradesOpened)
            return;
        var first = _comparedAt is null;
        Move(
            ArbitrageDecider.OnBalances(_state, compared.Balances),
            () =>
            {
                _comparedAt = compared.Balances.Block;
                if (first && _tick is { } tick && _state.Open is null)
                    Decide(tick);
            }
        );
    }

    private void OnReadFailed(ReadFailed failed)
    {
        if (_stop.IsCancellationRequested)
            return;
        if (failed.Cause is ChainException)
            Log.Warning("The account cannot be read: {Reason} It is tried again", failed.Cause.Message);
        else
            Log.Error(failed.Cause, "Reading the account failed in a way that was not foreseen");

        // A comparison is tried again with the next tick.
        _comparing &= failed.Number is not null;
        if (failed.Number is null)
            return;
        _trade?.Answered();
        Timers.StartSingleTimer("advance", new AdvanceAgain(), ReadAgainAfter);
    }

    // ---- operators --------------------------------------------------------------------------------------------------------------------

    private void OnOperate(Operation operation)
    {
        var asking = Sender;
        Move(ArbitrageDecider.OnOperation(_state, operation, Now), () => asking.Tell(Status()));
    }

    private ArbitrageStatus Status() => ArbitrageStatus.Of(_settings, Now, _state, _hold);

    // ---- inside -----------------------------------------------------------------------------------------------------------------------

    /// <summary>Persists what has happened, all or nothing, and then does the rest.</summary>
    private void Move(IReadOnlyList<ArbitrageEvent> events, Action then) =>
        PersistDecided(
            events.Count == 0 ? [] : [new AccountMoved(events)],
            () =>
            {
                foreach (var tripped in events.OfType<ArbitrageEvent.BreakerTripped>())
                    Log.Warning("Trading stops: {Reason}", tripped.Breaker.Reason);
                foreach (var moved in events.OfType<ArbitrageEvent.BalancesMoved>())
                    Log.Info("From outside at {Block}: {TaoWei} wei TAO, {TokenWei} wei tokens", moved.Block, moved.Tao, moved.Tokens);
                if (events.Count > 0)
                    _settings.Metrics.Moved(events, _state);
                then();
            }
        );

    private sealed record Compared(long TradesOpened, AccountBalances Balances);

    private sealed record AdvanceAgain;
}
