using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>Something has happened to an intent: persisted by <c>outbox-{address}</c>.</summary>
public abstract record OutboxEvent
{
    private OutboxEvent(string id) => Id = id;

    /// <summary>The intent.</summary>
    public string Id { get; init; }

    /// <summary>An intent is in the outbox.</summary>
    public sealed record IntentPlanned(TransactionIntent Intent) : OutboxEvent(Intent.Id);

    /// <summary>A transaction is signed. From now on its nonce is its own: the same bytes go out again after a crash.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Attempt">The transaction; a later one with the same nonce replaces the one before.</param>
    public sealed record TransactionSigned(string Id, Attempt Attempt) : OutboxEvent(Id);

    /// <summary>A node has accepted a transaction.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Hash">The transaction.</param>
    /// <param name="AtBlock">The latest block then.</param>
    public sealed record TransactionBroadcast(string Id, Hash256 Hash, ulong AtBlock) : OutboxEvent(Id);

    /// <summary>A transaction is in a block.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Receipt">What became of it.</param>
    public sealed record TransactionMined(string Id, Receipt Receipt) : OutboxEvent(Id);

    /// <summary>The block a transaction was in is no longer part of the chain.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Hash">The transaction.</param>
    public sealed record TransactionReorged(string Id, Hash256 Hash) : OutboxEvent(Id);

    /// <summary>The block a transaction is in is final.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Receipt">What became of it.</param>
    public sealed record TransactionFinal(string Id, Receipt Receipt) : OutboxEvent(Id);

    /// <summary>Someone else has used the nonce, finally: what was signed can never be mined, and the intent begins anew.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Nonce">The nonce.</param>
    public sealed record TransactionDropped(string Id, ulong Nonce) : OutboxEvent(Id);

    /// <summary>An intent was given up before anything was signed.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Failure">Why.</param>
    public sealed record IntentFailed(string Id, IntentFailure Failure) : OutboxEvent(Id);
}
