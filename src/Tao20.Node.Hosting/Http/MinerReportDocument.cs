using System.Globalization;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Node.Http;

/// <summary>A miner's report as JSON. Amounts are integer strings in wei, times are Unix seconds of the chain.</summary>
internal sealed record MinerReportDocument(
    string Account,
    ulong? From,
    ulong? To,
    string ProfitWei,
    string GasWei,
    string MintedWei,
    string RedeemedWei,
    int Confirmed,
    int Failed,
    int Expired,
    int Missed,
    string SuccessRate,
    InventoryDocument Before,
    InventoryDocument After,
    string DepositedTaoWei,
    IReadOnlyList<ReportedEpochDocument> Epochs,
    IReadOnlyList<ReportedTradeDocument> Trades,
    IReadOnlyList<MoveDocument> Moves,
    IReadOnlyList<BreakerDocument> Stops
)
{
    public static MinerReportDocument Of(string account, MinerReport report, IReadOnlyDictionary<EpochId, EpochReport> settled) =>
        new(
            account,
            report.From > 0 ? report.From : null,
            report.To < ulong.MaxValue ? report.To : null,
            report.Profit.ToString(),
            report.Gas.ToString(),
            report.Minted.ToString(),
            report.Redeemed.ToString(),
            report.Count(TradeOutcome.Confirmed),
            report.Count(TradeOutcome.Failed),
            report.Count(TradeOutcome.Expired),
            report.Count(TradeOutcome.Missed),
            SuccessRateOf(report),
            InventoryDocument.Of(report.Before.Inventory),
            InventoryDocument.Of(report.After.Inventory),
            (report.After.Totals.DepositedTao - report.Before.Totals.DepositedTao).ToString(),
            [.. report.Epochs.Select(epoch => ReportedEpochDocument.Of(epoch, PayoutOf(account, epoch.Epoch, settled)))],
            [.. report.Trades.Select(ReportedTradeDocument.Of)],
            [.. report.Moves.Select(moved => new MoveDocument(moved.Time, moved.Block, moved.Tao.ToString(), moved.Tokens.ToString()))],
            [.. report.Stops.Select(stop => new BreakerDocument(stop.Breaker.ToString(), stop.Reason, stop.Since, stop.Until))]
        );

    /// <summary>What an account was paid for an epoch; null when it was not ranked in it, or the epoch is not settled.</summary>
    public static MinerPayout? PayoutOf(string account, EpochId epoch, IReadOnlyDictionary<EpochId, EpochReport> settled) =>
        settled.GetValueOrDefault(epoch)?.Rewards.Payouts.FirstOrDefault(payout => payout.Miner.Miner.ToString() == account);

    /// <summary>Part of the trades that were sent and did what they were for.</summary>
    public static string SuccessRateOf(MinerReport report)
    {
        var sent = report.Trades.Count(trade => trade.Result.Outcome != TradeOutcome.Missed);
        return (sent == 0 ? 1 : (double)report.Count(TradeOutcome.Confirmed) / sent).ToString("0.0000", CultureInfo.InvariantCulture);
    }
}

internal sealed record ReportedEpochDocument(
    ulong Epoch,
    long Trades,
    string MintedWei,
    string RedeemedWei,
    string ProfitWei,
    int? Rank,
    string? Tier,
    string? PayoutRao
)
{
    public static ReportedEpochDocument Of(ReportedEpoch epoch, MinerPayout? paid) =>
        new(
            epoch.Epoch.Value,
            epoch.Trades,
            epoch.Minted.ToString(),
            epoch.Redeemed.ToString(),
            epoch.Profit.ToString(),
            paid?.Miner.Rank,
            paid?.Tier.ToString(),
            paid?.Payout.ToString()
        );
}

internal sealed record ReportedTradeDocument(
    long Number,
    ulong Time,
    ulong Block,
    ulong Epoch,
    string Kind,
    string Purpose,
    string Outcome,
    string SizeWei,
    string TaoWei,
    string TokensWei,
    string GasWei,
    string VolumeWei,
    string ProfitWei,
    string? Reason
)
{
    public static ReportedTradeDocument Of(ReportedTrade reported) =>
        new(
            reported.Trade.Number,
            reported.Result.Time,
            reported.Result.Block,
            reported.Result.Epoch.Value,
            reported.Trade.Proposal.Kind.ToString(),
            reported.Trade.Proposal.Purpose.ToString(),
            reported.Result.Outcome.ToString(),
            reported.Trade.Proposal.Size.ToString(),
            reported.Result.Tao.ToString(),
            reported.Result.Tokens.ToString(),
            reported.Result.Gas.ToString(),
            reported.Result.Volume.ToString(),
            reported.Profit.ToString(),
            reported.Result.Reason
        );
}

/// <summary>What came or went from outside.</summary>
internal sealed record MoveDocument(ulong Time, ulong Block, string TaoWei, string TokensWei);
