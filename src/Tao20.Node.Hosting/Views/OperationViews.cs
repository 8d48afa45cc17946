using Tao20.Actors.Arbitrage;
using Tao20.Actors.Status;
using Tao20.Actors.Transactions;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Node.Alerts;
using Tao20.Node.Inspection;

namespace Tao20.Node.Views;

/// <summary>The pages of what the node does, and of what it runs on.</summary>
/// <param name="readings">What they show.</param>
/// <param name="frame">What stands around them.</param>
/// <param name="log">The latest lines of the log.</param>
internal sealed class OperationViews(NodeReadings readings, ViewFrame frame, LogLines log)
{
    private static readonly string[] Levels = ["debug", "information", "warning", "error"];

    /// <summary>The market and the miner's trades.</summary>
    public async Task<RenderedPage> MarketAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        var before = address.Number("before", 1);
        var (trades, older) = overview.Market is { } market
            ? await HistoryAsync(
                ArbitrageKey.StreamOf(market.Trader.Account),
                before,
                entry => entry is AccountMoved moved ? moved.Events.Reverse().OfType<ArbitrageEvent.TradeClosed>() : [],
                cancel
            )
            : ([], null);
        return await ViewFrame.RenderAsync<MarketPage>(
            frame.Of(address, "Market", overview),
            new()
            {
                [nameof(MarketPage.Market)] = overview.Market,
                [nameof(MarketPage.Trades)] =
                    (IReadOnlyList<(OpenTrade, TradeResult)>)[.. trades.Select(one => (one.Event.Trade, one.Event.Result))],
                [nameof(MarketPage.Older)] = older is null ? null : $"{Links.Market}?before={older}",
                [nameof(MarketPage.Newest)] = before is null ? null : Links.Market,
            }
        );
    }

    /// <summary>The account's transactions.</summary>
    public async Task<RenderedPage> TransactionsAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        var sender = overview.Validator?.Sender ?? overview.Market?.Sender;
        var before = address.Number("before", 1);
        var (events, older) = sender is null
            ? ([], null)
            : await HistoryAsync(
                TransactionSenderActor.PersistenceIdOf(sender.Account),
                before,
                entry => entry is OutboxEvent one ? [one] : Array.Empty<OutboxEvent>(),
                cancel
            );
        return await ViewFrame.RenderAsync<TransactionsPage>(
            frame.Of(address, "Transactions", overview),
            new()
            {
                [nameof(TransactionsPage.Sender)] = sender,
                [nameof(TransactionsPage.Events)] = (IReadOnlyList<(long, OutboxEvent)>)[.. events.Select(one => (one.Number, one.Event))],
                [nameof(TransactionsPage.Older)] = older is null ? null : $"{Links.Transactions}?before={older}",
                [nameof(TransactionsPage.Newest)] = before is null ? null : Links.Transactions,
            }
        );
    }

    /// <summary>The chain and its endpoints.</summary>
    public async Task<RenderedPage> ChainAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        return await ViewFrame.RenderAsync<ChainPage>(
            frame.Of(address, "Chain", overview),
            new() { [nameof(ChainPage.Node)] = overview, [nameof(ChainPage.Endpoints)] = readings.Endpoints }
        );
    }

    /// <summary>The nodes of the cluster.</summary>
    public async Task<RenderedPage> ClusterAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        var (nodes, problem) = await readings.AskAsync("cluster", "show", cancel);
        var (singletons, shards, shardsProblem) = (default(Actors.Inspection.Answer), default(Actors.Inspection.Answer), default(string));
        if (problem is null)
        {
            (singletons, _) = await readings.AskAsync("cluster", "singletons", cancel);
            (shards, shardsProblem) = await readings.AskAsync("cluster-sharding", "stats", cancel);
        }

        return await ViewFrame.RenderAsync<ClusterPage>(
            frame.Of(address, "Cluster", overview),
            new()
            {
                [nameof(ClusterPage.Problem)] = problem,
                [nameof(ClusterPage.Nodes)] = nodes,
                [nameof(ClusterPage.Singletons)] = singletons,
                [nameof(ClusterPage.Shards)] = shards,
                [nameof(ClusterPage.ShardsProblem)] = shardsProblem,
            }
        );
    }

    /// <summary>The alerts.</summary>
    public async Task<RenderedPage> AlertsAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        var given = address.Given("before");
        var before = given is null ? default(AlertId?) : AlertId.Parse(given) ?? throw new PageException(400, AlertsDocument.NoId(given));
        var page = await readings.AlertsAsync(before, ViewFrame.Rows, cancel);
        var alerts = page is null ? [] : page.Alerts ?? throw new PageException(404, AlertsDocument.Unknown(given));
        return await ViewFrame.RenderAsync<AlertsPage>(
            frame.Of(address, "Alerts", overview),
            new()
            {
                [nameof(AlertsPage.Alerts)] = alerts,
                [nameof(AlertsPage.Firing)] = page?.Firing.Count ?? 0,
                [nameof(AlertsPage.Count)] = page?.Count ?? 0,
                [nameof(AlertsPage.Problem)] = page is null ? NothingThere.NoAlertsYet : null,
                [nameof(AlertsPage.Older)] = alerts.Count < ViewFrame.Rows ? null : $"{Links.Alerts}?before={alerts[^1].Id}",
                [nameof(AlertsPage.Newest)] = before is null ? null : Links.Alerts,
            }
        );
    }

    /// <summary>The latest lines of the log.</summary>
    public async Task<RenderedPage> LogAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: false, cancel);
        var level = address.Given("level") is null ? "information" : address.Choice("level", Levels);
        var words = address.Given("words");
        var lines = log.Latest(LogPage.Shown, Enum.Parse<LogLevel>(level, ignoreCase: true), words);
        return await ViewFrame.RenderAsync<LogPage>(
            frame.Of(address, "Log", overview),
            new()
            {
                [nameof(LogPage.Lines)] =
                    (IReadOnlyList<(string, string)>)
                        [.. lines.Reverse().Select(line => (line.Level.ToString().ToLowerInvariant(), line.Text))],
                [nameof(LogPage.Levels)] = Levels,
                [nameof(LogPage.Level)] = level,
                [nameof(LogPage.Words)] = words,
            }
        );
    }

    /// <summary>A page of what an actor's entries say, the newest first, and before which entry the next page is.</summary>
    private async Task<(IReadOnlyList<(long Number, T Event)> Events, long? Older)> HistoryAsync<T>(
        string stream,
        long? before,
        Func<object, IEnumerable<T>> eventsOf,
        CancellationToken cancel
    )
    {
        // Entries without any of these are passed over, but not without end.
        var (events, most) = (new List<(long, T)>(), 20 * ViewFrame.Rows);
        var read = 0;
        while (true)
        {
            var page = await readings.PageOfAsync(stream, before, ViewFrame.Rows, cancel);
            foreach (var (number, entry) in page.Entries)
            {
                events.AddRange(eventsOf(entry).Select(one => (number, one)));
                if (events.Count >= ViewFrame.Rows || ++read >= most)
                    return (events, page.HasOlder || number != page.Entries[^1].Number ? number : null);
            }

            if (!page.HasOlder)
                return (events, null);
            before = page.Entries[^1].Number;
        }
    }
}
