using Tao20.Domain.Units;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// Reads at one block. Frontier, which Bittensor's node is built on, takes a call at the hash of a block it does not know silently for one
/// at the pending state, and gives a balance of 0 there. So what is read is asked for by number, and the block's hash before and after.
/// </summary>
public static class BlockReads
{
    /// <summary>Sends calls at a block by its number, and makes sure that it is the block meant.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="number">The block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="calls">Calls that name the block by its number; what takes results may be called again, by the next endpoint.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The block's header.</returns>
    /// <exception cref="BlockReplacedException">The endpoints have another block there.</exception>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public static async Task<BlockHeader> SendAtAsync(
        this EndpointPool pool,
        ulong number,
        Hash256 hash,
        IReadOnlyList<RpcCall> calls,
        CancellationToken cancel
    )
    {
        var (at, _) = await pool.AskAsync(ReadAsync, cancel).ConfigureAwait(false);
        return at;

        async Task<BlockHeader> ReadAsync(RpcEndpoint endpoint)
        {
            BlockHeader? before = null,
                after = null;
            await endpoint
                .SendAsync(
                    [EthCalls.Header(number, header => before = header), .. calls, EthCalls.Header(number, header => after = header)],
                    cancel
                )
                .ConfigureAwait(false);
            foreach (var header in (BlockHeader?[])[before, after])
            {
                if (header is null)
                    throw new IncompleteAnswerException(endpoint.Name, $"it does not have block {number}");
                if (header.Hash != hash)
                    throw new BlockReplacedException(endpoint.Name, number, hash, header.Hash);
            }

            return before!;
        }
    }
}
