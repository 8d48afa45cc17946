using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;
using static Tao20.Domain.Transactions.OutboxEvent;

namespace Tao20.Domain.Transactions;

/// <summary>One signed transaction.</summary>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Raw">Its bytes.</param>
/// <param name="MaxFee">What it pays at most, in wei per gas.</param>
/// <param name="Priority">What of this the block's author gets at most.</param>
/// <param name="GasLimit">How much gas it may use.</param>
/// <param name="Cancels">Whether it does nothing but use up the nonce, because nodes refuse what was wanted.</param>
public sealed record Attempt(
    ulong Nonce,
    Hash256 Hash,
    ReadOnlyMemory<byte> Raw,
    BigInteger MaxFee,
    BigInteger Priority,
    ulong GasLimit,
    bool Cancels = false
)
{
    /// <summary>What it pays for a unit of gas.</summary>
    public GasFees Fees => new(MaxFee, Priority);
}

/// <summary>An intent that has not ended.</summary>
/// <param name="Intent">What is wanted.</param>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">What was signed for it, all with one nonce, oldest first.</param>
/// <param name="SentAt">The block at which the latest was taken by a node.</param>
/// <param name="Receipt">Where it was mined.</param>
public sealed record OutboxEntry(
    TransactionIntent Intent,
    IntentState State,
    ImmutableList<Attempt> Attempts,
    ulong SentAt,
    Receipt? Receipt
)
{
    /// <summary>The nonce of all that was signed for it; 0 before anything was.</summary>
    public ulong Nonce => Attempts.Count > 0 ? Attempts[0].Nonce : 0;

    /// <summary>Whether something is signed for it that is in no block.</summary>
    public bool InFlight => Attempts.Count > 0 && Receipt is null;

    /// <summary>How far it is, for who wants to know.</summary>
    public IntentProgress Progress => new(Intent.Id, State, Receipt, null);
}

/// <summary>What the chain says about the account and its transactions, read from one node at one moment.</summary>
/// <param name="Receipts">By transaction; only those that are mined.</param>
/// <param name="NonceLatest">The account's next nonce at the latest block.</param>
/// <param name="NonceFinal">And at the last final one.</param>
/// <param name="Latest">The latest block.</param>
/// <param name="LatestTime">Its time, in Unix seconds.</param>
/// <param name="Finalized">The last final block.</param>
/// <param name="BaseFee">What a unit of gas costs at least, in wei.</param>
public sealed record AccountView(
    IReadOnlyDictionary<Hash256, Receipt> Receipts,
    ulong NonceLatest,
    ulong NonceFinal,
    ulong Latest,
    ulong LatestTime,
    ulong Finalized,
    BigInteger BaseFee
)
{
    /// <summary>
    /// By nonce, the transaction that has used it in a final block, where that was looked up and found. Null before it was looked up.
    /// </summary>
    public IReadOnlyDictionary<ulong, UsedNonce>? Used { get; init; }
}

