using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Following;

/// <summary>Tells whether an endpoint would not give the logs of a range, or has failed.</summary>
internal static class RangeRefusals
{
    private const int MethodNotFound = -32601;

    /// <summary>
    /// Reads a range. An endpoint that will not give it may give its half. What it says is of no help, as every provider says something
    /// else; but one that does not even answer a small question has not refused the range.
    /// </summary>
    /// <exception cref="RangeRefusedException">The range is too much for it.</exception>
    /// <exception cref="EndpointException">It has failed.</exception>
    public static async Task<T> ToldAsync<T>(RpcEndpoint endpoint, ulong from, ulong to, Func<Task<T>> read, CancellationToken cancel)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (EndpointException e) when (to > from && MayBeRefusal(e))
        {
            var rate = RateLimits.IsOfRate(e);
            if (rate || e is HttpRefusalException or EndpointTimeoutException)
            {
                // Its own failure, if it does not answer this, is the endpoint's.
                await endpoint.SendAsync([EthCalls.BlockNumber(_ => { })], cancel).ConfigureAwait(false);
            }

            throw new RangeRefusedException(endpoint.Name, (int)(to - from + 1), e, limits: !rate);
        }
    }

    private static bool MayBeRefusal(EndpointException e) =>
        e switch
        {
            RpcErrorException error => error.OfBatch || error is { Method: "eth_getLogs", Code: not MethodNotFound },
            _ => e is HttpRefusalException or EndpointTimeoutException or ReplyTooLargeException,
        };
}
