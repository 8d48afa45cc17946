using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Audit;

/// <summary>
/// The outbox of an account, folded again. What it decided by what the chain showed is not in it; that each event can follow on those
/// before it is, and that what was signed is what was wanted.
/// </summary>
/// <param name="problem">What is wrong with a signed transaction of an intent; null for nothing.</param>
/// <param name="findings">What is found.</param>
public sealed class OutboxReplay(Func<Attempt, TransactionIntent, string?> problem, AuditFindings findings)
{
    // Ranges of nonces, the last not included, that the outbox has left out: what has used them was sent from elsewhere, or before its
    // journal was restored, and may turn out later to be what an intent wants.
    private readonly List<(ulong From, ulong To)> _leftOut = [];

    /// <summary>What its entries have come to.</summary>
    public OutboxState State { get; private set; } = OutboxState.Initial;

    /// <summary>How many signed transactions there are.</summary>
    public long Signed { get; private set; }

    /// <summary>Begins with a snapshot: its first entries are no longer there.</summary>
    public void Begin(OutboxState snapshot)
    {
        State = snapshot;
        _leftOut.Add((0, snapshot.NextNonce));
    }

    /// <summary>Folds an event.</summary>
    public void Take(JournalRow row, OutboxEvent e)
    {
        var entry = State.Open.Find(open => open.Intent.Id == e.Id);
        if (Obstacle(e, entry) is { } obstacle)
            findings.Report(DifferenceKind.OutboxOutOfOrder, row, $"{e.GetType().Name} of {e.Id}: {obstacle}");
        if (e is OutboxEvent.TransactionSigned(_, var attempt) && entry is not null)
        {
            Signed++;
            if (entry.Attempts.IsEmpty)
                NoteUse(attempt.Nonce);
            if (problem(attempt, entry.Intent) is { } wrong)
                findings.Report(DifferenceKind.TransactionDiffers, row, $"the transaction signed for {e.Id}: {wrong}");
        }

        State = State.Evolve(e);
    }

    private string? Obstacle(OutboxEvent e, OutboxEntry? entry) =>
        (e, entry) switch
        {
            (OutboxEvent.IntentPlanned, not null) => "it was planned before",
            (OutboxEvent.IntentPlanned, null) => State.ProgressOf(e.Id) is null ? null : "it had ended before",
            (_, null) => "nothing of that name is open",
            (OutboxEvent.TransactionSigned(_, var attempt), { Attempts.IsEmpty: true }) => IsUnused(attempt.Nonce)
                ? null
                : $"nonce {attempt.Nonce} was signed with before: the next is {State.NextNonce}",
            (OutboxEvent.TransactionSigned(_, var attempt), _) => attempt.Nonce == entry.Nonce
                ? null
                : $"nonce {attempt.Nonce} is not that of what it replaces, {entry.Nonce}",
            (OutboxEvent.TransactionBroadcast(_, var hash, _), _) => Unknown(entry, hash),
            (OutboxEvent.TransactionMined(_, var receipt), _) => Unknown(entry, receipt.Hash),
            (OutboxEvent.TransactionFinal(_, var receipt), _) => Unknown(entry, receipt.Hash),
            (OutboxEvent.TransactionReorged(_, var hash), _) => entry.Receipt?.Hash == hash ? null : $"{hash} was in no block",
            (OutboxEvent.TransactionDropped(_, var nonce), _) => !entry.Attempts.IsEmpty && entry.Nonce == nonce
                ? null
                : $"nonce {nonce} was not signed with for it",
            (OutboxEvent.IntentFailed, _) => entry.Attempts.IsEmpty ? null : "something was signed for it",
            _ => null,
        };

    private bool IsUnused(ulong nonce) => nonce >= State.NextNonce || _leftOut.Exists(range => range.From <= nonce && nonce < range.To);

    private void NoteUse(ulong nonce)
    {
        if (nonce > State.NextNonce)
            _leftOut.Add((State.NextNonce, nonce));
        if (_leftOut.FindIndex(range => range.From <= nonce && nonce < range.To) is >= 0 and var at)
        {
            var (from, to) = _leftOut[at];
            _leftOut.RemoveAt(at);
            _leftOut.AddRange(
                ((IEnumerable<(ulong From, ulong To)>)[(from, nonce), (nonce + 1, to)]).Where(range => range.From < range.To)
            );
        }
    }

    private static string? Unknown(OutboxEntry entry, Hash256 hash) =>
        entry.Attempts.Exists(attempt => attempt.Hash == hash) ? null : $"{hash} was not signed for it";
}
