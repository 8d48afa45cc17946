using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Dashboard.Live;
using Tao20.Node.Views;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>What open pages are told.</summary>
public sealed class LiveUpdatesTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly PageAddress Address = PageAddress.Of("/view/miners")!;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private RenderedPage _now = null!;
    private int _rendered;

    [Fact]
    public async Task Each_is_told_what_has_changed_since_it_was_told_last_and_all_of_it_is_rendered_once()
    {
        var random = new Random(TestSeed.Of(output));
        _now = await Rankings.PageAsync(Rankings.Random(1_000, random));
        var first = _now;
        var live = Updates();
        live.Remember(Address.Text, _now.Parts);
        var clients = Enumerable
            .Range(0, 50)
            .Select(_ => live.Follow(Address, first.Parts.Version, _patience.Token)!.GetAsyncEnumerator())
            .ToList();
        foreach (var client in clients)
            Assert.Equal("still", (await NextAsync(client)).EventType);
        for (var i = 0; i < 3; i++)
        {
            var (before, rendered) = (_now, Volatile.Read(ref _rendered));
            _now = await Rankings.PageAsync(Rankings.Random(1_000, random));
            var told = await Task.WhenAll(clients.Select(client => NextAsync(client, "parts")));
            Assert.All(told, one => Assert.Equal((told[0].Data, _now.Parts.Version), (one.Data, one.EventId)));
            var document = JsonDocument.Parse(told[0].Data).RootElement;
            Assert.Equal(before.Parts.Version, document.GetProperty("from").GetString());
            var parts = document.GetProperty("parts").EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetString()!);
            Assert.Equal(_now.Parts.ChangesSince(before.Parts)!.OrderBy(one => one.Key), parts.OrderBy(one => one.Key));

            // All 1,000 miners have traded and are in another order: no page changes more at once.
            var size = Encoding.UTF8.GetByteCount(told[0].Data);
            output.WriteLine($"{size} bytes of {Encoding.UTF8.GetByteCount(_now.Html)}");
            Assert.InRange(size, 1, 8_000);
            Assert.InRange(Volatile.Read(ref _rendered) - rendered, 1, 5);
        }
    }

    [Fact]
    public async Task Whoever_has_an_unknown_version_or_another_page_asks_for_the_whole_one()
    {
        _now = await Rankings.PageAsync(Rankings.Random(3, new Random(7)));
        var live = Updates();
        await using var unknown = live.Follow(Address, "0123456789abcdef", _patience.Token)!.GetAsyncEnumerator();
        await NextAsync(unknown, "page");

        live.Remember(Address.Text, _now.Parts);
        await using var known = live.Follow(Address, _now.Parts.Version, _patience.Token)!.GetAsyncEnumerator();
        _now = await Rankings.PageAsync(Rankings.Random(4, new Random(7)));
        await NextAsync(known, "page");
    }

    [Fact]
    public async Task A_page_that_many_are_served_leaves_room_for_others()
    {
        _now = await Rankings.PageAsync(Rankings.Random(3, new Random(7)));
        var live = Updates();
        live.Remember(Address.Text, _now.Parts);
        for (var i = 0; i < 100; i++)
            live.Remember("/", _now.Parts);
        await using var client = live.Follow(Address, _now.Parts.Version, _patience.Token)!.GetAsyncEnumerator();
        await NextAsync(client);
        _now = await Rankings.PageAsync(Rankings.Random(3, new Random(8)));
        Assert.Equal("parts", (await NextAsync(client)).EventType);
    }

    [Fact]
    public async Task No_more_are_let_in_than_there_is_room_for_and_whoever_goes_makes_room()
    {
        _now = await Rankings.PageAsync(Rankings.Random(3, new Random(7)));
        var live = Updates();
        var clients = new List<IAsyncEnumerator<SseItem<string>>>();
        for (var i = 0; i < LiveUpdates.MostClients; i++)
        {
            clients.Add(live.Follow(Address, "", _patience.Token)!.GetAsyncEnumerator());
            await NextAsync(clients[i]);
        }

        Assert.Null(live.Follow(Address, "", _patience.Token));
        await clients[0].DisposeAsync();
        Assert.NotNull(live.Follow(Address, "", _patience.Token));
    }

    [Fact]
    public async Task Who_does_not_read_costs_no_memory_and_is_told_the_latest_later()
    {
        var random = new Random(TestSeed.Of(output));
        _now = await Rankings.PageAsync(Rankings.Random(3, random));
        var live = Updates();
        live.Remember(Address.Text, _now.Parts);
        await using var client = live.Follow(Address, _now.Parts.Version, _patience.Token)!.GetAsyncEnumerator();
        await NextAsync(client);
        for (var i = 0; i < 10; i++)
        {
            _now = await Rankings.PageAsync(Rankings.Random(3, random));
            var rendered = Volatile.Read(ref _rendered);
            await Eventually.HoldsAsync(() => Volatile.Read(ref _rendered) > rendered, Patience);
        }

        var items = new List<SseItem<string>>();
        do items.Add(await NextAsync(client, "parts"));
        while (items[^1].EventId != _now.Parts.Version);
        Assert.InRange(items.Count, 1, 10);

        // What was left out is noticed: the first that is told does not follow on what the page has.
        Assert.NotEqual(items[0].EventId, JsonDocument.Parse(items[0].Data).RootElement.GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_node_that_stops_says_so()
    {
        _now = await Rankings.PageAsync(Rankings.Random(3, new Random(7)));
        var live = Updates();
        live.Remember(Address.Text, _now.Parts);
        await using var client = live.Follow(Address, _now.Parts.Version, _patience.Token)!.GetAsyncEnumerator();
        await NextAsync(client);
        await _stop.CancelAsync();
        await NextAsync(client, "stopped");
        Assert.False(await client.MoveNextAsync());
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _patience.Dispose();
    }

    private LiveUpdates Updates() => new(RenderAsync, NullLogger.Instance, TimeProvider.System, _stop.Token);

    private Task<RenderedPage> RenderAsync(PageAddress address, CancellationToken cancel)
    {
        Interlocked.Increment(ref _rendered);
        return Task.FromResult(_now);
    }

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> client, string? wanted = null)
    {
        while (await client.MoveNextAsync())
            if (wanted is null || client.Current.EventType == wanted)
                return client.Current;
        throw new InvalidOperationException($"It has ended without {wanted}.");
    }
}
