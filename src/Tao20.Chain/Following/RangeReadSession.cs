using Tao20.Domain.Ingestion;

namespace Tao20.Chain.Following;

/// <summary>One run through the chain from a cursor on; given up when it fails or what was dispatched has to be repeated.</summary>
public sealed class RangeReadSession : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<TradeRange> _ranges;
    private Task<TradeRange?>? _last;
    private bool _isAhead;

    /// <summary>A run that begins after <paramref name="cursor"/>.</summary>
    /// <param name="ranges">What reads.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="until">The last block to read; null goes on with the chain.</param>
    /// <param name="cancel">Ends it.</param>
    public RangeReadSession(FinalizedRanges ranges, Cursor cursor, ulong? until, CancellationToken cancel)
    {
        Cursor = cursor;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _ranges = ranges.ReadAsync(cursor, until, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Where it began.</summary>
    public Cursor Cursor { get; }

    /// <summary>Whether a range has been asked for and has not come yet.</summary>
    public bool Pulling { get; set; }

    /// <summary>The next range, when it is there; null when the last block wanted has been read.</summary>
    public Task<TradeRange?> NextAsync()
    {
        if (!_isAhead)
            return _last = MoveNextAsync();
        _isAhead = false;
        return _last!;
    }

    /// <summary>Asks for the first range before anybody wants it.</summary>
    /// <param name="isThere">Called when it is there.</param>
    public RangeReadSession Ahead(Action isThere)
    {
        _last = FirstAsync();
        _isAhead = true;
        return this;

        async Task<TradeRange?> FirstAsync()
        {
            var first = await MoveNextAsync().ConfigureAwait(false);
            isThere();
            return first;
        }
    }

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
