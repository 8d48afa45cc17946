using System.Globalization;
using System.Numerics;
using Tao20.Actors.Arbitrage;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>How far the market was from NAV, with the miners and without, in basis points of NAV.</summary>
internal sealed record PegSummary(
    double MeanAbsSpreadBps,
    double MaxAbsSpreadBps,
    double WithoutArbitrageMeanAbsSpreadBps,
    double WithoutArbitrageMaxAbsSpreadBps,
    int Blocks
)
{
    public static PegSummary Of(PegFigures with, PegFigures without) =>
        new(
            Math.Round(with.MeanAbs, 2),
            Math.Round(with.MaxAbs, 2),
            Math.Round(without.MeanAbs, 2),
            Math.Round(without.MaxAbs, 2),
            with.Blocks
        );
}

/// <summary>Whether anything was made or lost: what all own before the first trade and at the end.</summary>
internal sealed record ConservationSummary(
    string TaoBeforeWei,
    string TaoAfterWei,
    string BurnedWei,
    string TokensWei,
    string SupplyWei,
    bool Exact
)
{
    public static ConservationSummary Of(Conservation before, Conservation after, BigInteger burned) =>
        new(
            before.Tao.ToString(CultureInfo.InvariantCulture),
            after.Tao.ToString(CultureInfo.InvariantCulture),
            burned.ToString(CultureInfo.InvariantCulture),
            after.Tokens.ToString(CultureInfo.InvariantCulture),
            after.Supply.ToString(CultureInfo.InvariantCulture),
            before.Tao == after.Tao + burned && after.Tokens == after.Supply
        );
}

/// <summary>What the miners of a devnet earned, and what everyone owns in the end.</summary>
internal sealed record TradingSummary(
    IReadOnlyDictionary<Address, TradingMiner> Miners,
    ConservationSummary Conservation,
    IReadOnlyList<FaultDocument> Faults
)
{
    /// <summary>The books are right, and nothing was made or lost.</summary>
    public bool Right => Conservation.Exact && Miners.Values.All(miner => miner.Right);

    public static async Task<TradingSummary> CollectAsync(DevnetMarket market, IReadOnlyList<Address> others, CancellationToken cancel)
    {
        var (before, after, burned) = await market.CountAsync(others, cancel);
        var statuses = await market.StatusesAsync(cancel);
        var miners = new Dictionary<Address, TradingMiner>();
        foreach (var status in statuses.Select(status => status.Market!))
        {
            // The node shows no account's existential deposit.
            var (tao, tokens) = after.BalanceOf(status.Trader.Account);
            var shown = (tao - SubtensorMock.ExistentialDepositWei, tokens);
            miners[status.Trader.Account] = TradingMiner.Of(status.Trader, status.Feed.Last?.Nav, shown);
        }

        return new TradingSummary(
            miners,
            ConservationSummary.Of(before, after, burned),
            [.. statuses.SelectMany(one => FaultDocument.AllOf(one.Faults))]
        );
    }
}

/// <summary>What one miner earned: its books, and what the chain says it owns.</summary>
/// <param name="ProfitWei">Realised profit, gas taken off.</param>
/// <param name="InventoryWei">All it owns, in TAO: its tokens at NAV.</param>
/// <param name="TaoWei">TAO in its books.</param>
/// <param name="TokensWei">TAO20 in its books.</param>
/// <param name="Confirmed">Trades that did what they were for.</param>
/// <param name="Failed">Trades that did not: reverted, refused or expired.</param>
/// <param name="Missed">Trades that others did first.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Right">Whether its books equal its balances, and nothing but its capital has come from outside.</param>
internal sealed record TradingMiner(
    string ProfitWei,
    string InventoryWei,
    string TaoWei,
    string TokensWei,
    long Confirmed,
    long Failed,
    long Missed,
    string State,
    bool Right
)
{
    public static TradingMiner Of(ArbitrageStatus trader, TaoPerToken? nav, (BigInteger Tao, BigInteger Tokens) owned)
    {
        var (books, totals) = (trader.State.Inventory, trader.State.Totals);
        var capital = (BigInteger)PegMarket.ArbitrageurTao * Wei.OneTao.Value - SubtensorMock.ExistentialDepositWei;
        return new TradingMiner(
            totals.Profit.ToString(),
            (books.Tao.Value + (BigInteger)books.Tokens.Value * (nav?.Value ?? 0) / Ratio.Scale).ToString(CultureInfo.InvariantCulture),
            books.Tao.ToString(),
            books.Tokens.ToString(),
            totals.Confirmed,
            totals.Failed + totals.Expired,
            totals.Missed,
            trader.Doing.ToString(),
            books.Tao.Value == owned.Tao
                && books.Tokens.Value == owned.Tokens
                && (BigInteger)totals.DepositedTao.Value == capital
                && totals.DepositedCost == WeiDelta.Zero
        );
    }
}
