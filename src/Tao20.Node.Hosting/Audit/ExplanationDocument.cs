using System.Globalization;
using System.Text.Json.Serialization;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>A trade, and why it counts as it does.</summary>
/// <param name="Position">Block and log.</param>
/// <param name="Transaction">Its transaction.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
/// <param name="Side">Mint or redemption.</param>
/// <param name="Value">What it was worth, in TAO wei.</param>
/// <param name="Tokens">How many tokens, in wei.</param>
/// <param name="Verdict">What it counts as.</param>
/// <param name="Rule">By which rule, with the numbers put in.</param>
/// <param name="Mint">By how much it has moved what mints count, in TAO wei.</param>
/// <param name="Redeem">By how much it has moved what redemptions count, in TAO wei.</param>
internal sealed record ExplainedTradeDocument(
    string Position,
    string Transaction,
    ulong Timestamp,
    string Side,
    string Value,
    string Tokens,
    string Verdict,
    string Rule,
    string Mint,
    string Redeem
)
{
    /// <summary>A trade as it is told.</summary>
    public static ExplainedTradeDocument Of(ExplainedTrade one) =>
        new(
            one.Trade.Position.ToString(),
            one.Trade.TxHash.ToString(),
            one.Trade.Timestamp,
            one.Trade.Side.ToString(),
            one.Trade.Value.ToString(),
            one.Trade.Tokens.ToString(),
            one.Verdict.Kind.ToString(),
            one.Rule,
            one.Mint.ToString(),
            one.Redeem.ToString()
        );
}

/// <summary>How a miner's trades of an epoch have become its pay.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Miner">The miner.</param>
/// <param name="Trades">Its trades of the epoch; what they move adds up to what the epoch counts.</param>
/// <param name="MintEligible">What its mints count, in TAO wei.</param>
/// <param name="RedeemEligible">What its redemptions count, in TAO wei.</param>
/// <param name="Rank">Its place; null where it has none.</param>
/// <param name="Payout">What it is paid, in rao.</param>
/// <param name="Steps">From the volume to the pay: each rule with the numbers put in.</param>
/// <param name="RankingRoot">The ranking root of the epoch.</param>
/// <param name="Proof">What proves its place by that root; null where it has none.</param>
internal sealed record ExplanationDocument(
    ulong Epoch,
    string Miner,
    IReadOnlyList<ExplainedTradeDocument> Trades,
    string MintEligible,
    string RedeemEligible,
    int? Rank,
    string Payout,
    IReadOnlyList<ExplainedStep> Steps,
    string RankingRoot,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PlaceProof? Proof
)
{
    /// <summary>Reads the history and explains an epoch.</summary>
    /// <exception cref="NodeException">The epoch has not ended, or what is needed is no longer there.</exception>
    public static async Task<ExplanationDocument> ReadAsync(AuditHistory history, Address miner, EpochId epoch, CancellationToken cancel)
    {
        await history.BeginAsync(cancel);
        var trades = new List<Trade>();
        var report = default(EpochReport);
        var replay = new HistoryReplay(history.Schedule, history.Registry is not null, Keccak.Hash)
        {
            Folded = (of, folded) => trades.AddRange(of == miner ? folded.ToArray() : []),
            Settled = settled => report = settled.Closed.Epoch == epoch ? settled : report,
        };
        await history.FeedAsync([replay], cancel);
        return report is null
            ? throw new NodeException(
                ExitCodes.Failed,
                $"--epoch = {epoch} has not ended up to block {replay.LastBlock?.Number ?? 0} of {history.Where}: give an earlier one."
            )
            : Of(ScoreExplanation.Of(report, miner, trades.Where(trade => trade.Epoch.Value <= epoch.Value), replay.Schedule, Keccak.Hash));
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Epoch {Epoch}, {Miner}: {Trades.Count} trades";
        foreach (var trade in Trades)
            yield return $"  {trade.Position} {Time(trade.Timestamp)} {trade.Side} of {trade.Value} wei: {trade.Rule}; mints "
                + $"{Signed(trade.Mint)}, "
                + $"redemptions {Signed(trade.Redeem)}";
        foreach (var step in Steps)
            yield return $"  {step.Rule}: {step.Formula} = {step.Value}";
        yield return $"  ranking root {RankingRoot}";
        foreach (var line in Proof?.Lines() ?? [])
            yield return line;
    }

    private static ExplanationDocument Of(ScoreExplanation one) =>
        new(
            one.Report.Closed.Epoch.Value,
            one.Miner.ToString(),
            [.. one.Trades.Select(ExplainedTradeDocument.Of)],
            one.Volume.MintEligible.ToString(CultureInfo.InvariantCulture),
            one.Volume.RedeemEligible.ToString(CultureInfo.InvariantCulture),
            one.Payout?.Miner.Rank,
            one.Payout?.Payout.ToString() ?? "0",
            one.Steps,
            one.Report.RankingRoot.ToString(),
            one.Payout is null ? null : PlaceProof.Of(one.Report, one.Miner)
        );

    private static string Time(ulong seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Signed(string number) => number.StartsWith('-') || number == "0" ? number : $"+{number}";
}
