namespace Tao20.Chain.Following;

/// <summary>The right to one of the downloads that may run at once; freed when the reply is here, so that the next runs while it is read.</summary>
internal sealed class DownloadSlot : IDisposable
{
    private SemaphoreSlim? _downloads;

    private DownloadSlot(SemaphoreSlim downloads) => _downloads = downloads;

    /// <summary>Waits for a slot.</summary>
    public static async Task<DownloadSlot> TakeAsync(SemaphoreSlim downloads, CancellationToken cancel)
    {
        await downloads.WaitAsync(cancel).ConfigureAwait(false);
        return new DownloadSlot(downloads);
    }

    /// <summary>Gives it back; only the first time counts.</summary>
    public void Free() => Interlocked.Exchange(ref _downloads, null)?.Release();

    /// <inheritdoc/>
    public void Dispose() => Free();
}
