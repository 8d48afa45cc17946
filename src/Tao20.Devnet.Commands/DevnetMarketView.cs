using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tao20.Actors.Arbitrage;
using Tao20.Node;

namespace Tao20.Devnet.Commands;

/// <summary>The market and those who keep its peg, as a person sees them while the devnet runs.</summary>
internal static class DevnetMarketView
{
    private const int BlocksShown = 90;
    private const double BarBasisPoints = 50;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    public static Rows Of(DevnetMarket market, IReadOnlyList<ArbitrageStatus> traders)
    {
        var spreads = market.Spreads.TakeLast(BlocksShown).ToList();
        var figures = market.Figures;
        var chart = new Rows(
            new Markup($"[green]{Line(spreads, spread => spread)}[/]  above NAV"),
            new Markup($"[red]{Line(spreads, spread => -spread)}[/]  below NAV"),
            new Markup(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"now [bold]{(spreads.Count > 0 ? spreads[^1] / 100 : 0):+0.00;-0.00} %[/], on average "
                        + $"{figures.MeanAbs / 100:0.00} %, at most {figures.MaxAbs / 100:0.00} %; a step is {BarBasisPoints / 100:0.0} %"
                )
            )
        );
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumns("keeps the peg", "state", "TAO", "TAO20", "profit", "trades", "failed", "why it holds");
        foreach (var trader in traders)
        {
            var (books, totals) = (trader.State.Inventory, trader.State.Totals);
            table.AddRow(
                $"{trader.Account.ToString()[..8]}..{trader.Account.ToString()[^4..]}",
                trader.Doing.ToString(),
                FixedPoint.Tao(books.Tao.ToString(), 18),
                FixedPoint.Tao(books.Tokens.ToString(), 18),
                FixedPoint.Tao(totals.Profit.ToString(), 18),
                $"{totals.Confirmed}",
                $"{totals.Failed + totals.Expired}",
                Markup.Escape(trader.Why ?? "")
            );
        }

        return new Rows((IRenderable)new Panel(chart).Header(" The market against NAV ").Expand(), table);
    }

    private static string Line(IReadOnlyList<double> spreads, Func<double, double> height) =>
        string.Concat(spreads.Select(spread => Bars[Math.Clamp((int)Math.Ceiling(height(spread) / BarBasisPoints), 0, Bars.Length - 1)]));
}
