using System.Diagnostics.Metrics;
using Tao20.Domain.Arbitrage;

namespace Tao20.Actors.Metrics;

/// <summary>What a miner earns and how fast it reacts; part of the meter of <see cref="PipelineMetrics"/>.</summary>
public sealed class ArbitrageMetrics
{
    private const double WeiPerTao = 1e18;
    private const double BasisPoints = 10_000;
    private readonly Counter<long> _trades;
    private readonly Counter<long> _ticks;
    private readonly Counter<long> _alerts;
    private readonly Histogram<double> _read;
    private readonly Histogram<double> _signed;
    private readonly Histogram<double> _response;
    private readonly Histogram<double> _decision;
    private ArbitrageState? _state;
    private NavTick? _tick;
    private SpreadWatch _watch;

    internal ArbitrageMetrics(Meter meter)
    {
        _trades = meter.CreateCounter<long>(
            "tao20.arbitrage.trades",
            "{trade}",
            "Trades closed since the start, by kind, purpose and outcome"
        );
        _ticks = meter.CreateCounter<long>("tao20.market.ticks", "{tick}", "Ticks since the start");
        _alerts = meter.CreateCounter<long>("tao20.market.alerts", "{alert}", "Alerts since the start, by kind");
        _read = meter.CreateHistogram<double>("tao20.market.read", "ms", "From hearing of a block to the tick read at it");
        _signed = meter.CreateHistogram<double>(
            "tao20.arbitrage.signed",
            "ms",
            "From hearing of a block to the signed bytes of the trade it led to, in the journal"
        );
        _response = meter.CreateHistogram<double>(
            "tao20.arbitrage.response",
            "ms",
            "From hearing of a block to the broadcast of the trade it led to"
        );
        _decision = meter.CreateHistogram<double>("tao20.arbitrage.decision", "ms", "How long a decision takes");
        meter.CreateObservableGauge("tao20.arbitrage.volume", Volumes, "{TAO}", "Volume of all time, by side");
        meter.CreateObservableGauge(
            "tao20.arbitrage.profit",
            () => Known(Tao(_state?.Totals.Profit.Value)),
            "{TAO}",
            "Realised profit of all time, gas taken off"
        );
        meter.CreateObservableGauge("tao20.arbitrage.gas", () => Known(Tao(_state?.Totals.Gas.Value)), "{TAO}", "Paid for gas in all time");
        meter.CreateObservableGauge(
            "tao20.arbitrage.success",
            () => Known(_state is { } state ? SuccessRate(state.Totals) : null),
            "1",
            "Part of the trades that were sent and did what they were for"
        );
        meter.CreateObservableGauge("tao20.arbitrage.inventory.tao", () => Known(Tao(_state?.Inventory.Tao.Value)), "{TAO}", "TAO owned");
        meter.CreateObservableGauge(
            "tao20.arbitrage.inventory.tokens",
            () => Known(Tao(_state?.Inventory.Tokens.Value)),
            "{TAO20}",
            "TAO20 owned"
        );
        meter.CreateObservableGauge(
            "tao20.arbitrage.stopped",
            () => _state?.Breakers.Select(open => new Measurement<int>(1, Tag("breaker", open.Breaker))) ?? [],
            "{breaker}",
            "Breakers that are open"
        );
        meter.CreateObservableGauge("tao20.market.nav", () => Known(Tao(_tick?.Nav.Value)), "{TAO}", "NAV of a token");
        meter.CreateObservableGauge(
            "tao20.market.price",
            () => Known(Tao(_tick?.Market.Price.Value)),
            "{TAO}",
            "The market's price of a token"
        );
        meter.CreateObservableGauge(
            "tao20.market.spread",
            () => Known(_tick is { } tick ? (double)tick.Spread.Value / WeiPerTao * BasisPoints : null),
            "{bp}",
            "How far the market is from NAV"
        );
        meter.CreateObservableGauge(
            "tao20.market.spread.closing",
            () => Known(_watch is { Closed: > 0 } watch ? (double)watch.Seconds / watch.Closed : null),
            "s",
            "Chain time a gap of 1 % takes to close to 0.5 %, on average"
        );
    }

    /// <summary>The last block whose tick was decided on, and whose trade, if it opened one, has left or come to nothing.</summary>
    public ulong HandledBlock { get; private set; }

    /// <summary>Part of the trades that were sent and did what they were for; 1 before the first.</summary>
    public static double SuccessRate(TradingTotals totals) =>
        totals.Confirmed + totals.Failed + totals.Expired is > 0 and var sent ? (double)totals.Confirmed / sent : 1;

    /// <summary>Counts a tick.</summary>
    public void Ticked(NavTick tick, TimeSpan read)
    {
        _read.Record(read.TotalMilliseconds);
        _tick = tick;
        _ticks.Add(1);
        if (tick.Move != Domain.Nav.NavMove.Calm)
            _alerts.Add(1, Tag("kind", $"nav-{tick.Move}".ToLowerInvariant()));
        if (!tick.Market.TradingPoolAgrees)
            _alerts.Add(1, Tag("kind", "market"));
    }

    /// <summary>Keeps how fast gaps close.</summary>
    public void Watched(SpreadWatch watch) => _watch = watch;

    /// <summary>Keeps the account to be looked at, and counts what has happened to it.</summary>
    public void Moved(IReadOnlyList<ArbitrageEvent> events, ArbitrageState state)
    {
        _state = state;
        foreach (var closed in events.OfType<ArbitrageEvent.TradeClosed>())
            _trades.Add(
                1,
                Tag("kind", closed.Trade.Proposal.Kind),
                Tag("purpose", closed.Trade.Proposal.Purpose),
                Tag("outcome", closed.Result.Outcome)
            );
    }

    /// <summary>Counts a decision.</summary>
    public void Decided(TimeSpan took) => _decision.Record(took.TotalMilliseconds);

    /// <summary>Counts a trade that is signed.</summary>
    public void Signed(TimeSpan took) => _signed.Record(took.TotalMilliseconds);

    /// <summary>Counts a trade that has left.</summary>
    public void Responded(TimeSpan took) => _response.Record(took.TotalMilliseconds);

    /// <summary>Notes that nothing more comes of a tick.</summary>
    public void Handled(ulong block) => HandledBlock = Math.Max(HandledBlock, block);

    private static double? Tao(Int128? wei) => (double?)wei / WeiPerTao;

    private static double? Tao(UInt128? wei) => (double?)wei / WeiPerTao;

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());

    /// <summary>A value that is known; no measurement at all while it is not: zero would be a lie.</summary>
    private static IEnumerable<Measurement<double>> Known(double? value, params KeyValuePair<string, object?>[] tags) =>
        value is { } known ? [new(known, tags)] : [];

    private IEnumerable<Measurement<double>> Volumes() =>
        [
            .. Known(Tao(_state?.Totals.Minted.Value), Tag("side", "mint")),
            .. Known(Tao(_state?.Totals.Redeemed.Value), Tag("side", "redeem")),
        ];
}
