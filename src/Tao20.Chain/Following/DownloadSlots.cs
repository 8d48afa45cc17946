using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Following;

/// <summary>
/// The downloads that may run at once: of the history from all endpoints that have it and are quick enough, of the newest blocks from the
/// preferred one alone.
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="shares">How many downloads each of these may have at once.</param>
/// <remarks>
/// Who waits for a slot goes on at once, on the thread that frees it: the next request is on the wire before the reply just received is
/// read. Given to another thread, it would wait until that one has woken up, and with it the node that is asked.
/// </remarks>
internal sealed class DownloadSlots(EndpointPool pool, Func<IReadOnlyList<RpcEndpoint>, IReadOnlyList<int>> shares)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(ulong? Having, TaskCompletionSource<DownloadSlot> Slot)> _waiting = [];
    private readonly Dictionary<RpcEndpoint, int> _underWay = [];

    /// <summary>Waits for a slot.</summary>
    /// <param name="having">Any endpoint will do that has this block; null for the preferred one alone.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async ValueTask<DownloadSlot> TakeAsync(ulong? having, CancellationToken cancel)
    {
        var waiting = new TaskCompletionSource<DownloadSlot>();
        lock (_lock)
        {
            if (TryTake(having) is { } free)
                return free;
            _waiting.AddLast((having, waiting));
        }

        using var ended = cancel.Register(() => waiting.TrySetCanceled(cancel));
        return await waiting.Task.ConfigureAwait(false);
    }

    /// <summary>One is free again.</summary>
    internal void Give(RpcEndpoint endpoint)
    {
        lock (_lock)
            _underWay[endpoint]--;
        while (TakeForNext() is var (waiting, slot))
        {
            if (!waiting.TrySetResult(slot))
                slot.Free();
        }
    }

    private (TaskCompletionSource<DownloadSlot> Waiting, DownloadSlot Slot)? TakeForNext()
    {
        lock (_lock)
        {
            for (var next = _waiting.First; next is not null; next = next.Next)
            {
                if (TryTake(next.Value.Having) is not { } slot)
                    continue;
                _waiting.Remove(next);
                return (next.Value.Slot, slot);
            }

            return null;
        }
    }

    private DownloadSlot? TryTake(ulong? having)
    {
        var candidates = having is { } block ? pool.Having(block) : [];
        if (candidates.Count == 0)
            candidates = [pool.Preferred ?? pool.All[0]];
        var most = shares(candidates);
        for (var i = 0; i < candidates.Count; i++)
        {
            var underWay = _underWay.GetValueOrDefault(candidates[i]);
            if (underWay >= most[i])
                continue;
            _underWay[candidates[i]] = underWay + 1;
            return new DownloadSlot(this, candidates[i]);
        }

        return null;
    }
}

/// <summary>
/// The right to one of the downloads that may run at once; freed when the reply is here, so that the next runs while it is read.
/// </summary>
internal sealed class DownloadSlot(DownloadSlots slots, RpcEndpoint endpoint) : IDisposable
{
    private DownloadSlots? _slots = slots;

    /// <summary>The endpoint to ask first.</summary>
    public RpcEndpoint Endpoint => endpoint;

    /// <summary>Gives it back; only the first time counts.</summary>
    public void Free() => Interlocked.Exchange(ref _slots, null)?.Give(endpoint);

    /// <inheritdoc/>
    public void Dispose() => Free();
}
