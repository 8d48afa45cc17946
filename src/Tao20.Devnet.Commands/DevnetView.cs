using System.Globalization;
using Akka.Actor;
using Tao20.Actors.Status;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Node.Hosting;

namespace Tao20.Devnet.Commands;

/// <summary>What a person sees while the devnet runs: a live picture on a terminal, a line now and then elsewhere.</summary>
internal sealed class DevnetView : IAsyncDisposable
{
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop;
    private readonly Task _showing;

    private DevnetView(CancellationTokenSource stop, Task showing)
    {
        _stop = stop;
        _showing = showing;
    }

    public static DevnetView Start(DevnetSettings settings, NodeHost host, DevnetMarket? market, CancellationToken cancel)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var live = !settings.Json && !Console.IsOutputRedirected;
        return new DevnetView(stop, live ? ShowLiveAsync(settings, host, market, stop.Token) : ShowLinesAsync(host, market, stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _showing;
        _stop.Dispose();
    }

    private static async Task ShowLiveAsync(DevnetSettings settings, NodeHost host, DevnetMarket? market, CancellationToken stop)
    {
        using var screen = new LiveScreen(Console.Out);
        var rate = new Rate();
        var links = $"{new Uri(host.Http, "status")}";
        await EveryAsync(
            LiveEvery,
            host,
            async status =>
            {
                var traders = market is null ? null : DevnetMarketView.Traders(await market.TradersAsync(stop));
                var parts = DevnetParts.Of(status, market is null ? null : DevnetMarketView.Chart(market), traders);
                var top = DevnetParts.Top(settings.Seed, status, rate.Of(status.Follower.State.Trades));
                screen.Show(Picture.Fit(top, parts, links, LiveScreen.Size, screen.Alone));
            },
            stop
        );
    }

    private static async Task ShowLinesAsync(NodeHost host, DevnetMarket? market, CancellationToken stop)
    {
        var rate = new Rate();
        await EveryAsync(
            LineEvery,
            host,
            status =>
            {
                var follower = status.Follower;
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"tao20 devnet: head {follower.Latest?.Number}, folded {follower.State.Last?.Number}, "
                            + $"{follower.State.Trades} trades ({rate.Of(follower.State.Trades):0.0}/s), epoch {status.Open}, "
                            + $"{status.Settled.Count} "
                            + $"settled{(market is { Spreads: [.., var spread] } ? $", market {spread / 100:+0.00;-0.00} % off NAV" : "")}"
                    )
                );
                return Task.CompletedTask;
            },
            stop
        );
    }

    private static async Task EveryAsync(TimeSpan interval, NodeHost host, Func<NodeStatus, Task> show, CancellationToken stop)
    {
        try
        {
            using var ticks = new PeriodicTimer(interval);
            do
            {
                try
                {
                    await show(await host.StatusAsync(false, stop));
                }
                catch (AskTimeoutException)
                {
                    // Too busy for this picture; the next one tells.
                }
            } while (await ticks.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over: nothing is left to show.
        }
    }

    /// <summary>Trades a second, over the time since it was last asked.</summary>
    private sealed class Rate
    {
        private readonly TimeProvider _clock = TimeProvider.System;
        private long _at;
        private long _trades;

        public double Of(long trades)
        {
            var now = _clock.GetTimestamp();
            var elapsed = _at == 0 ? TimeSpan.Zero : _clock.GetElapsedTime(_at, now);
            var rate = elapsed > TimeSpan.Zero ? (trades - _trades) / elapsed.TotalSeconds : 0;
            (_at, _trades) = (now, trades);
            return rate;
        }
    }
}
