using System.Numerics;
using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Hosting;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Transactions;

/// <summary>What the sender of an account is told from outside.</summary>
/// <param name="ChainId">The chain that is signed for.</param>
/// <param name="Key">The account's key.</param>
/// <param name="Fees">What may be paid.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="SeesPending">Whether transactions are simulated on top of those that wait to be mined: who races others sees that they were first.</param>
public sealed record SenderSettings(ulong ChainId, PrivateKey Key, FeePolicy Fees, JournalGuard Journal, bool SeesPending = false);

/// <summary>
/// Brings the intents of one account onto the chain, each once: the signed bytes are in the journal before they are broadcast, and
/// after a crash the same bytes go out again. It works whenever the head moves or something new is wanted.
/// </summary>
public sealed class TransactionSenderActor : JournaledActor, IWithTimers
{
    private const int RepeatAfterBlocks = 2;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly SenderSettings _settings;
    private readonly ChainConnection _chain;
    private readonly AccountChain _account;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, IActorRef> _interested = [];
    private OutboxState _state = OutboxState.Initial;
    private AccountView? _view;
    private bool _working;
    private bool _moved;
    private int _failures;
    private string? _waiting;
    private (Hash256 Hash, ulong Since) _refused;
    private ulong? _accounted;
    private long _foreign;

