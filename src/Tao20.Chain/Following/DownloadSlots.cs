using System.Threading.Channels;

namespace Tao20.Chain.Following;

/// <summary>The downloads that may run at once.</summary>
/// <remarks>
/// Who waits for a slot goes on at once, on the thread that frees it: the next request is on the wire before the reply just received is
/// read. Given to another thread, it would wait until that one has woken up, and with it the node that is asked.
/// </remarks>
internal sealed class DownloadSlots
{
    private readonly Channel<bool> _free;

    /// <summary>So many slots.</summary>
    public DownloadSlots(int count)
    {
        _free = Channel.CreateBounded<bool>(new BoundedChannelOptions(count) { AllowSynchronousContinuations = true });
        for (var i = 0; i < count; i++)
            Give();
    }

    /// <summary>Waits for a slot.</summary>
    public async ValueTask<DownloadSlot> TakeAsync(CancellationToken cancel)
    {
        await _free.Reader.ReadAsync(cancel).ConfigureAwait(false);
        return new DownloadSlot(this);
    }

    /// <summary>One is free again.</summary>
    internal void Give() => _free.Writer.TryWrite(true);
}

/// <summary>
/// The right to one of the downloads that may run at once; freed when the reply is here, so that the next runs while it is read.
/// </summary>
internal sealed class DownloadSlot(DownloadSlots slots) : IDisposable
{
    private DownloadSlots? _slots = slots;

    /// <summary>Gives it back; only the first time counts.</summary>
    public void Free() => Interlocked.Exchange(ref _slots, null)?.Give();

    /// <inheritdoc/>
    public void Dispose() => Free();
}
