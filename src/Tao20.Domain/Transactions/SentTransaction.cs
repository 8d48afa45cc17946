using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>
/// A transaction of an account that is in a final block, as the chain has it. One that is not in the outbox was sent by another process
/// with the key, or by this one before its journal was restored from a backup.
/// </summary>
/// <param name="Attempt">The transaction.</param>
/// <param name="To">The contract or account; zero where it made a contract.</param>
/// <param name="ValueWei">TAO sent along.</param>
/// <param name="Data">Call data, or code.</param>
/// <param name="Block">The block that it is in.</param>
public sealed record SentTransaction(Attempt Attempt, Address To, UInt128 ValueWei, ReadOnlyMemory<byte> Data, ulong Block)
{
    /// <summary>Only transactions of so many blocks are looked at: nothing that waits that long is still wanted.</summary>
    public const ulong RecentBlocks = 100;

    /// <summary>Whether it is what an intent wants: then it is done, and is not sent again.</summary>
    public bool Does(TransactionIntent intent) =>
        Block > intent.NotDoneAt && To == intent.To && ValueWei == intent.ValueWei && Data.Span.SequenceEqual(intent.Data.Span);
}

/// <summary>What has used a nonce in a final block.</summary>
/// <param name="Hash">Its hash; zero where it is certain only that it is none of what was signed here.</param>
/// <param name="Transaction">The transaction; null where it cannot be read.</param>
public readonly record struct UsedNonce(Hash256 Hash, SentTransaction? Transaction = null);

/// <summary>
/// What of the account's transactions is not in the outbox. Before it is known what they did, nothing new is signed: it might be just that.
/// </summary>
/// <param name="AccountedTo">The nonce below which every transaction is in the outbox, or was looked up.</param>
/// <param name="Sent">Those that were looked up and that no intent has been found for.</param>
/// <param name="BehindSince">The block since which some are not accounted for; null where all are.</param>
public sealed record UnknownTransactions(ulong AccountedTo, IReadOnlyList<SentTransaction> Sent, ulong? BehindSince = null)
{
    /// <summary>Who sends from elsewhere without end holds this outbox up for so many blocks at a time at most.</summary>
    public const ulong MostBlocksHeld = 20;

    private const int MostKept = 1_000;

    /// <summary>Nothing looked up yet.</summary>
    public static readonly UnknownTransactions None = new(0, []);

    /// <summary>The nonce below which all transactions are accounted for.</summary>
    public ulong Accounted(OutboxState state) => Math.Max(AccountedTo, state.NextNonce);

    /// <summary>Whether the chain shows transactions that are not accounted for.</summary>
    public bool IsBehind(OutboxState state, AccountView view) => view.NonceLatest > Accounted(state);

    /// <summary>After one more look at the chain.</summary>
    public UnknownTransactions Seen(OutboxState state, AccountView view) =>
        this with
        {
            BehindSince = IsBehind(state, view) ? BehindSince ?? view.Latest : null,
        };

    /// <summary>Whether they can be looked up: all of them are final, or they have been waited for long enough.</summary>
    public bool CanBeLookedUp(AccountView view) =>
        BehindSince is { } since && (view.NonceFinal >= view.NonceLatest || view.Latest >= since + MostBlocksHeld);

    /// <summary>After these were looked up, all that is in final blocks below a nonce.</summary>
    public UnknownTransactions With(ulong to, IReadOnlyList<SentTransaction> sent) => new(to, [.. Sent.Concat(sent).TakeLast(MostKept)]);

    /// <summary>What an intent wants and was sent without it; null when nothing was.</summary>
    public SentTransaction? Of(TransactionIntent intent, AccountView view) =>
        Sent.FirstOrDefault(one => one.Does(intent) && one.Block + SentTransaction.RecentBlocks >= view.Finalized);

    /// <summary>One of them belongs to an intent.</summary>
    public UnknownTransactions Without(Hash256 hash) => this with { Sent = [.. Sent.Where(one => one.Attempt.Hash != hash)] };
}