    /// <summary>The sender of the account of <see cref="SenderSettings.Key"/>.</summary>
    public TransactionSenderActor(SenderSettings settings, ChainConnection chain)
        : base(settings.Journal)
    {
        _settings = settings;
        _chain = chain;
        _account = new AccountChain(chain, settings.Key.Address, settings.SeesPending ? "pending" : "latest", _stop.Token);
        PersistenceId = PersistenceIdOf(settings.Key.Address);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private Address Account => _settings.Key.Address;

    /// <summary>The persistence id of an account's outbox: <c>outbox-{address}</c>.</summary>
    public static string PersistenceIdOf(Address account) => $"outbox-{account}";

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case SubmitIntent submit:
                Submit(submit.Intent);
                return true;
            case HeadMoved:
                WatchHead();
                Look();
                return true;
            case WatchEnded ended:
                // It ends only with this actor.
                if (!_stop.IsCancellationRequested)
                    OnFailed(ended.Cause);
                return true;
            case LookAgain:
                Look();
                return true;
            case Viewed viewed:
                OnViewed(viewed.View);
                return true;
            case Prepared prepared:
                OnPrepared(prepared);
                return true;
            case Answered answered:
                OnAnswered(answered);
                return true;
            case Substitute substitute:
                OnSubstitute(substitute);
                return true;
            case WorkFailed failed:
                OnFailed(failed.Cause);
                return true;
            case GetSenderStatus:
                Sender.Tell(new SenderStatus(Account, [.. _state.Open.Select(entry => entry.Progress)], _state.EndedCount, _waiting, _state.Foreign + _foreign));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is OutboxState state ? state : _state.Evolve(e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        WatchHead();
        Look();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        base.PostStop();
    }

    // ---- the way of an intent -------------------------------------------------------------------------------------------------------

    private void Submit(TransactionIntent intent)
    {
        _interested[intent.Id] = Sender;
        if (_state.ProgressOf(intent.Id) is { } known)
        {
            Sender.Tell(known);
            return;
        }

        PersistEvent(new IntentPlanned(intent), () =>
        {
            Tell(intent.Id);
            Look();
        });
    }

    /// <summary>Asks the chain where the account stands; one look at a time, and one more if something moved meanwhile.</summary>
    private void Look()
    {
        if (_working)
        {
            _moved = true;
            return;
        }

        if (_state.Open.Count == 0)
            return;
        (_working, _moved) = (true, false);
        _account.ViewAsync([.. _state.Open.SelectMany(entry => entry.Attempts).Select(attempt => attempt.Hash)])
            .PipeTo(Self, success: view => new Viewed(view), failure: cause => new WorkFailed(cause));
    }

    private void OnViewed(AccountView view)
    {
        (_view, _failures, _waiting) = (view, 0, null);
        NoteForeign(view);
        var events = _state.Decide(view);
        PersistEach(events, 0, Next);
    }

    private void PersistEach(IReadOnlyList<object> events, int at, Action then)
    {
        if (at == events.Count)
        {
            then();
            return;
        }

        PersistEvent(events[at], () =>
        {
            Report(events[at]);
            PersistEach(events, at + 1, then);
        });
    }

    /// <summary>What is to be done next, by what the last look saw: what is signed in the order of its nonces, then what is new.</summary>
    private void Next()
    {
        var view = _view!;
        var due = _state.Open.Where(entry => IsDue(entry, view)).MinBy(entry => entry.Attempts[0].Nonce);
        if (due is not null && IsStuck(due, view))
            Replace(due, view);
        else if (due is not null)
            Broadcast(due, due.Attempts[^1]);
        else if (_state.Open.Find(entry => entry.State == IntentState.Planned) is { } planned && _state.Open.Count(entry => entry.Attempts.Count > 0) < _settings.Fees.MaxInFlight)
            Prepare(planned.Intent, view);
        else
            Rest();
    }

    /// <summary>It has not been sent, or not been heard of for some blocks.</summary>
    private static bool IsDue(OutboxEntry entry, AccountView view) =>
        entry.State == IntentState.Signed || (entry.State == IntentState.Broadcast && view.Latest >= entry.SentAt + RepeatAfterBlocks);

    /// <summary>Nothing to do until the head moves, or something new is wanted.</summary>
    private void Rest()
    {
        _working = false;
        if (_moved)
            Look();
    }

    /// <summary>It has waited long enough, and nothing of ours is before it.</summary>
    private bool IsStuck(OutboxEntry entry, AccountView view) =>
        entry.State == IntentState.Broadcast && view.Latest >= entry.SentAt + (ulong)_settings.Fees.StuckBlocks && view.NonceLatest == entry.Attempts[0].Nonce;

    private void Prepare(TransactionIntent intent, AccountView view)
    {
        if (intent.Deadline > 0 && view.LatestTime > intent.Deadline)
        {
            Fail(intent.Id, $"its deadline {intent.Deadline} has passed: the chain's time is {view.LatestTime}", expired: true);
            return;
        }

        SimulateAsync().PipeTo(Self, failure: cause => new WorkFailed(cause));

        async Task<Prepared> SimulateAsync()
        {
            var (gas, refused) = await _account.SimulateAsync(intent).ConfigureAwait(false);
            return new Prepared(intent.Id, gas, refused);
        }
    }

    private void OnPrepared(Prepared prepared)
    {
        var intent = _state.Open.First(entry => entry.Intent.Id == prepared.Id).Intent;
        if (prepared.Refused is { } refused)
        {
            if (BroadcastAnswers.Of(refused) == BroadcastAnswer.InsufficientFunds)
                Wait($"{Account} cannot pay for {intent.Id}: {refused.Text}. Send it TAO.");
            else
                Fail(intent.Id, $"the simulation was refused: {refused.Text}{(refused.RevertData is { } data ? $" ({data})" : "")}", refused.RevertData);
            return;
        }

        if (_settings.Fees.First(_view!.BaseFee) is not { } fees)
        {
            Wait($"The base fee of {_view.BaseFee} wei leaves no room under Transactions:MaxFeePerGas = {_settings.Fees.MaxFeePerGas}: {intent.Id} waits.");
            return;
        }

        Sign(intent, _state.NonceAt(_view), fees, WithMargin(prepared.Gas));
    }

    private ulong WithMargin(ulong gas) => gas + gas * (ulong)_settings.Fees.GasMarginPercent / 100;

    private void Replace(OutboxEntry entry, AccountView view)
    {
        var last = entry.Attempts[^1];
        if (_settings.Fees.Replacing(last.MaxFee, last.Priority, view.BaseFee) is { } fees)
        {
            Log.Info("{0} is not mined after {1} blocks: sending it again for up to {2} wei per gas", entry.Intent.Id, view.Latest - entry.SentAt, fees.MaxFee);
            Sign(entry.Intent, last.Nonce, fees, last.GasLimit);
        }
        else
        {
            _waiting = $"{entry.Intent.Id} is not mined, and a higher fee would be above Transactions:MaxFeePerGas = {_settings.Fees.MaxFeePerGas}.";
            Broadcast(entry, last);
        }
    }

    /// <summary>Signs, and sends only what is in the journal.</summary>
    private void Sign(TransactionIntent intent, ulong nonce, (BigInteger MaxFee, BigInteger Priority) fees, ulong gas, bool cancels = false)
    {
        var transaction = new Eip1559Transaction(_settings.ChainId, nonce, fees.Priority, fees.MaxFee, gas, intent.To, (BigInteger)intent.ValueWei, intent.Data);
        var signed = transaction.Sign(_settings.Key);
        var attempt = new Attempt(nonce, signed.Hash, signed.Raw, fees.MaxFee, fees.Priority, gas, cancels);
        PersistEvent(new TransactionSigned(intent.Id, attempt), () =>
        {
            Tell(intent.Id);
            Broadcast(_state.Open.First(entry => entry.Intent.Id == intent.Id), attempt);
        });
    }

    private void Broadcast(OutboxEntry entry, Attempt attempt)
    {
        SendAsync().PipeTo(Self, failure: cause => new WorkFailed(cause));

        async Task<Answered> SendAsync()
        {
            var (answer, text) = await _account.BroadcastAsync(attempt).ConfigureAwait(false);
            return new Answered(entry.Intent.Id, attempt, answer, text);
        }
    }

    private void OnAnswered(Answered answered)
    {
        switch (answered.Answer)
        {
            case BroadcastAnswer.Taken:
                PersistEvent(new TransactionBroadcast(answered.Id, answered.Attempt.Hash, _view!.Latest), () =>
                {
                    Tell(answered.Id);
                    Next();
                });
                break;
            case BroadcastAnswer.Underpriced when _state.Open.Find(entry => entry.Intent.Id == answered.Id) is { } entry && _settings.Fees.Replacing(answered.Attempt.MaxFee, answered.Attempt.Priority, _view!.BaseFee) is not null:
                Replace(entry, _view);
                break;
            case BroadcastAnswer.NonceTooLow:
                // Mined meanwhile, by us or by someone else: the next look at the chain tells.
                Rest();
                break;
            case BroadcastAnswer.Refused when _state.Open.Find(entry => entry.Intent.Id == answered.Id) is { State: IntentState.Signed } entry && RefusedFor(answered.Attempt) >= (ulong)_settings.Fees.StuckBlocks:
                Substitute.FindAsync(_account, entry, answered.Text).PipeTo(Self, failure: cause => new WorkFailed(cause));
                break;
            default:
                WaitForTaker(answered.Id, answered.Text, "It is tried again with the next block.");
                break;
        }
    }

    // ---- what nodes do not take as it is --------------------------------------------------------------------------------------------

    /// <summary>For how many blocks no node has taken these bytes.</summary>
    private ulong RefusedFor(Attempt attempt)
    {
        if (_refused.Hash != attempt.Hash)
            _refused = (attempt.Hash, _view!.Latest);
        return _view!.Latest - _refused.Since;
    }

    private void OnSubstitute(Substitute substitute)
    {
        var entry = substitute.Entry;
        var last = entry.Attempts[^1];
        if (substitute.Problem is { } problem)
            WaitForTaker(entry.Intent.Id, substitute.Refusal, problem);
        else if (_settings.Fees.Replacing(last.MaxFee, last.Priority, _view!.BaseFee) is not { } fees)
            WaitForTaker(entry.Intent.Id, substitute.Refusal, $"What could replace it would pay more than Transactions:MaxFeePerGas = {_settings.Fees.MaxFeePerGas}.");
        else
        {
            Log.Error(
                "{0} has not been taken by the node for {1} blocks: {2}. Its nonce {3} is signed for {4}",
                entry.Intent.Id, _settings.Fees.StuckBlocks, substitute.Refusal, last.Nonce, substitute.Cancels ? "a transaction that does nothing" : "the same with the gas it needs now");
            Sign(substitute.Intent, last.Nonce, fees, WithMargin(substitute.Gas), substitute.Cancels);
        }
    }

    private void WaitForTaker(string id, string refusal, string what) => Wait($"{id} is not taken by the node: {refusal}. {what}");

    // ---- what can go wrong ----------------------------------------------------------------------------------------------------------

    private void OnFailed(Exception cause)
    {
        if (_stop.IsCancellationRequested)
            return;
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_failures++, 6)) / 2));
        if (cause is ChainException)
            Log.Warning("{0} Trying again in {1:0.0} s", cause.Message, pause.TotalSeconds);
        else
            Log.Error(cause, "Sending transactions failed in a way that was not foreseen");
        _waiting = cause.Message;
        (_working, _moved) = (false, false);
        Timers.StartSingleTimer("again", LookAgain.Instance, pause);
    }

    private void Fail(string id, string reason, string? revertData = null, bool expired = false)
    {
        Log.Warning("{0} is given up: {1}", id, reason);
        PersistEvent(new IntentFailed(id, reason, revertData, expired), () =>
        {
            Tell(id);
            Next();
        });
    }

    private void Wait(string what)
    {
        if (_waiting != what)
            Log.Warning(what);
        _waiting = what;
        Rest();
    }

    /// <summary>Another process with this key is dangerous: it may do the same things, and its transactions displace ours.</summary>
    private void NoteForeign(AccountView view)
    {
        // What had been sent before this outbox began is nobody's fault.
        _accounted = Math.Max(_accounted ?? (_state.NextNonce == 0 ? view.NonceLatest : 0), _state.NextNonce);
        if (view.NonceLatest <= _accounted)
            return;
        _foreign += (long)(view.NonceLatest - _accounted.Value);
        _accounted = view.NonceLatest;
        Log.Error("The account {0} has sent {1} transactions that were not sent from here: someone else uses its key. Stop the other process", Account, _foreign);
    }

    private void Report(object e)
    {
        switch (e)
        {
            case TransactionMined mined:
                Tell(mined.Id);
                break;
            case TransactionFinal final:
                Tell(final.Id);
                break;
            case TransactionReorged reorged:
                Log.Warning("The block with {0} ({1}) has been replaced: sending it again", reorged.Id, reorged.Hash);
                Tell(reorged.Id);
                break;
            case TransactionDropped dropped:
                Log.Error("Someone else has used nonce {0} of {1}, which was meant for {2}: it begins anew. Stop the other process with this key", dropped.Nonce, Account, dropped.Id);
                Tell(dropped.Id);
                break;
        }
    }

    private void Tell(string id)
    {
        if (_state.ProgressOf(id) is { } progress && _interested.TryGetValue(id, out var interested))
        {
            interested.Tell(progress);
            if (progress.Ended)
                _interested.Remove(id);
        }
    }

    private void WatchHead() => _chain.Head.MovedAsync(_stop.Token).PipeTo(Self, success: () => HeadMoved.Instance, failure: cause => new WatchEnded(cause));

    private sealed record Viewed(AccountView View);

    private sealed record Prepared(string Id, ulong Gas, RpcErrorException? Refused);

    private sealed record Answered(string Id, Attempt Attempt, BroadcastAnswer Answer, string Text);

    private sealed record WorkFailed(Exception Cause);

    private sealed record WatchEnded(Exception Cause);

    private sealed class HeadMoved
    {
        public static readonly HeadMoved Instance = new();
    }

    private sealed class LookAgain
    {
        public static readonly LookAgain Instance = new();
    }
}
