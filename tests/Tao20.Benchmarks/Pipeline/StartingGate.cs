using Tao20.Chain.JsonRpc;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>A transport whose requests wait for a signal, so that what is measured begins with the first of them.</summary>
internal sealed class StartingGate(IRpcTransport inner) : IRpcTransport
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndpointName Name => inner.Name;

    /// <summary>Completes when the first request waits.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets all through from now on.</summary>
    public void Open() => _open.TrySetResult();

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        _reached.TrySetResult();
        await _open.Task.WaitAsync(cancel);
        return await inner.SendAsync(body, cancel);
    }
}
