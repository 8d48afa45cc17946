namespace Tao20.Chain.JsonRpc;

/// <summary>
/// What is signed is read from two endpoints where there are two: one that lies, or is behind without knowing it, must not make an honest
/// validator say what is not so.
/// </summary>
public static class AgreedReads
{
    /// <summary>Reads the same from two endpoints, and gives it when they agree; from the only one where there is one.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="read">Reads from one endpoint.</param>
    /// <param name="difference">What differs, in words; null when nothing does.</param>
    /// <exception cref="EndpointsDisagreeException">They do not agree.</exception>
    /// <exception cref="ChainException">Fewer than two of several endpoints answer.</exception>
    public static async Task<T> ReadAgreedAsync<T>(this EndpointPool pool, Func<EndpointPool, Task<T>> read, Func<T, T, string?> difference)
    {
        var (first, by) = await ReadAsync(pool, pool.InTurn, read).ConfigureAwait(false);
        if (pool.All.Count == 1)
            return first;
        var others = pool.InTurn.Where(endpoint => endpoint != by).ToList();
        if (others.Count == 0)
            throw pool.NobodyLeft();
        var (second, other) = await ReadAsync(pool, others, read).ConfigureAwait(false);
        return difference(first, second) is { } what ? throw new EndpointsDisagreeException(by.Name, other.Name, what) : first;
    }

    private static async Task<(T Read, RpcEndpoint By)> ReadAsync<T>(
        EndpointPool pool,
        IReadOnlyList<RpcEndpoint> endpoints,
        Func<EndpointPool, Task<T>> read
    )
    {
        ChainException? last = null;
        foreach (var endpoint in endpoints)
        {
            try
            {
                return (await read(pool.Only(endpoint)).ConfigureAwait(false), endpoint);
            }
            catch (ChainException e)
            {
                last = e;
            }
        }

        throw last ?? pool.NobodyLeft();
    }
}
