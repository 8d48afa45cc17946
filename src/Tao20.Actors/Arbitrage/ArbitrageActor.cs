using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Journal;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

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
    private readonly ChainHead _head;
    private readonly MarketReader _reader;
    private readonly ITradeExecution _execution;
    private readonly IActorRef _transactions;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, IntentProgress> _progress = [];
    private ArbitrageState _state = ArbitrageState.Initial;
    private Tick? _tick;
    private string? _hold = "no tick yet";
    private ulong? _comparedAt;
    private bool _comparing;
    private bool _advancing;
    private bool _moved;
    private bool _responded;

    /// <summary>The trader of an account.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="head">How far the chain is.</param>
    /// <param name="reader">Reads its balances and receipts.</param>
    /// <param name="execution">How its trades get onto the chain.</param>
    /// <param name="transactions">The sender of the account's transactions.</param>
    public ArbitrageActor(
        ArbitrageSettings settings,
        ChainHead head,
        MarketReader reader,
        ITradeExecution execution,
        IActorRef transactions
    )
        : base(settings.Journal)
    {
        (_settings, _head, _reader, _execution, _transactions) = (settings, head, reader, execution, transactions);
        PersistenceId = PersistenceIdOf(settings.Account);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool KeepsEvents => true;

    private ulong Now => _tick?.Value.Timestamp ?? _state.NotBefore;

    /// <summary>The persistence id of an account's books: <c>arbitrage-{address}</c>.</summary>
    public static string PersistenceIdOf(Address account) => $"arbitrage-{account}";

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
            case ReceiptsRead read:
                OnReceipts(read);
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
            _hold = _state.Open is null
                ? "the books are being compared with the chain"
                : $"trade {_state.Open.Number}, begun in an earlier run, is on its "
                    + $"way{(_settings.DryRun ? "; a dry run does not take it up" : "")}";
        else
            Decide(tick);
        if (_state.Open is null && (_comparedAt is null || tick.Value.Block >= _comparedAt + CompareEveryBlocks))
            Compare();
        Advance();
    }

    private void Decide(Tick tick)
    {
        var began = _settings.Clock.GetTimestamp();
        var (events, hold) = ArbitrageDecider.OnTick(_state, tick.Value, _settings.Rules);
        _settings.Metrics.Decided(_settings.Clock.GetElapsedTime(began));
        _hold = hold;
        if (_settings.DryRun && events.OfType<ArbitrageEvent.TradeOpened>().FirstOrDefault() is { Trade: var would })
        {
            _hold = $"dry run: would {Describe(would.Proposal)}";
            Log.Info("Block {0}: {1}", tick.Value.Block, _hold);
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
                {
                    NoteHandled();
                    return;
                }

                Log.Info("Trade {0}: {1}", begins.Number, Describe(begins.Proposal));
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
        _progress.Clear();
        _responded = false;
        Submit(trade, trade.Steps);
        Advance();
    }

    private void Submit(OpenTrade trade, IEnumerable<TradeStep> steps)
    {
        foreach (var step in steps)
            _transactions.Tell(new SubmitIntent(trade.IntentOf(step)));
    }

    private void OnProgress(IntentProgress progress)
    {
        if (_state.Open is not { } open || open.Steps.Find(step => open.IdOf(step.Name) == progress.Id) is not { } moved)
            return;
        var before = _progress.GetValueOrDefault(moved.Name);
        _progress[moved.Name] = progress;
        if (progress.State == IntentState.Signed && _tick is { } signedFor && signedFor.Value.Block == open.Block)
            _settings.Metrics.Signed(_settings.Clock.GetElapsedTime(signedFor.SeenAt));
        if (progress.State >= IntentState.Broadcast && !_responded)
            Respond(open, sent: progress.State is IntentState.Broadcast or IntentState.Mined or IntentState.Final);
        if (progress.State >= IntentState.Mined && before?.State != progress.State)
            Advance();
        NoteHandled();
    }

    private void Respond(OpenTrade open, bool sent)
    {
        _responded = true;
        if (sent && _tick is { } tick && tick.Value.Block == open.Block)
            _settings.Metrics.Responded(_settings.Clock.GetElapsedTime(tick.SeenAt));
    }

    /// <summary>
    /// Asks what comes next in the trade on its way; one question at a time, and once more if something has moved meanwhile.
    /// </summary>
    private void Advance()
    {
        if (_state.Open is not { } open || _settings.DryRun)
            return;
        if (_advancing)
        {
            _moved = true;
            return;
        }

        (_advancing, _moved) = (true, false);
        _execution
            .NextAsync(open, new Dictionary<string, IntentProgress>(_progress), _stop.Token)
            .PipeTo(Self, success: next => new Advanced(open.Number, next), failure: cause => new ReadFailed(cause, OfTrade: true));
    }

    private void OnAdvanced(Advanced advanced)
    {
        _advancing = false;
        if (_state.Open is not { } open || open.Number != advanced.Number)
            return;
        switch (advanced.Next)
        {
            case NextStep.Do(var steps, var alphaBefore):
                Move([new ArbitrageEvent.StepsPlanned(open.Number, [.. steps], [.. alphaBefore])], () => Submit(open, steps));
                break;
            case NextStep.Over(var decisive) when _tick is not null:
                Settle(open, decisive, _tick.Value);
                break;
            case NextStep.Wait when _moved:
                Advance();
                break;
        }

        NoteHandled();
    }

    /// <summary>Notes that nothing more comes of the latest tick: nothing is on its way, or all that is has left.</summary>
    private void NoteHandled()
    {
        var busy =
            _state.Open is { } open
            && (
                _advancing
                || open.Steps.IsEmpty
                || open.Steps.Any(step => !_progress.TryGetValue(step.Name, out var progress) || progress.State < IntentState.Broadcast)
            );
        if (!busy && _tick is { } tick)
            _settings.Metrics.Handled(tick.Value.Block);
    }

    /// <summary>
    /// All transactions of a trade are final: reads what they came to, and what the account owns at a final block after them.
    /// </summary>
    private void Settle(OpenTrade open, IntentProgress decisive, NavTick tick)
    {
        _advancing = true;
        var mined = open.Steps.Select(step => _progress[step.Name].Receipt).OfType<Receipt>().ToList();
        ReadAsync().PipeTo(Self, failure: cause => new ReadFailed(cause, OfTrade: true));

        async Task<ReceiptsRead> ReadAsync()
        {
            var receipts = new List<TradeReceipt>();
            foreach (var receipt in mined)
                receipts.Add(await _reader.ReceiptAsync(receipt, _stop.Token).ConfigureAwait(false));
            var moved = await _execution.MovedAsync(receipts, _stop.Token).ConfigureAwait(false);
            var finalized = await FinalAsync(mined.Count == 0 ? 0 : mined.Max(receipt => receipt.Block)).ConfigureAwait(false);
            var balances = await _reader.BalancesAsync(finalized, _stop.Token).ConfigureAwait(false);
            return new ReceiptsRead(open.Number, TradeOutcomes.Of(open, decisive, receipts, moved, tick), balances);
        }
    }

    private void OnReceipts(ReceiptsRead read)
    {
        _advancing = false;
        if (_state.Open?.Number != read.Number)
            return;
        var open = _state.Open;
        Move(
            ArbitrageDecider.OnResult(_state, read.Result, read.Balances, _settings.Rules),
            () =>
            {
                _comparedAt = read.Balances.Block;
                Log.Info(
                    "Trade {0}, {1}, is {2}: {3} wei of TAO, {4} of tokens{5}",
                    read.Number,
                    Describe(open.Proposal),
                    read.Result.Outcome,
                    read.Result.Tao,
                    read.Result.Tokens,
                    read.Result.Reason is { } reason ? $": {reason}" : ""
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
        var numbers = _state.TradesOpened;
        ReadAsync().PipeTo(Self, failure: cause => new ReadFailed(cause, OfTrade: false));

        async Task<Compared> ReadAsync() =>
            new(numbers, await _reader.BalancesAsync(await FinalAsync(0).ConfigureAwait(false), _stop.Token).ConfigureAwait(false));
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
            Log.Warning("The account cannot be read: {0} It is tried again", failed.Cause.Message);
        else
            Log.Error(failed.Cause, "Reading the account failed in a way that was not foreseen");
        if (failed.OfTrade)
        {
            _advancing = false;
            Timers.StartSingleTimer("advance", AdvanceAgain.Instance, ReadAgainAfter);
        }
        else
        {
            // With the next tick.
            _comparing = false;
        }
    }

    /// <summary>The last final block, which is not before <paramref name="block"/>.</summary>
    private async Task<BlockHeader> FinalAsync(ulong block)
    {
        await _head.PassedAsync(block, _stop.Token).ConfigureAwait(false);
        return _head.Finalized!;
    }

    // ---- operators --------------------------------------------------------------------------------------------------------------------

    private void OnOperate(Operation operation)
    {
        var asking = Sender;
        Move(
            operation switch
            {
                Operation.Pause => ArbitrageDecider.Pause(_state, Now),
                Operation.Resume => ArbitrageDecider.Resume(_state, Now),
                Operation.Unwind => ArbitrageDecider.Unwind(_state, Now),
                var unknown => throw new ArgumentOutOfRangeException(nameof(operation), unknown, "no operation"),
            },
            () => asking.Tell(Status())
        );
    }

    private ArbitrageStatus Status()
    {
        var doing =
            _state.Open is not null ? TraderState.Submitted
            : _state.Breakers.Count > 0 ? TraderState.Stopped
            : _state.Unwinding ? TraderState.Unwinding
            : Now < _state.NotBefore ? TraderState.Cooldown
            : TraderState.Idle;
        var why = doing == TraderState.Stopped ? $"{_state.Breakers[0].Breaker}: {_state.Breakers[0].Reason}" : _hold;
        return new ArbitrageStatus(_settings.Account, doing, _state.Open is null ? why : null, _settings.DryRun, Now, _state);
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------------

    /// <summary>Persists what has happened, all or nothing, and then does the rest.</summary>
    private void Move(IReadOnlyList<ArbitrageEvent> events, Action then)
    {
        if (events.Count == 0)
        {
            then();
            return;
        }

        PersistEvent(
            new AccountMoved(events),
            () =>
            {
                foreach (var tripped in events.OfType<ArbitrageEvent.BreakerTripped>())
                    Log.Warning("Trading stops: {0}", tripped.Breaker.Reason);
                foreach (var moved in events.OfType<ArbitrageEvent.BalancesMoved>())
                    Log.Info("From outside came {0} wei of TAO and {1} of tokens, up to block {2}", moved.Tao, moved.Tokens, moved.Block);
                _settings.Metrics.Moved(events, _state);
                then();
            }
        );
    }

    private static string Describe(TradeProposal proposal) =>
        $"{proposal.Kind} ({proposal.Purpose}) of {proposal.Size} wei for at least {proposal.MinProceeds}";

    private sealed record Compared(long TradesOpened, AccountBalances Balances);

    private sealed record ReceiptsRead(long Number, TradeResult Result, AccountBalances Balances);

    private sealed record ReadFailed(Exception Cause, bool OfTrade);

    private sealed record Advanced(long Number, NextStep Next);

    private sealed class AdvanceAgain
    {
        public static readonly AdvanceAgain Instance = new();
    }
}
