using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;

namespace Tao20.Actors.Ingestion;

/// <summary>One run through the chain from a cursor on; given up when it fails or what was dispatched has to be repeated.</summary>
internal sealed class RangeReadSession : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<TradeRange> _ranges;
    private Task<TradeRange?>? _last;

    public RangeReadSession(FinalizedRanges ranges, Cursor cursor, ulong? until, CancellationToken cancel)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _ranges = ranges.ReadAsync(cursor, until, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Whether a range has been asked for and has not come yet.</summary>
    public bool Pulling { get; set; }

    /// <summary>The next range, when it is there; null when the last block wanted has been read.</summary>
    public Task<TradeRange?> NextAsync() => _last = MoveNextAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();

        // The downloads under way end first; who gives a reading up does not wait for that.
        _ = (_last ?? Task.CompletedTask).ContinueWith(
            async _ => await _ranges.DisposeAsync().ConfigureAwait(false),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
    }

    private async Task<TradeRange?> MoveNextAsync() => await _ranges.MoveNextAsync().ConfigureAwait(false) ? _ranges.Current : null;
}
