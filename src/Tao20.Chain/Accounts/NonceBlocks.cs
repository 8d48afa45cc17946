using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>In which blocks an account has used its nonces, as one endpoint tells it. Asks for each block once.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="account">The account.</param>
/// <param name="cancel">Cancels requests.</param>
internal sealed class NonceBlocks(RpcEndpoint endpoint, Address account, CancellationToken cancel)
{
    private readonly Dictionary<ulong, ulong> _counts = [];

    /// <summary>How many nonces are used after a block.</summary>
    public async Task<ulong> CountAsync(ulong block)
    {
        if (!_counts.TryGetValue(block, out var count))
        {
            await endpoint.SendAsync([AccountCalls.Nonce(account, block, next => count = next)], cancel).ConfigureAwait(false);
            _counts.Add(block, count);
        }

        return count;
    }

    /// <summary>The first block after which a nonce is used, by halves.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="unused">A block after which it is not used.</param>
    /// <param name="used">A later one after which it is.</param>
    public async Task<ulong> FirstUsedAsync(ulong nonce, ulong unused, ulong used)
    {
        while (used - unused > 1)
        {
            var middle = unused + (used - unused) / 2;
            (unused, used) = await CountAsync(middle).ConfigureAwait(false) <= nonce ? (middle, used) : (unused, middle);
        }

        return used;
    }
}
