using Tao20.Chain;

namespace Tao20.Actors.Transactions;

/// <summary>
/// What is signed in the stead of a transaction that no node takes, with its nonce: everything with a later one waits behind it. First
/// the same with the gas it needs now; when that is not taken either, or would be reverted by now, a transaction that does nothing. One
/// nonce, one transaction: should a node have kept the first after all, only one of them is mined.
/// </summary>
/// <param name="Entry">The intent, and what has been signed for it.</param>
/// <param name="Intent">What is to be signed.</param>
/// <param name="Refusal">What the node has said.</param>
/// <param name="Gas">The gas it needs.</param>
/// <param name="Problem">Why there is nothing to be signed; null when there is.</param>
internal sealed record Substitute(OutboxEntry Entry, TransactionIntent Intent, string Refusal, ulong Gas, string? Problem)
{
    /// <summary>Whether it does nothing but use up the nonce.</summary>
    public bool Cancels => !ReferenceEquals(Intent, Entry.Intent);

    /// <summary>Asks the chain what there can be in its stead.</summary>
    /// <param name="account">The account's chain.</param>
    /// <param name="entry">The intent, and what has been signed for it.</param>
    /// <param name="refusal">What the node has said.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public static async Task<Substitute> FindAsync(AccountChain account, OutboxEntry entry, string refusal)
    {
        var nothing = new TransactionIntent(entry.Intent.Id, account.Account, 0, default);
        if (entry.Attempts[^1].Cancels)
            return new Substitute(entry, nothing, refusal, 0, "Nor is a transaction that does nothing in its stead. It is tried again with the next block.");
        if (entry.Attempts.Count == 1 && await account.SimulateAsync(entry.Intent).ConfigureAwait(false) is (var needed, null))
            return new Substitute(entry, entry.Intent, refusal, needed, null);
        var (gas, refused) = await account.SimulateAsync(nothing).ConfigureAwait(false);
        return new Substitute(entry, nothing, refusal, gas, refused is null ? null : $"Nor can a transaction that does nothing be made in its stead: {refused.Text}.");
    }
}
