using Akka.Actor;
using Tao20.Chain;
using Tao20.Chain.Following;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// What has happened above finality, read again whenever the head moves. A convenience for display: whether the chain can be read tells
/// the reading of final blocks.
/// </summary>
internal sealed class OverlayWatch(ChainConnection chain, CancellationToken stop)
{
    private HeadOverlay? _overlay;

    /// <summary>How many reorgs above finality were seen since the start.</summary>
    public long Reorgs { get; private set; }

    /// <summary>Trades above finality, by miner; null before the first reading.</summary>
    public IReadOnlyDictionary<Address, (int Trades, UInt128 Wei)>? ByMiner => _overlay?.ByMiner();

    /// <summary>Reads now, and then once the head moves; each reading comes to <paramref name="actor"/>, which hands it to
    /// <see cref="Note"/>.</summary>
    public void Start(IActorRef actor) => ReadAsync(Task.CompletedTask).PipeTo(actor);

    /// <summary>Takes a reading in and begins the next; how many blocks were replaced since the one before.</summary>
    public int Note(OverlayRead read, IActorRef actor)
    {
        var depth = read.Overlay is { } overlay && _overlay is not null ? overlay.Replaced(_overlay) : 0;
        if (depth > 0)
            Reorgs++;
        _overlay = read.Overlay ?? _overlay;
        if (!stop.IsCancellationRequested)
            ReadAsync(read.NextMove).PipeTo(actor);
        return depth;
    }

    /// <summary>
    /// Reads once the head has moved. The next move is waited for from before the reading on: one that comes meanwhile is not missed.
    /// </summary>
    private async Task<OverlayRead> ReadAsync(Task moved)
    {
        var next = moved;
        try
        {
            await moved.ConfigureAwait(false);
            next = chain.Head.MovedAsync(stop);
            return new OverlayRead(await HeadOverlay.ReadAsync(chain.Reader, chain.Head, stop).ConfigureAwait(false), next);
        }
        catch (Exception e) when (e is ChainException or OperationCanceledException)
        {
            return new OverlayRead(null, next);
        }
    }
}

/// <summary>A reading of what is above finality; null where there was no answer.</summary>
internal sealed record OverlayRead(HeadOverlay? Overlay, Task NextMove);
