using Tao20.Node.Views;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>What many pages show is read once for all.</summary>
[Trait("Category", "Fast")]
public sealed class SharedReadingTests
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(300);
    private readonly Clock _clock = new();
    private int _reads;
    private TaskCompletionSource<int> _answer = New();

    [Fact]
    public async Task Who_asks_at_the_same_time_or_soon_after_is_told_the_same()
    {
        var reading = new SharedReading<int>(ReadAsync, _clock, Fresh);
        var all = Enumerable.Range(0, 10).Select(_ => reading.GetAsync(CancellationToken.None)).ToList();
        _answer.SetResult(1);
        Assert.All(await Task.WhenAll(all), one => Assert.Equal(1, one));
        Assert.Equal(1, await reading.GetAsync(CancellationToken.None));
        Assert.Equal(1, _reads);
        _answer = New();
        _answer.SetResult(2);
        _clock.Now += Fresh + TimeSpan.FromMilliseconds(1);
        Assert.Equal(2, await reading.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_takes_long_to_read_is_read_seldom()
    {
        var reading = new SharedReading<int>(ReadAsync, _clock, Fresh);
        var first = reading.GetAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _reads) == 1, TimeSpan.FromSeconds(10));
        _clock.Now += TimeSpan.FromSeconds(3);
        _answer.SetResult(1);
        Assert.Equal(1, await first);
        _clock.Now += TimeSpan.FromSeconds(59);
        await reading.GetAsync(CancellationToken.None);
        Assert.Equal(1, _reads);
        _clock.Now += TimeSpan.FromSeconds(2);
        await reading.GetAsync(CancellationToken.None);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task What_people_wait_for_is_never_older_than_it_may_be()
    {
        var reading = new SharedReading<int>(ReadAsync, _clock, Fresh, TimeSpan.FromSeconds(1));
        var first = reading.GetAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _reads) == 1, TimeSpan.FromSeconds(10));
        _clock.Now += TimeSpan.FromSeconds(3);
        _answer.SetResult(1);
        await first;
        _clock.Now += TimeSpan.FromMilliseconds(1_001);
        await reading.GetAsync(CancellationToken.None);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Whoever_goes_does_not_end_it_for_others_and_what_fails_is_tried_again()
    {
        var reading = new SharedReading<int>(ReadAsync, _clock, Fresh);
        using var gone = new CancellationTokenSource();
        var (left, stayed) = (reading.GetAsync(gone.Token), reading.GetAsync(CancellationToken.None));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => stayed);
        _answer = New();
        _answer.SetResult(3);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(3, await reading.GetAsync(CancellationToken.None));
    }

    private static TaskCompletionSource<int> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<int> ReadAsync()
    {
        Interlocked.Increment(ref _reads);
        return _answer.Task;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
