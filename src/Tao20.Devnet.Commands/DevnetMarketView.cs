using System.Globalization;
using Spectre.Console;
using Tao20.Actors.Arbitrage;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Node;

namespace Tao20.Devnet.Commands;

/// <summary>The market and those who keep its peg, as a person sees them while the devnet runs.</summary>
internal static class DevnetMarketView
{
    private const int BlocksShown = 90;
    private const double BarBasisPoints = 50;
    private const string Above = "  above NAV";
    private const string Below = "  below NAV";
    private const string Bars = " ▁▂▃▄▅▆▇█";

    /// <summary>The market's distance from NAV, block by block.</summary>
    public static PicturePart Chart(DevnetMarket market)
    {
        var spreads = market.Spreads;
        var figures = market.Figures;
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"The market is {(spreads.Count > 0 ? spreads[^1] / 100 : 0):+0.00;-0.00} % off NAV, on average "
                + $"{figures.MeanAbs / 100:0.00} %, at most {figures.MaxAbs / 100:0.00} %"
        );
        return new PicturePart(
            "market",
            words,
            1,
            (width, _) =>
            {
                var shown = spreads.TakeLast(Math.Clamp(width - Above.Length, 1, BlocksShown)).ToList();
                return new Rows(
                    new Text(Words.Cut(words, width), new Style(decoration: Decoration.Bold)),
                    new Text(Words.Cut(Line(shown, spread => spread) + Above, width), new Style(Color.Green)),
                    new Text(Words.Cut(Line(shown, spread => -spread) + Below, width), new Style(Color.Red))
                );
            }
        );
    }

    /// <summary>Those who keep the peg.</summary>
    public static PicturePart Traders(IReadOnlyList<ArbitrageStatus> traders)
    {
        var table = new FittedTable(
            ("keeps the peg", ColumnKind.Address),
            ("state", ColumnKind.Kept),
            ("profit", ColumnKind.Kept),
            ("TAO", ColumnKind.Spare),
            ("TAO20", ColumnKind.Spare),
            ("trades", ColumnKind.Spare),
            ("failed", ColumnKind.Spare),
            ("why it holds", ColumnKind.Words)
        );
        foreach (var trader in traders)
        {
            var (books, totals) = (trader.State.Inventory, trader.State.Totals);
            table.AddRow(
                trader.Account.ToString(),
                trader.Doing.ToString(),
                FixedPoint.Tao(totals.Profit.ToString(), 18),
                FixedPoint.Tao(books.Tao.ToString(), 18),
                FixedPoint.Tao(books.Tokens.ToString(), 18),
                $"{totals.Confirmed}",
                $"{totals.Failed + totals.Expired}",
                trader.Why ?? ""
            );
        }

        var confirmed = traders.Sum(trader => trader.State.Totals.Confirmed);
        return DevnetParts.Table("traders", "Who keeps the peg", $"{traders.Count} keep the peg, by {confirmed} trades", table);
    }

    private static string Line(IReadOnlyList<double> spreads, Func<double, double> height) =>
        string.Concat(spreads.Select(spread => Bars[Math.Clamp((int)Math.Ceiling(height(spread) / BarBasisPoints), 0, Bars.Length - 1)]));
}
