using Akka.Event;
using Tao20.Actors.Faults;
using Tao20.Chain;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Transactions;

/// <summary>What the account has sent that the outbox does not know, and what of its own it cannot be sure of.</summary>
public sealed partial class TransactionSenderActor
{
    // Endpoints may only be behind for a moment.
    private const int LooksBeforeGivenUp = 10;
    private ExternalUse _external;
    private UnknownTransactions _unknown = UnknownTransactions.None;
    private int _unreadable;

    /// <summary>What the account has sent that is not in the outbox, as after a restore from a backup.</summary>
    private async Task<Looked> LookAsync(AccountView view)
    {
        try
        {
            return new Looked(view, await _client.SentAsync(_unknown.Accounted(_state), view).ConfigureAwait(false));
        }
        catch (ChainException e) when (e is not EndpointUnreachableException)
        {
            Log.Warning("What {Account} has sent cannot be read: {Reason}", Account, e.Message);
            return new Looked(view, null);
        }
    }

    private void OnLooked(Looked looked)
    {
        var (view, sent) = (looked.View, looked.Sent);
        var from = _unknown.Accounted(_state);
        _unreadable = sent is null ? _unreadable + 1 : 0;
        if (sent is null && _unreadable < LooksBeforeGivenUp)
        {
            NoteWait(new OutboxWait.Unknown(Account, from, view.NonceLatest));
            BecomeIdle();
            return;
        }

        _unreadable = 0;
        _unknown = _unknown.With(view.NonceLatest, sent ?? []);
        PersistEach([.. _state.Decide(view), .. sent is null ? _decider.OnUnreadable(_state, from, view.NonceLatest) : []], 0);
    }

    /// <summary>In doubt nothing is sent anew, and an operator is told.</summary>
    private void NoteUnexplained(OutboxEntry? entry)
    {
        _waiting = entry is null ? null : new OutboxWait.Unexplained(entry.Intent.Id, entry.Nonce).Reason;
        if (_waiting == _fault?.Message)
            return;
        _fault = _waiting is { } reason ? new NodeFault(FaultKind.TransactionUnexplained, reason, TimeProvider.System.GetUtcNow()) : null;
        if (_fault is not null)
            Log.Error("{Reason}", _fault.Message);
    }

    /// <summary>Another process with this key is dangerous: it may do the same things, and its transactions displace ours.</summary>
    private void DetectExternalUse(AccountView view)
    {
        var before = _external.Count;
        _external = _external.After(_state, view);
        if (_external.Count > before)
            Log.Error(
                "The account {Account} has sent {Transactions} transactions that are not in this journal: someone else uses its key, or "
                    + "the journal comes from a backup. Stop any other process with the key",
                Account,
                _external.Count
            );
    }

    /// <param name="View">The chain.</param>
    /// <param name="Sent">What was sent; null where no endpoint shows it.</param>
    private sealed record Looked(AccountView View, IReadOnlyList<SentTransaction>? Sent);
}
