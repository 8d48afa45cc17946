using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Tao20.Actors.Journal;

/// <summary>
/// What was asked for last of each lease. Who takes one may have to wait for others, and who gives one back for the database: an older
/// request of the same process has nothing to do any more.
/// </summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class LeaseRequests : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Request> _latest = new(StringComparer.Ordinal);
    private readonly Channel<Request> _toGiveBack = Channel.CreateUnbounded<Request>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _givingBack;

    /// <summary>No requests yet.</summary>
    /// <param name="giveBack">Gives back a lease, unless the request is not the latest when it comes to it.</param>
    public LeaseRequests(Func<Request, CancellationToken, Task> giveBack) => _givingBack = GiveBackAsync(giveBack, _stop.Token);

    /// <summary>Notes a request, which replaces the one before.</summary>
    public Request Begin(string lease) => _latest[lease] = new Request(this, lease);

    /// <summary>Gives one back, and goes on trying until that is done or another request replaces this one.</summary>
    /// <returns>Completes then; cancelled when this ends before.</returns>
    public Task GiveBackAsync(string lease)
    {
        var request = Begin(lease);
        if (!_toGiveBack.Writer.TryWrite(request))
            request.Done.TrySetCanceled();
        return request.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _toGiveBack.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _givingBack.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Gives back one after the other.</summary>
    private async Task GiveBackAsync(Func<Request, CancellationToken, Task> giveBack, CancellationToken stop)
    {
        await foreach (var request in _toGiveBack.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (!stop.IsCancellationRequested && !await IsGivenBackAsync(request, giveBack, stop).ConfigureAwait(false))
                await Task.Delay(RetryAfter, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                request.Done.TrySetCanceled(stop);
            else
                request.Done.TrySetResult();
        }
    }

    private static async Task<bool> IsGivenBackAsync(
        Request request,
        Func<Request, CancellationToken, Task> giveBack,
        CancellationToken stop
    )
    {
        try
        {
            await giveBack(request, stop).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException)
        {
            // The database is away, which the watch of the journal tells, or the process ends.
            return false;
        }
    }

    /// <summary>A request for a lease.</summary>
    internal sealed class Request(LeaseRequests requests, string lease)
    {
        /// <summary>Of which lease.</summary>
        public string Lease => lease;

        /// <summary>Whether there is none that is newer.</summary>
        public bool IsLatest => ReferenceEquals(requests._latest[lease], this);

        /// <summary>Completes when there is nothing left to do for it.</summary>
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
