using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>Finds out what an account has sent in the latest blocks, out of these blocks themselves.</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="account">The account.</param>
/// <param name="cancel">Cancels requests.</param>
internal sealed class SentTransactions(EndpointPool pool, Address account, CancellationToken cancel)
{
    /// <summary>
    /// The transactions from a nonce on, up to a final block. Those that are not of type 2 are left out: no outbox has signed them.
    /// </summary>
    /// <exception cref="ChainException">No endpoint shows them.</exception>
    public async Task<IReadOnlyList<SentTransaction>> FindAsync(ulong from, ulong final) =>
        (await pool.AskAsync(endpoint => FindAsync(endpoint, from, final), cancel).ConfigureAwait(false)).Answer;

    private async Task<IReadOnlyList<SentTransaction>> FindAsync(RpcEndpoint endpoint, ulong from, ulong final)
    {
        var blocks = new NonceBlocks(endpoint, account, cancel);
        var before = final - Math.Min(final, SentTransaction.RecentBlocks);
        var sent = new List<SentTransaction>();
        for (
            var nonce = Math.Max(from, await blocks.CountAsync(before).ConfigureAwait(false));
            nonce < await blocks.CountAsync(final).ConfigureAwait(false);

        )
        {
            // It has all of the account's until the next such block.
            var used = await blocks.FirstUsedAsync(nonce, before, final).ConfigureAwait(false);
            var last = nonce;
            await endpoint
                .SendAsync(
                    [
                        AccountCalls.TransactionsOf(
                            account,
                            used,
                            (number, hash, transaction) =>
                            {
                                last = Math.Max(last, number + 1);
                                if (number >= nonce && MinedTransaction.Read(transaction, hash, used) is { } read)
                                    sent.Add(read);
                            }
                        ),
                    ],
                    cancel
                )
                .ConfigureAwait(false);
            if (last == nonce)
                throw new IncompleteAnswerException(endpoint.Name, $"block {used} has no transaction of {account} with nonce {nonce}");
            (nonce, before) = (last, used);
        }

        return sent;
    }
}
