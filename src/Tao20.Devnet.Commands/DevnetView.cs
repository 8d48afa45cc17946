using System.Globalization;
using Akka.Actor;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tao20.Actors.Status;
using Tao20.Domain.Registry;
using Tao20.Domain.Rewards;
using Tao20.Node;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>What a person sees while the devnet runs: a live picture on a terminal, a line now and then elsewhere.</summary>
internal sealed class DevnetView : IAsyncDisposable
{
    private const int ExclusionsShown = 6;
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

    private static Task ShowLiveAsync(DevnetSettings settings, NodeHost host, DevnetMarket? market, CancellationToken stop) =>
        AnsiConsole
            .Live(new Text("Waiting for the first block ..."))
            .AutoClear(true)
            .StartAsync(async live =>
            {
                var rate = new Rate();
                await EveryAsync(
                    LiveEvery,
                    host,
                    async status =>
                    {
                        var traders = market is null ? null : DevnetMarketView.Of(market, await market.TradersAsync(stop));
                        live.UpdateTarget(Picture(settings, host, status, rate.Of(status.Follower.State.Trades), traders));
                        live.Refresh();
                    },
                    stop
                );
            });

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

    private static Rows Picture(DevnetSettings settings, NodeHost host, NodeStatus status, double rate, IRenderable? traders)
    {
        var follower = status.Follower;
        var header = new Grid().AddColumns(4);
        header.AddRow(
            $"[bold]head[/] {follower.Latest?.Number}",
            $"[bold]finalized[/] {follower.Finalized?.Number}",
            $"[bold]folded[/] {follower.State.Last?.Number}",
            string.Create(CultureInfo.InvariantCulture, $"[bold]trades/s[/] {rate:0.0}")
        );
        header.AddRow(
            $"[bold]epoch[/] {status.Open}",
            $"[bold]settled[/] {status.Settled.Count}",
            $"[bold]trades[/] {follower.State.Trades} (+{follower.Overlay?.Values.Sum(miner => miner.Trades) ?? 0} above finality)",
            $"[bold]time[/] {DateTimeOffset.FromUnixTimeSeconds((long)(follower.State.Last?.Timestamp ?? 0)):HH:mm} on chain"
        );

        var parts = new List<IRenderable>
        {
            new Panel(header).Header($" TAO20 devnet, seed {settings.Seed} ").Expand(),
            Ranking(status),
            Exclusions(status),
        };
        if (traders is not null)
            parts.Insert(1, traders);
        if (status.Settled.Recent.LastOrDefault() is { } last)
        {
            var winner = last.Ranking.Ranked.Count > 0 ? $"won by {Short(last.Ranking.Ranked[0].Miner.ToString())}" : "nobody ranked";
            parts.Add(
                new Text(
                    $"Last settled: epoch {last.Closed.Epoch}, {winner}, {last.Ranking.Ranked.Count} ranked, root "
                        + $"{Short(last.RankingRoot.ToString())}"
                )
            );
        }

        if (status.Settled.Book is { } book)
            parts.Add(Validators(book));
        if (follower.Fault is { } fault)
            parts.Add(new Markup($"[red]{fault.Kind}: {Markup.Escape(fault.Message)}[/]"));
        parts.Add(new Markup($"[grey]{new Uri(host.Http, "status")}  {new Uri(host.Http, "metrics")}[/]"));
        return new Rows(parts);
    }

    private static Table Ranking(NodeStatus status)
    {
        var table = new Table().Title("Ranking if the epoch ended now").Border(TableBorder.Rounded).Expand();
        table.AddColumns("rank", "miner", "tier", "score", "volume", "frequency", "consistency", "trades", "TAO counted");
        foreach (var miner in status.Ranking.Ranked)
        {
            table.AddRow(
                $"{miner.Rank}",
                Short(miner.Miner.ToString()),
                RewardRules.TierOf(miner.Rank).ToString(),
                FixedPoint.Tao(miner.Score.Final.ToString(), 18),
                FixedPoint.Tao(miner.Score.Volume.ToString(), 18),
                FixedPoint.Tao(miner.Score.Frequency.ToString(), 18),
                FixedPoint.Tao(miner.Score.Consistency.ToString(), 18),
                $"{miner.Activity.EligibleTrades}",
                FixedPoint.Tao(miner.Activity.EligibleWei.ToString(CultureInfo.InvariantCulture), 18)
            );
        }

        foreach (var miner in status.Ranking.Unranked)
            table.AddRow("-", Short(miner.Miner.ToString()), miner.Reason.ToString(), "", "", "", "", $"{miner.Activity.AllTrades}", "");
        return table;
    }

    private static Table Validators(RegistryBook book)
    {
        var last = book.Rounds.LastOrDefault();
        var table = new Table().Title($"Validators; round of epoch {last?.Epoch}: {last?.Standing}").Border(TableBorder.Rounded).Expand();
        table.AddColumns("validator", "stake", "standing", "reputation", "committed", "stated", "deviations");
        foreach (var validator in book.Validators.Keys)
        {
            var document = ValidatorDocument.Of(book, validator, book.Validators[validator]);
            var entry = last?.Entries.GetValueOrDefault(validator);
            table.AddRow(
                Short(document.Address),
                FixedPoint.Tao(document.StakeWei, 18),
                document.Dormant ? "dormant" : document.Standing,
                FixedPoint.Tao(document.Reputation, 18),
                entry?.Commitment is null ? "-" : "yes",
                document.LastAttested is { } epoch ? $"epoch {epoch}" : "-",
                $"{document.Violations}"
            );
        }

        return table;
    }

    private static Table Exclusions(NodeStatus status)
    {
        var table = new Table().Title("Latest trades that do not count in full").Border(TableBorder.Rounded).Expand();
        table.AddColumns("position", "miner", "reason", "TAO", "not counted");
        var latest = status
            .Miners.SelectMany(miner => miner.Exclusions.Select(exclusion => (miner.Miner, exclusion)))
            .OrderByDescending(pair => pair.exclusion.Position)
            .Take(ExclusionsShown);
        foreach (var (miner, exclusion) in latest)
            table.AddRow(
                exclusion.Position.ToString(),
                Short(miner.ToString()),
                exclusion.Reason.ToString(),
                FixedPoint.Tao(exclusion.Value.ToString(), 18),
                FixedPoint.Tao((exclusion.Uncounted + exclusion.UncountedBefore).ToString(CultureInfo.InvariantCulture), 18)
            );
        return table;
    }

    private static string Short(string hex) => $"{hex[..8]}..{hex[^4..]}";

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
