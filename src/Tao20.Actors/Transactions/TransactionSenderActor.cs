using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Remoting;
using Tao20.Chain.Accounts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Transactions;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Transactions;

/// <summary>
/// Brings the intents of one account onto the chain, each once: the signed bytes are in the journal before they are broadcast, and
/// after a crash the same bytes go out again. What comes next is decided by <see cref="OutboxDecider"/>; this actor asks the chain, signs,
/// persists and reports.
/// </summary>
public sealed partial class TransactionSenderActor : HeadDrivenActor
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly SenderSettings _settings;
    private readonly OutboxDecider _decider;
    private readonly AccountRpcClient _client;
    private readonly Dictionary<string, IActorRef> _interested = [];
    private OutboxState _state = OutboxState.Initial;
    private AccountView? _view;
    private string? _waiting;
    private (string? What, ulong Since, ulong Times) _refused;
    private NodeFault? _fault;
    private bool _warnedOfCap;

    /// <summary>The sender of the account of <see cref="SenderSettings.Key"/>.</summary>
    public TransactionSenderActor(SenderSettings settings, ChainConnection chain)
        : base(settings.Journal, chain.Head, "Sending transactions", FirstPause, LongestPause)
    {
        _settings = settings;
        _decider = new OutboxDecider(settings.Key.Address, settings.Fees, settings.Rules);
        _client = new AccountRpcClient(chain, settings.Key.Address, settings.SeesPending, Stopping);
        PersistenceId = PersistenceIdOf(settings.Key.Address);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    private Address Account => _settings.Key.Address;

    /// <summary>The persistence id of an account's outbox: <c>outbox-{address}</c>.</summary>
    public static string PersistenceIdOf(Address account) => $"outbox-{account}";

    /// <inheritdoc/>
    protected override bool HandleWork(object message)
    {
        switch (message)
        {
            case SubmitIntent submit when !ClusterMembers.Refuse(Context.System, Sender, Log):
                Submit(submit.Intent);
                return true;
            case AccountView view:
                OnViewed(view);
                return true;
            case Simulated(var intent, var result):
                var doubted = RefusedForBlocks(intent.Id, result is { Refusal: not null, Reverts: false });
                Do(_decider.OnSimulated(_state, _view!, intent, result, doubted));
                return true;
            case Answered answered:
                Do(
                    _decider.OnAnswered(
                        _state,
                        _view!,
                        answered.Id,
                        answered.Attempt,
                        answered.Answer,
                        answered.Text,
                        RefusedForBlocks(answered.Attempt.Hash.ToString(), answered.Answer == BroadcastAnswer.Refused)
                    )
                );
                return true;
            case ReplacementTransaction replacement:
                OnReplacementFound(replacement);
                return true;
            case Looked looked:
                OnLooked(looked);
                return true;
            case GetSenderStatus:
                Sender.Tell(
                    new SenderStatus(
                        Account,
                        [.. _state.Open.Select(entry => entry.Progress)],
                        _state.EndedCount,
                        _waiting,
                        _state.Foreign + _external.Count,
                        _fault
                    )
                );
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is OutboxState state ? state : _state.Evolve((OutboxEvent)e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void OnWorkFailed(Exception cause)
    {
        _waiting = cause.Message;
        base.OnWorkFailed(cause);
    }

    /// <summary>Asks the chain where the account stands.</summary>
    protected override void Poll()
    {
        if (_state.Open.Count > 0 && TryBeginWork())
            Run(_client.ViewAsync([.. _state.Open.SelectMany(entry => entry.Attempts).Select(attempt => attempt.Hash)]));
    }

    private void Submit(TransactionIntent intent)
    {
        _interested[intent.Id] = Sender;
        if (_state.ProgressOf(intent.Id) is { } known)
        {
            Sender.Tell(known);
            return;
        }

        PersistEvent(
            new OutboxEvent.IntentPlanned(intent),
            () =>
            {
                ReportProgress(intent.Id);
                Poll();
            }
        );
    }

    private void OnViewed(AccountView view)
    {
        (_view, _waiting) = (view, null);
        ResetBackoff();
        var unexplained = _state.Unexplained(view);
        if (unexplained.Count > 0 && view.Used is null)
        {
            Run(_client.ExplainAsync(view, unexplained));
            return;
        }

        WarnOfCap(view);
        DetectExternalUse(view);
        NoteUnexplained(unexplained.FirstOrDefault(entry => !view.Used!.ContainsKey(entry.Nonce)));
        _unknown = _unknown.Seen(_state, view);
        if (_unknown.CanBeLookedUp(view))
            Run(LookAsync(view));
        else
            PersistEach(_state.Decide(view), 0);
    }

    private void PersistEach(IReadOnlyList<OutboxEvent> events, int at)
    {
        if (at == events.Count)
        {
            Do(_decider.Next(_state, _view!, _unknown));
            return;
        }

        PersistEvent(
            events[at],
            () =>
            {
                LogEvent(events[at]);
                ReportProgress(events[at].Id);
                PersistEach(events, at + 1);
            }
        );
    }

    /// <summary>Does what was decided; what comes of it is a message, or the next decision.</summary>
    private void Do(OutboxStep step)
    {
        switch (step)
        {
            case OutboxStep.Idle idle:
                NoteWait(idle.Wait);
                BecomeIdle();
                break;
            case OutboxStep.Simulate(var intent):
                Run(SimulateAsync(intent));
                break;
            case OutboxStep.Sign sign:
                SignAndBroadcast(sign);
                break;
            case OutboxStep.Broadcast broadcast:
                NoteWait(broadcast.Wait);
                Run(BroadcastAsync(broadcast.Id, broadcast.Attempt));
                break;
            case OutboxStep.Record(var recorded):
                PersistEach([recorded], 0);
                break;
            case OutboxStep.FindReplacement(var entry, var refusal):
                Run(_client.FindReplacementAsync(entry, refusal, _settings.Rules));
                break;
            default:
                throw new InvalidOperationException($"A {step.GetType().Name} is no step.");
        }
    }

    /// <summary>Signs, and broadcasts only what is in the journal.</summary>
    private void SignAndBroadcast(OutboxStep.Sign sign)
    {
        var intent = sign.Intent;
        var attempt = Eip1559Transaction.Sign(sign, _settings.ChainId, _settings.Key);
        if (_state.Open.Find(entry => entry.Intent.Id == intent.Id) is { Attempts.Count: > 0, State: IntentState.Broadcast } stuck)
            Log.Info(
                "{Intent} is not mined after {Blocks} blocks: sending it again for up to {MaxFeeWei} wei per gas",
                intent.Id,
                _view!.Latest - stuck.SentAt,
                sign.Fees.MaxFee
            );
        PersistEvent(
            new OutboxEvent.TransactionSigned(intent.Id, attempt),
            () =>
            {
                ReportProgress(intent.Id);
                Run(BroadcastAsync(intent.Id, attempt));
            }
        );
    }

    private async Task<Simulated> SimulateAsync(TransactionIntent intent) =>
        new(intent, await _client.SimulateAsync(intent, _settings.Rules).ConfigureAwait(false));

    private async Task<Answered> BroadcastAsync(string id, Attempt attempt)
    {
        var (answer, text) = await _client.BroadcastAsync(attempt).ConfigureAwait(false);
        return new Answered(id, attempt, answer, text);
    }

    /// <summary>
    /// For how many blocks no node has accepted these bytes, or would simulate this intent; no more than it was asked, since what waits
    /// for others may have been asked only at the two moments when a node was in the middle of a reorg.
    /// </summary>
    private ulong RefusedForBlocks(string what, bool refused)
    {
        if (!refused)
            return 0;
        _refused = _refused.What == what ? _refused with { Times = _refused.Times + 1 } : (what, _view!.Latest, 1);
        return Math.Min(_refused.Times, _view!.Latest - Math.Min(_view.Latest, _refused.Since));
    }

    private void OnReplacementFound(ReplacementTransaction replacement)
    {
        var step = _decider.OnReplacementFound(_view!, replacement);
        if (step is OutboxStep.Sign sign)
        {
            Log.Error(
                "{Intent} has not been accepted by the node for {Blocks} blocks: {Reason}. Its nonce {Nonce} is signed for {Replacement}",
                replacement.Entry.Intent.Id,
                _settings.Fees.StuckBlocks,
                replacement.Refusal,
                sign.Nonce,
                sign.Cancels ? "a transaction that does nothing" : "the same with the gas it needs now"
            );
        }

        Do(step);
    }

    private void NoteWait(OutboxWait? wait)
    {
        if (wait?.Reason is { } reason && reason != _waiting)
            Log.Warning("{Reason}", reason);
        _waiting = wait?.Reason ?? _waiting;
    }

    /// <summary>Who bids up every block for as long as a window lasts keeps out what may not offer as much.</summary>
    private void WarnOfCap(AccountView view)
    {
        if (_warnedOfCap || !_settings.Fees.FallsShort(view.BaseFee) || !_state.Open.Exists(entry => entry.Intent.OutlastsFullBlocks))
            return;
        _warnedOfCap = true;
        Log.Warning(
            "Transactions:MaxFeePerGas is {Limit} wei, less than {Factor} times the base fee of {BaseFee}: full blocks could keep a "
                + "statement out of its window",
            _settings.Fees.MaxFeePerGas,
            FeePolicy.WindowFactor,
            view.BaseFee
        );
    }

    private void LogEvent(OutboxEvent e)
    {
        switch (e)
        {
            case OutboxEvent.TransactionSigned found:
                _unknown = _unknown.Without(found.Attempt.Hash);
                Log.Warning("{Intent} had been sent before, as {Hash}: it is not sent again", found.Id, found.Attempt.Hash);
                break;
            case OutboxEvent.IntentFailed failed:
                Log.Warning("{Intent} is given up: {Reason}", failed.Id, failed.Failure.Reason);
                break;
            case OutboxEvent.TransactionReorged reorged:
                Log.Warning("The block with {Intent} ({Hash}) has been replaced: sending it again", reorged.Id, reorged.Hash);
                break;
            case OutboxEvent.TransactionDropped dropped:
                Log.Error(
                    "Someone else has used nonce {Nonce} of {Account}, which was meant for {Intent}: it begins anew. "
                        + "Stop the other process with this key",
                    dropped.Nonce,
                    Account,
                    dropped.Id
                );
                break;
        }
    }

    private void ReportProgress(string id)
    {
        if (_state.ProgressOf(id) is { } progress && _interested.TryGetValue(id, out var interested))
        {
            interested.Tell(progress);
            if (progress.Ended)
                _interested.Remove(id);
        }
    }

    private sealed record Simulated(TransactionIntent Intent, Simulation Result);

    private sealed record Answered(string Id, Attempt Attempt, BroadcastAnswer Answer, string Text);
}
