namespace Tao20.Node.Views;

/// <summary>
/// What many pages show, read once for all of them: not more often than people can see it, and, where it may be much, so seldom that
/// reading takes no more than a twentieth of the time. Safe for any number of threads.
/// </summary>
/// <param name="read">Reads it. It ends by itself: who waits for it may go, and others still wait.</param>
/// <param name="clock">The clock.</param>
/// <param name="fresh">What is younger is not read again.</param>
/// <param name="oldest">What is older is read again however long that takes; null for what may be much.</param>
internal sealed class SharedReading<T>(Func<Task<T>> read, TimeProvider clock, TimeSpan fresh, TimeSpan? oldest = null)
{
    /// <summary>After it took some time to read, it is left alone for so many times as long.</summary>
    private const int RestsFor = 20;

    private readonly Lock _lock = new();
    private Task<T>? _reading;
    private long _endedAt;
    private TimeSpan _took;

    /// <summary>What was read last, or is being read.</summary>
    public Task<T> GetAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_reading is null || (_reading.IsCompleted && clock.GetElapsedTime(_endedAt) > Rest))
                _reading = ReadAsync(clock.GetTimestamp());
            return _reading.WaitAsync(cancel);
        }
    }

    private TimeSpan Rest =>
        _took * RestsFor < fresh ? fresh
        : _took * RestsFor > oldest ? oldest.Value
        : _took * RestsFor;

    private async Task<T> ReadAsync(long beganAt)
    {
        try
        {
            return await Task.Run(read).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                (_took, _endedAt) = (clock.GetElapsedTime(beganAt), clock.GetTimestamp());
        }
    }
}