/// <summary>All intents of one account, and what was signed for them.</summary>
/// <param name="Open">Intents that have not ended, oldest first.</param>
/// <param name="Recent">The latest that have, oldest first.</param>
/// <param name="EndedCount">How many ever have.</param>
/// <param name="NextNonce">One above the highest nonce ever signed with; 0 before the first.</param>
/// <param name="Foreign">How often a transaction from elsewhere has used a nonce that was meant here.</param>
public sealed record OutboxState(
    ImmutableList<OutboxEntry> Open,
    ImmutableList<IntentProgress> Recent,
    long EndedCount,
    ulong NextNonce,
    long Foreign
)
{
    /// <summary>How many ended intents are remembered: within these, an id that comes again is not done again.</summary>
    public const int RecentKept = 1_000;

    /// <summary>Nothing wanted yet.</summary>
    public static readonly OutboxState Initial = new([], [], 0, 0, 0);

    /// <summary>How far an intent is; null when it is not known.</summary>
    public IntentProgress? ProgressOf(string id) =>
        Open.Find(entry => entry.Intent.Id == id)?.Progress ?? Recent.FindLast(ended => ended.Id == id);

    /// <summary>What follows from what the chain says, in order.</summary>
    public IReadOnlyList<OutboxEvent> Decide(AccountView view)
    {
        var events = new List<OutboxEvent>();
        foreach (var entry in Open.Where(entry => entry.Attempts.Count > 0))
        {
            var receipt = entry.Attempts.Select(attempt => ReceiptOf(attempt, view)).FirstOrDefault(found => found is not null);
            if (receipt is null)
            {
                // A receipt may only be late: it is gone when a node that is as far says that the nonce is free again.
                if (entry.Receipt is { } gone && view.Latest >= gone.Block && view.NonceLatest <= entry.Nonce)
                    events.Add(new TransactionReorged(entry.Intent.Id, gone.Hash));
                if (IsDisplaced(entry, view))
                    events.Add(
                        view.Used![entry.Nonce].Transaction is { } sent && sent.Does(entry.Intent)
                            ? new TransactionSigned(entry.Intent.Id, sent.Attempt)
                            : new TransactionDropped(entry.Intent.Id, entry.Nonce)
                    );
                continue;
            }

            if (entry.Receipt != receipt)
                events.Add(new TransactionMined(entry.Intent.Id, receipt));
            if (receipt.Block <= view.Finalized)
                events.Add(new TransactionFinal(entry.Intent.Id, receipt));
        }

        return events;
    }

    /// <summary>
    /// What has a nonce that is used up for good, while no node shows a receipt: mined, and the receipt is late, or displaced. It is
    /// looked up which; until then nothing is signed for it, or money would be sent twice.
    /// </summary>
    public IReadOnlyList<OutboxEntry> Unexplained(AccountView view) =>
        [
            .. Open.Where(entry =>
                entry.Attempts.Count > 0
                && view.NonceFinal > entry.Nonce
                && entry.Attempts.TrueForAll(attempt => !view.Receipts.ContainsKey(attempt.Hash))
                && !IsDisplaced(entry, view)
            ),
        ];

    /// <summary>The nonce of the next transaction: never one that was signed with before, never one that is used up.</summary>
    public ulong NonceAt(AccountView view) => Math.Max(view.NonceLatest, NextNonce);

    /// <summary>The state after an event.</summary>
    public OutboxState Evolve(OutboxEvent e) =>
        e switch
        {
            IntentPlanned planned => this with { Open = Open.Add(new OutboxEntry(planned.Intent, IntentState.Planned, [], 0, null)) },
            TransactionSigned signed => With(
                signed.Id,
                entry =>
                    entry with
                    {
                        State = entry.Attempts.Count == 0 ? IntentState.Signed : entry.State,
                        Attempts = entry.Attempts.Add(signed.Attempt),
                    }
            ) with
            {
                NextNonce = Math.Max(NextNonce, signed.Attempt.Nonce + 1),
            },
            TransactionBroadcast sent => With(
                sent.Id,
                entry =>
                    entry with
                    {
                        State = entry.State == IntentState.Mined ? entry.State : IntentState.Broadcast,
                        SentAt = sent.AtBlock,
                    }
            ),
            TransactionMined mined => With(mined.Id, entry => entry with { State = IntentState.Mined, Receipt = mined.Receipt }),
            TransactionReorged reorged => With(reorged.Id, entry => entry with { State = IntentState.Signed, Receipt = null }),
            TransactionDropped dropped => With(
                dropped.Id,
                entry => entry with { State = IntentState.Planned, Attempts = [], Receipt = null }
            ) with
            {
                Foreign = Foreign + 1,
            },
            TransactionFinal final => Ended(
                new IntentProgress(final.Id, final.Receipt.Success ? IntentState.Final : IntentState.Reverted, final.Receipt, null)
            ),
            IntentFailed failed => Ended(
                new IntentProgress(failed.Id, failed.Failure.IsExpiry ? IntentState.Expired : IntentState.Failed, null, failed.Failure)
            ),
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of the outbox.", nameof(e)),
        };

    /// <summary>What became of a transaction. One that only used up the nonce has not done what was wanted, however well it went.</summary>
    private static Receipt? ReceiptOf(Attempt attempt, AccountView view) =>
        view.Receipts.GetValueOrDefault(attempt.Hash) is { } receipt
            ? receipt with
            {
                Success = receipt.Success && !attempt.Cancels,
            }
            : null;

    /// <summary>Someone else's transaction has used the nonce in a final block: none of ours can be mined any more.</summary>
    private static bool IsDisplaced(OutboxEntry entry, AccountView view) =>
        view.NonceFinal > entry.Nonce
        && view.Used is { } used
        && used.TryGetValue(entry.Nonce, out var by)
        && !entry.Attempts.Exists(attempt => attempt.Hash == by.Hash);

    private OutboxState With(string id, Func<OutboxEntry, OutboxEntry> change) =>
        Open.Find(entry => entry.Intent.Id == id) is { } entry ? this with { Open = Open.Replace(entry, change(entry)) } : this;

    private OutboxState Ended(IntentProgress progress)
    {
        var recent = Recent.Add(progress);
        return this with
        {
            Open = Open.RemoveAll(entry => entry.Intent.Id == progress.Id),
            Recent = recent.Count > RecentKept ? recent.RemoveAt(0) : recent,
            EndedCount = EndedCount + 1,
        };
    }
}
