using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Tao20.Dashboard.Live;

namespace Tao20.Node.Views;

/// <summary>
/// Tells open pages what has changed of them. A page that several look at is rendered once for all; what a client is told is what has
/// changed since it was told last. Safe for any number of threads.
/// </summary>
/// <param name="render">Renders a page.</param>
/// <param name="log">Where it is said what could not be rendered.</param>
/// <param name="clock">The clock.</param>
/// <param name="stopping">Ends it.</param>
internal sealed class LiveUpdates(
    Func<PageAddress, CancellationToken, Task<RenderedPage>> render,
    ILogger log,
    TimeProvider clock,
    CancellationToken stopping
)
{
    /// <summary>So many pages are kept up to date at most: other connections are for whoever watches the node.</summary>
    public const int MostClients = 64;

    /// <summary>Nothing is told more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Many pages take long: all of it is at most a fifth of the time.
    private const int RestsFor = 4;
    private const int PagesRemembered = 16;
    private const int EventsKept = 8;

    // Who hears nothing for longer takes the node for stopped.
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly List<Client> _clients = [];
    private readonly LinkedList<(string Address, PageParts Parts)> _served = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>A page has been served: a client that tells its version is told what has changed since.</summary>
    public void Remember(string address, PageParts parts)
    {
        lock (_lock)
        {
            // What many have been served is remembered once, or there would be no room for other pages.
            if (Served(address, parts.Version) is not null)
                return;
            _served.AddFirst((address, parts));
            if (_served.Count > PagesRemembered)
                _served.RemoveLast();
        }
    }

    /// <summary>What changes of a page from now on.</summary>
    /// <param name="address">The page.</param>
    /// <param name="version">The version that the client has.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Null where too many look already.</returns>
    public IAsyncEnumerable<SseItem<string>>? Follow(PageAddress address, string version, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_clients.Count >= MostClients)
                return null;
            var known = Served(address.Text, version);
            var client = new Client(address, known, clock);
            _clients.Add(client);
            if (known is null)
                client.Tell(new SseItem<string>("", "page"));
            if (_loop.IsCompleted)
                _loop = Task.Run(RunAsync, CancellationToken.None);

            // Who goes before anything is read leaves no trace, either.
            cancel.UnsafeRegister(_ => Remove(client), null);
            return ReadAsync(client, cancel);
        }
    }

    private PageParts? Served(string address, string version) =>
        _served.FirstOrDefault(one => one.Address == address && one.Parts.Version == version).Parts;

    private async IAsyncEnumerable<SseItem<string>> ReadAsync(Client client, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        try
        {
            yield return new SseItem<string>("", "still");
            while (await IsToldAsync(client, either.Token))
            {
                while (client.TryTake(out var item))
                    yield return item;
            }

            if (!cancel.IsCancellationRequested)
                yield return new SseItem<string>("", "stopped");
        }
        finally
        {
            Remove(client);
        }
    }

    private void Remove(Client client)
    {
        lock (_lock)
            _clients.Remove(client);
    }

    private static async Task<bool> IsToldAsync(Client client, CancellationToken cancel)
    {
        try
        {
            return await client.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            List<Client> clients;
            lock (_lock)
            {
                clients = [.. _clients];
                if (clients.Count == 0)
                {
                    _loop = Task.CompletedTask;
                    return;
                }
            }

            var began = clock.GetTimestamp();
            foreach (var page in clients.GroupBy(client => client.Address.Text))
                await TellAsync([.. page]);
            var took = clock.GetElapsedTime(began);
            var rest = took * RestsFor > Pause ? took * RestsFor : Pause;
            await Task.Delay(rest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(IReadOnlyList<Client> clients)
    {
        PageParts now;
        try
        {
            now = (await render(clients[0].Address, stopping)).Parts;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (PageException)
        {
            // The page says so itself, to whoever asks for it again.
            foreach (var client in clients)
                client.Tell(new SseItem<string>("", "page"));
            return;
        }
        catch (Exception e)
        {
            log.LogError(e, "The page {Address} could not be rendered", clients[0].Address.Text);
            return;
        }

        foreach (var same in clients.GroupBy(client => client.Known))
        {
            var item = same.Key is null ? null : ItemOf(same.Key, now);
            foreach (var client in same)
            {
                if (item is { } told)
                    client.Tell(told, now);
                else if (clock.GetElapsedTime(client.ToldAt) > SilentFor)
                    client.Tell(new SseItem<string>("", "still"));
            }
        }
    }

    /// <summary>What a client is told that has one state and is to have another; null where they are the same.</summary>
    private static SseItem<string>? ItemOf(PageParts before, PageParts now)
    {
        if (before.Version == now.Version)
            return null;
        if (now.ChangesSince(before) is not { } changes)
            return new SseItem<string>("", "page");
        return new SseItem<string>(JsonSerializer.Serialize(new { from = before.Version, parts = changes }, Json), "parts")
        {
            EventId = now.Version,
        };
    }

    /// <summary>Who looks at a page. What it has not taken in time is left out, and it asks for the whole page then.</summary>
    private sealed class Client(PageAddress address, PageParts? known, TimeProvider clock)
    {
        private readonly Channel<SseItem<string>> _items = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(EventsKept) { FullMode = BoundedChannelFullMode.DropOldest }
        );

        /// <summary>The page.</summary>
        public PageAddress Address => address;

        /// <summary>The state of it that the client was told last; null where it has to ask for the whole page.</summary>
        public PageParts? Known { get; private set; } = known;

        /// <summary>When it was told something last, as a timestamp of the clock.</summary>
        public long ToldAt { get; private set; } = clock.GetTimestamp();

        public void Tell(SseItem<string> item, PageParts? now = null)
        {
            _items.Writer.TryWrite(item);
            (Known, ToldAt) = (item.EventType == "page" ? null : now ?? Known, clock.GetTimestamp());
        }

        public ValueTask<bool> WaitAsync(CancellationToken cancel) => _items.Reader.WaitToReadAsync(cancel);

        public bool TryTake(out SseItem<string> item) => _items.Reader.TryRead(out item);
    }
}
