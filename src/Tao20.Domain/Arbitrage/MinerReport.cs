using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>A trade that is over, as a report shows it.</summary>
/// <param name="Trade">The trade.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Profit">What it realised, gas taken off.</param>
public sealed record ReportedTrade(OpenTrade Trade, TradeResult Result, WeiDelta Profit);

/// <summary>One side of an epoch's trading.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Minted">TAO minted with, as the contract counts it.</param>
/// <param name="Redeemed">TAO redeemed, as the contract counts it.</param>
/// <param name="Trades">Trades that did what they were for.</param>
/// <param name="Profit">Realised, gas taken off.</param>
public sealed record ReportedEpoch(EpochId Epoch, Wei Minted, Wei Redeemed, long Trades, WeiDelta Profit);

/// <summary>What an account did in a time, replayed from its events.</summary>
/// <param name="From">The first moment, in Unix seconds.</param>
/// <param name="To">The moment after the last, in Unix seconds.</param>
/// <param name="Before">The account at the beginning.</param>
/// <param name="After">The account at the end.</param>
/// <param name="Trades">The trades that ended in it, in order.</param>
/// <param name="Moves">What came and went from outside, in order.</param>
/// <param name="Stops">Breakers that opened, in order.</param>
public sealed record MinerReport(
    ulong From,
    ulong To,
    ArbitrageState Before,
    ArbitrageState After,
    ImmutableList<ReportedTrade> Trades,
    ImmutableList<ArbitrageEvent.BalancesMoved> Moves,
    ImmutableList<OpenBreaker> Stops
)
{
    /// <summary>Realised, gas taken off.</summary>
    public WeiDelta Profit => After.Totals.Profit - Before.Totals.Profit;

    /// <summary>Paid for gas.</summary>
    public Wei Gas => Wei.From(After.Totals.Gas.Value - Before.Totals.Gas.Value);

    /// <summary>TAO minted with, as the contract counts it.</summary>
    public Wei Minted => Wei.From(After.Totals.Minted.Value - Before.Totals.Minted.Value);

    /// <summary>TAO redeemed, as the contract counts it.</summary>
    public Wei Redeemed => Wei.From(After.Totals.Redeemed.Value - Before.Totals.Redeemed.Value);

    /// <summary>How many trades ended in a way.</summary>
    public int Count(TradeOutcome outcome) => Trades.Count(trade => trade.Result.Outcome == outcome);

    /// <summary>The epochs that were traded in, in order.</summary>
    public IReadOnlyList<ReportedEpoch> Epochs =>
        [
            .. Trades
                .GroupBy(trade => trade.Result.Epoch)
                .OrderBy(group => group.Key)
                .Select(group => new ReportedEpoch(
                    group.Key,
                    Sum(group.Where(trade => trade.Trade.Proposal.Kind == TradeKind.MintAndSell)),
                    Sum(group.Where(trade => trade.Trade.Proposal.Kind is TradeKind.BuyAndRedeem or TradeKind.RedeemTokens)),
                    group.LongCount(trade => trade.Result.Outcome == TradeOutcome.Confirmed),
                    group.Aggregate(WeiDelta.Zero, (sum, trade) => sum + trade.Profit)
                )),
        ];

    /// <summary>The report of a time.</summary>
    /// <param name="events">All events of the account, in order.</param>
    /// <param name="from">The first moment, in Unix seconds of the chain.</param>
    /// <param name="to">The moment after the last.</param>
    public static MinerReport Of(IEnumerable<ArbitrageEvent> events, ulong from, ulong to)
    {
        var (state, time) = (ArbitrageState.Initial, 0UL);
        var report = new MinerReport(from, to, state, state, [], [], []);
        foreach (var e in events)
        {
            var after = state.Evolve(e);

            // A balance at a final block is older than what was decided at the head meanwhile; a report keeps the order of the books.
            time = Math.Max(time, TimeOf(e));
            report =
                time < from ? report with { Before = after, After = after }
                : time >= to ? report
                : e switch
                {
                    ArbitrageEvent.TradeClosed closed => report with
                    {
                        After = after,
                        Trades = report.Trades.Add(
                            new ReportedTrade(closed.Trade, closed.Result, after.Totals.Profit - state.Totals.Profit)
                        ),
                    },
                    ArbitrageEvent.BalancesMoved moved => report with { After = after, Moves = report.Moves.Add(moved) },
                    ArbitrageEvent.BreakerTripped tripped => report with { After = after, Stops = report.Stops.Add(tripped.Breaker) },
                    _ => report with { After = after },
                };
            state = after;
        }

        return report;
    }

    private static Wei Sum(IEnumerable<ReportedTrade> trades) => trades.Aggregate(Wei.Zero, (sum, trade) => sum + trade.Result.Volume);

    private static ulong TimeOf(ArbitrageEvent e) =>
        e switch
        {
            ArbitrageEvent.BalancesMoved moved => moved.Time,
            ArbitrageEvent.TradeOpened opened => opened.Trade.Time,
            ArbitrageEvent.StepsPlanned => 0,
            ArbitrageEvent.TradeClosed closed => closed.Result.Time,
            ArbitrageEvent.BreakerTripped tripped => tripped.Breaker.Since,
            ArbitrageEvent.BreakerCleared cleared => cleared.Time,
            ArbitrageEvent.UnwindBegan began => began.Time,
            ArbitrageEvent.UnwindEnded ended => ended.Time,
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of an account.", nameof(e)),
        };
}
