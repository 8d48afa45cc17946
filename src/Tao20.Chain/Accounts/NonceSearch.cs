using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>
/// Finds out which transaction of an account has used a nonce in a final block. A receipt may be late, or withheld by the node that
/// happens to answer; the block that the account's nonce moved in says it for certain.
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="account">The account.</param>
/// <param name="cancel">Cancels requests.</param>
internal sealed class NonceSearch(EndpointPool pool, Address account, CancellationToken cancel)
{
    /// <summary>
    /// Where blocks cannot be searched: for so many final blocks, every endpoint has to say that it knows none of what was signed.
    /// </summary>
    public const ulong AgreedBlocks = 10;

    private readonly Dictionary<ulong, ulong> _deniedSince = [];

    /// <summary>The transactions that have used the nonces of these entries; what cannot be found out is left out.</summary>
    /// <param name="entries">What was signed with nonces that are used up.</param>
    /// <param name="final">The final block up to which they are.</param>
    /// <returns>By nonce, what has used it.</returns>
    public async Task<IReadOnlyDictionary<ulong, UsedNonce>> FindAsync(IReadOnlyList<OutboxEntry> entries, ulong final)
    {
        var used = new Dictionary<ulong, UsedNonce>();
        foreach (var entry in entries)
        {
            if (await FindAsync(entry.Nonce, final).ConfigureAwait(false) is { } by)
                used.Add(entry.Nonce, by);
            else if (await AllDenyAsync(entry, final).ConfigureAwait(false))
                used.Add(entry.Nonce, new UsedNonce(Hash256.Zero));
        }

        foreach (var settled in _deniedSince.Keys.Where(nonce => !entries.Any(entry => entry.Nonce == nonce)).ToList())
            _deniedSince.Remove(settled);
        return used;
    }

    private async Task<UsedNonce?> FindAsync(ulong nonce, ulong final)
    {
        try
        {
            return (await pool.AskAsync(endpoint => SearchAsync(endpoint, nonce, final), cancel).ConfigureAwait(false)).Answer;
        }
        catch (ChainException)
        {
            // Mostly the state of those blocks is gone at every endpoint. What it is not known from is asked in the other way.
            return null;
        }
    }

    /// <summary>The first block after which the nonce is used, by halves, and in it the transaction.</summary>
    private async Task<UsedNonce> SearchAsync(RpcEndpoint endpoint, ulong nonce, ulong final)
    {
        var blocks = new NonceBlocks(endpoint, account, cancel);
        if (await blocks.CountAsync(final).ConfigureAwait(false) <= nonce)
            throw new IncompleteAnswerException(endpoint.Name, $"nonce {nonce} of {account} is not used at block {final}, as it was");
        var (unused, used) = (0UL, final);
        for (ulong back = 1; back < final; back *= 2)
        {
            if (await blocks.CountAsync(final - back).ConfigureAwait(false) <= nonce)
            {
                unused = final - back;
                break;
            }

            used = final - back;
        }

        used = await blocks.FirstUsedAsync(nonce, unused, used).ConfigureAwait(false);
        UsedNonce? by = null;
        await endpoint
            .SendAsync(
                [
                    AccountCalls.TransactionsOf(
                        account,
                        used,
                        (number, hash, transaction) =>
                            by = number == nonce ? new UsedNonce(hash, MinedTransaction.Read(transaction, hash, used)) : by
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return by ?? throw new IncompleteAnswerException(endpoint.Name, $"block {used} has no transaction of {account} with nonce {nonce}");
    }

    private async Task<bool> AllDenyAsync(OutboxEntry entry, ulong final)
    {
        foreach (var endpoint in pool.All)
        {
            if (!await DeniesAsync(endpoint, entry, final).ConfigureAwait(false))
            {
                _deniedSince.Remove(entry.Nonce);
                return false;
            }
        }

        return final >= (_deniedSince.TryAdd(entry.Nonce, final) ? final : _deniedSince[entry.Nonce]) + AgreedBlocks;
    }

    /// <summary>Whether an endpoint says that the nonce is used, and that it knows none of our transactions, nor their receipts.</summary>
    private async Task<bool> DeniesAsync(RpcEndpoint endpoint, OutboxEntry entry, ulong final)
    {
        try
        {
            ulong count = 0;
            var known = false;
            await endpoint
                .SendAsync(
                    [
                        AccountCalls.Nonce(account, final, next => count = next),
                        .. entry.Attempts.Select(attempt =>
                            AccountCalls.IsKnown("eth_getTransactionByHash", attempt.Hash, it => known |= it)
                        ),
                        .. entry.Attempts.Select(attempt =>
                            AccountCalls.IsKnown("eth_getTransactionReceipt", attempt.Hash, it => known |= it)
                        ),
                    ],
                    cancel
                )
                .ConfigureAwait(false);
            return count > entry.Nonce && !known;
        }
        catch (EndpointException)
        {
            // Who does not answer agrees to nothing.
            return false;
        }
    }
}
