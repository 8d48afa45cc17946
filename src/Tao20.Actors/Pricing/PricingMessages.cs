using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Actors.Pricing;

/// <summary>The registry key of the price feed.</summary>
public sealed class PriceFeedKey
{
    /// <summary>The actor's name, and its persistence id.</summary>
    public const string Name = "price-feed";
}

/// <summary>What the feed is configured with.</summary>
/// <param name="Sizes">The sizes that are quoted, ascending.</param>
/// <param name="PriorityFee">What is offered beside the base fee, in wei for a unit of gas.</param>
/// <param name="StaleAfter">How long no new block may come.</param>
/// <param name="MaxBlockAge">How old a block may be by this machine's clock; null for chains that keep their own time.</param>
public sealed record FeedSettings(IReadOnlyList<Wei> Sizes, BigInteger PriorityFee, TimeSpan StaleAfter, TimeSpan? MaxBlockAge);

/// <summary>A tick, published on the event stream.</summary>
/// <param name="Value">The tick.</param>
/// <param name="SeenAt">When its block was heard of, as a timestamp of the clock.</param>
public sealed record Tick(NavTick Value, long SeenAt);

/// <summary>The feed has nothing that can be traded by; published on the event stream.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Time">The chain's time as far as it is known, in Unix seconds.</param>
public sealed record FeedLost(string Reason, ulong Time);

/// <summary>What the market was at a block: persisted by the feed.</summary>
/// <param name="Block">The block.</param>
/// <param name="Time">Its time, in Unix seconds.</param>
/// <param name="Nav">NAV.</param>
/// <param name="Market">The market's price.</param>
/// <param name="Used">How many of the markets agreed.</param>
/// <param name="Of">How many were asked.</param>
/// <param name="Move">How far NAV had moved.</param>
/// <param name="Alert">What gave rise to an alert; null when nothing did.</param>
public sealed record PriceNoted(ulong Block, ulong Time, TaoPerToken Nav, TaoPerToken Market, int Used, int Of, NavMove Move, string? Alert)
{
    /// <summary>How far the market was from NAV, as a fraction of NAV.</summary>
    public Ratio Spread => Ratio.Of((BigInteger)Market.Value - Nav.Value, Nav.Value);
}

/// <summary>The latest prices and alerts: all of them are in the journal.</summary>
/// <param name="Prices">The latest prices, oldest first.</param>
/// <param name="Alerts">The latest alerts, oldest first.</param>
/// <param name="Noted">How many prices were ever noted.</param>
/// <param name="Watch">How fast the market has come back to NAV.</param>
public sealed record PriceHistory(ImmutableList<PriceNoted> Prices, ImmutableList<PriceNoted> Alerts, long Noted, SpreadWatch Watch)
{
    /// <summary>How many prices are remembered.</summary>
    public const int PricesKept = 300;

    /// <summary>How many alerts are remembered.</summary>
    public const int AlertsKept = 30;

    /// <summary>Nothing yet.</summary>
    public static readonly PriceHistory Empty = new([], [], 0, default);

    /// <summary>The history with one more price.</summary>
    public PriceHistory After(PriceNoted noted) =>
        new(
            Last(Prices, noted, PricesKept),
            noted.Alert is null ? Alerts : Last(Alerts, noted, AlertsKept),
            Noted + 1,
            Watch.After(noted.Spread, noted.Time)
        );

    private static ImmutableList<PriceNoted> Last(ImmutableList<PriceNoted> all, PriceNoted noted, int kept) =>
        all.Count >= kept ? all.RemoveAt(0).Add(noted) : all.Add(noted);
}

/// <summary>What is the market? Answered by <see cref="PriceFeedStatus"/>.</summary>
public sealed record GetPrices
{
    /// <summary>The query.</summary>
    public static readonly GetPrices Instance = new();
}

/// <summary>The market as the feed sees it.</summary>
/// <param name="Last">The latest tick; null before the first.</param>
/// <param name="Problem">Why nothing can be traded by; null when it can.</param>
/// <param name="Age">How long ago the latest tick's block was heard of.</param>
/// <param name="History">The latest prices.</param>
public sealed record PriceFeedStatus(NavTick? Last, string? Problem, TimeSpan Age, PriceHistory History);
