using System.Globalization;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Metrics;
using Tao20.Actors.Pricing;
using Tao20.Actors.Status;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Node.Http;

/// <summary>What a node does as a miner, as <c>/status</c> shows it. Amounts and 18-decimal figures are integer strings.</summary>
internal sealed record MarketDocument(
    FeedDocument Feed,
    TraderDocument Trader,
    StandingDocument Standing,
    TransactionsDocument? Transactions
)
{
    public static MarketDocument Of(MarketStatus market, NodeStatus status) =>
        new(
            FeedDocument.Of(market.Feed),
            TraderDocument.Of(market.Trader),
            StandingDocument.Of(market.Trader.Account, status),
            market.Sender is { } sender ? TransactionsDocument.Of(sender) : null
        );
}

/// <summary>What it trades by.</summary>
internal sealed record FeedDocument(
    string? Problem,
    double AgeSeconds,
    ulong? Block,
    ulong? Timestamp,
    string? Nav,
    string? Market,
    string? Spread,
    int? MarketsAgreeing,
    int? MarketsAsked,
    IReadOnlyList<RungDocument> Ladder,
    long PricesNoted,
    long GapsClosed,
    double? MeanSecondsToClose,
    IReadOnlyList<PriceDocument> History,
    IReadOnlyList<PriceDocument> Alerts
)
{
    public static FeedDocument Of(PriceFeedStatus feed) =>
        new(
            feed.Problem,
            Math.Round(feed.Age.TotalSeconds, 3),
            feed.Last?.Block,
            feed.Last?.Timestamp,
            feed.Last?.Nav.ToString(),
            feed.Last?.Market.Price.ToString(),
            feed.Last?.Spread.ToString(),
            feed.Last?.Market.Used,
            feed.Last?.Market.Of,
            [.. feed.Last?.Ladder.Select(RungDocument.Of) ?? []],
            feed.History.Noted,
            feed.History.Watch.Closed,
            feed.History.Watch.Closed == 0 ? null : Math.Round((double)feed.History.Watch.Seconds / feed.History.Watch.Closed, 1),
            [.. feed.History.Prices.Select(PriceDocument.Of)],
            [.. feed.History.Alerts.Select(PriceDocument.Of)]
        );
}

internal sealed record RungDocument(string SizeWei, string? MintProceedsWei, string? RedeemProceedsWei)
{
    public static RungDocument Of(LadderRung rung) =>
        new(rung.Size.ToString(), rung.Mint?.Proceeds.ToString(), rung.Redeem?.Proceeds.ToString());
}

internal sealed record PriceDocument(ulong Block, ulong Timestamp, string Nav, string Market, string Spread, string? Alert)
{
    public static PriceDocument Of(PriceNoted noted) =>
        new(noted.Block, noted.Time, noted.Nav.ToString(), noted.Market.ToString(), noted.Spread.ToString(), noted.Alert);
}

/// <summary>What the trader does, and its books.</summary>
internal sealed record TraderDocument(
    string Account,
    string State,
    string? Why,
    bool DryRun,
    bool Unwinding,
    IReadOnlyList<BreakerDocument> Breakers,
    OpenTradeDocument? Open,
    InventoryDocument Inventory,
    TotalsDocument Totals,
    string ProfitOfDayWei,
    string VolumeOfHourWei,
    int FailuresInRow
)
{
    public static TraderDocument Of(ArbitrageStatus status) =>
        new(
            status.Account.ToString(),
            status.Doing.ToString(),
            status.Why,
            status.DryRun,
            status.State.Unwinding,
            [.. status.State.Breakers.Select(open => new BreakerDocument(open.Breaker.ToString(), open.Reason, open.Since, open.Until))],
            status.State.Open is { } open ? OpenTradeDocument.Of(open) : null,
            InventoryDocument.Of(status.State.Inventory),
            TotalsDocument.Of(status.State.Totals),
            status.State.ProfitOfDay(status.Now).ToString(),
            status.State.VolumeOfHour(status.Now).ToString(),
            status.State.FailuresInRow
        );
}

internal sealed record BreakerDocument(string Breaker, string Reason, ulong Since, ulong? Until);

internal sealed record OpenTradeDocument(
    long Number,
    string Kind,
    string Purpose,
    string SizeWei,
    string MinProceedsWei,
    ulong Deadline,
    ulong Block
)
{
    public static OpenTradeDocument Of(OpenTrade trade) =>
        new(
            trade.Number,
            trade.Proposal.Kind.ToString(),
            trade.Proposal.Purpose.ToString(),
            trade.Proposal.Size.ToString(),
            trade.Proposal.MinProceeds.ToString(),
            trade.Proposal.Deadline,
            trade.Block
        );
}

internal sealed record InventoryDocument(string TaoWei, string TokensWei, string CostWei)
{
    public static InventoryDocument Of(Inventory inventory) =>
        new(inventory.Tao.ToString(), inventory.Tokens.ToString(), inventory.Cost.ToString());
}

internal sealed record TotalsDocument(
    long Confirmed,
    long Failed,
    long Expired,
    long Missed,
    string SuccessRate,
    string MintedWei,
    string RedeemedWei,
    string GasWei,
    string ProfitWei,
    string DepositedTaoWei,
    string DepositedCostWei
)
{
    public static TotalsDocument Of(TradingTotals totals) =>
        new(
            totals.Confirmed,
            totals.Failed,
            totals.Expired,
            totals.Missed,
            ArbitrageMetrics.SuccessRate(totals).ToString("0.0000", CultureInfo.InvariantCulture),
            totals.Minted.ToString(),
            totals.Redeemed.ToString(),
            totals.Gas.ToString(),
            totals.Profit.ToString(),
            totals.DepositedTao.ToString(),
            totals.DepositedCost.ToString()
        );
}

/// <summary>
/// Where the miner stands among all, by the same rules as a validator's: if the open epoch ended now, and in the last that has.
/// </summary>
internal sealed record StandingDocument(
    int? RankNow,
    string? ScoreNow,
    string? ExpectedPayoutRao,
    string? Tier,
    ulong? LastEpoch,
    int? LastRank,
    string? LastPayoutRao
)
{
    public static StandingDocument Of(Address account, NodeStatus status)
    {
        var now = status.Ranking.Ranked.FirstOrDefault(ranked => ranked.Miner == account);
        var expected = status.Expected.FirstOrDefault(payout => payout.Miner.Miner == account);
        var last = status.Settled.Recent.LastOrDefault();
        var paid = last?.Rewards.Payouts.FirstOrDefault(payout => payout.Miner.Miner == account);
        return new StandingDocument(
            now?.Rank,
            now?.Score.Final.ToString(),
            expected?.Payout.ToString(),
            expected?.Tier.ToString(),
            last?.Closed.Epoch.Value,
            paid?.Miner.Rank,
            paid?.Payout.ToString()
        );
    }
}
