using Tao20.Domain.Arbitrage;
using Tao20.Domain.Checks;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>What stops a miner and what lets it go on.</summary>
[Trait("Category", "Fast")]
public sealed class ArbitrageDeciderTests
{
    private static readonly ArbitrageState Owner = Rich;
    private static readonly NavTick Pays = Quiet().With(TradeKind.MintAndSell, (1_000, 1_020));

    [Fact]
    public void A_feed_that_falls_silent_stops_it_until_the_next_tick()
    {
        var stale = Owner.After(ArbitrageDecider.OnFeedLost(Owner, "no block for 300 s", Start));
        Assert.Equal("FeedStale: no block for 300 s", ArbitrageStrategy.Decide(stale, Pays, Rules).Reason());
        Assert.Empty(ArbitrageDecider.OnFeedLost(stale, "no block for 300 s", Start));
        var (events, _) = ArbitrageDecider.OnTick(stale, Pays, Rules, Given.Open);
        Assert.Equal([typeof(ArbitrageEvent.BreakerCleared), typeof(ArbitrageEvent.TradeOpened)], events.Select(e => e.GetType()));
    }

    [Fact]
    public void A_move_of_nav_by_4_percent_stops_it_for_a_minute_after_the_last_one()
    {
        var (events, hold) = ArbitrageDecider.OnTick(Owner, Pays with { Move = NavMove.Alert }, Rules, Given.Open);
        Assert.Equal("NavAlert: NAV has moved by 4 % or more between two ticks", hold);
        var stopped = Owner.After(events);
        Assert.NotNull(ArbitrageDecider.OnTick(stopped, Pays with { Timestamp = Start + 59 }, Rules, Given.Open).Hold);
        Assert.Null(ArbitrageDecider.OnTick(stopped, Pays with { Timestamp = Start + 60 }, Rules, Given.Open).Hold);
        Assert.NotNull(
            ArbitrageDecider.OnTick(stopped, Pays with { Timestamp = Start + 60, Move = NavMove.Alert }, Rules, Given.Open).Hold
        );
    }

    [Fact]
    public void What_the_check_of_the_chain_has_switched_off_is_not_begun_and_anything_else_is()
    {
        var (events, hold) = ArbitrageDecider.OnTick(Owner, Pays, Rules, Off(ChainAction.Mint));
        Assert.Empty(events);
        Assert.EndsWith("waits: Mint is off: the minimum is not known", hold, StringComparison.Ordinal);
        Assert.NotNull(ArbitrageDecider.OnTick(Owner, Pays, Rules, Off(ChainAction.Market)).Hold);
        Assert.Null(ArbitrageDecider.OnTick(Owner, Pays, Rules, Off(ChainAction.Redeem)).Hold);
        Assert.All(Enum.GetValues<TradeKind>(), kind => Assert.NotEmpty(TradeActions.Of(kind)));

        static Func<ChainAction, string?> Off(ChainAction off) => action => action == off ? "the minimum is not known" : null;
    }

    [Fact]
    public void A_pool_that_is_far_from_the_other_markets_is_not_traded_in() =>
        Assert.Equal(
            "NavAlert: the pool traded in is more than 10 % off the median of 3 markets",
            ArbitrageDecider.OnTick(Owner, Pays with { Market = new MarketPrice(Price(1_000), 2, 3, false) }, Rules, Given.Open).Hold
        );

    [Fact]
    public void Three_failures_in_a_row_make_it_back_off_1_2_4_minutes_up_to_30()
    {
        var state = Owner;
        var (now, pauses) = (0, new List<ulong>());
        for (var i = 0; i < 9; i++)
        {
            state = Opened(state, now);
            state = state.Closed(Result(TradeOutcome.Failed, -1, now, "reverted"));
            var until = state.Stopped(Breaker.Failures)?.Until ?? Start + (ulong)now;
            pauses.Add((until - Start - (ulong)now) / 60);
            now = (int)(until - Start) + 10;
        }

        Assert.Equal([0UL, 0, 1, 2, 4, 8, 16, 30, 30], pauses);
        state = Opened(state, now);
        state = state.Closed(Result(TradeOutcome.Confirmed, 1, now));
        Assert.Equal(0, state.FailuresInRow);
    }

    [Fact]
    public void A_race_that_is_lost_before_anything_is_signed_is_no_failure()
    {
        var state = Owner;
        for (var i = 0; i < 10; i++)
        {
            state = Opened(state, 10 * i);
            state = state.Closed(Result(TradeOutcome.Missed, 0, 10 * i, "someone was faster"));
        }

        Assert.Empty(state.Breakers);
        Assert.Equal((10, 0), (state.Totals.Missed, state.Totals.Failed));
    }

    [Fact]
    public void A_loss_of_1_tao_in_24_hours_stops_it_until_an_operator_resumes_and_is_then_forgiven()
    {
        var state = Owner;
        for (var hour = 0; hour < 3; hour++)
        {
            Assert.Null(state.Stopped(Breaker.DailyLoss));
            state = Opened(state, 3_600 * hour);
            state = state.Closed(Result(TradeOutcome.Confirmed, -334, 3_600 * hour));
        }

        var loss = Assert.Single(state.Breakers);
        Assert.Equal((Breaker.DailyLoss, null), (loss.Breaker, loss.Until));
        Assert.Contains("1002000000000000000 wei were lost in 24 hours", loss.Reason, StringComparison.Ordinal);
        Assert.NotNull(ArbitrageDecider.OnTick(state, Pays with { Timestamp = Start + 48 * 3_600 }, Rules, Given.Open).Hold);

        state = state.After(ArbitrageDecider.Resume(state, Start + 10_000));
        Assert.Empty(state.Breakers);
        state = Opened(state, 10_010);
        state = state.Closed(Result(TradeOutcome.Confirmed, -334, 10_010));
        Assert.Empty(state.Breakers);
        Assert.Equal(new WeiDelta((Int128)Milli * -1_336), state.ProfitOfDay(Start + 10_010));
    }

    [Fact]
    public void An_operator_pauses_and_resumes_it()
    {
        var paused = Owner.After(ArbitrageDecider.Pause(Owner, Start));
        Assert.Equal("Paused: an operator has paused it", ArbitrageDecider.OnTick(paused, Pays, Rules, Given.Open).Hold);
        Assert.Empty(ArbitrageDecider.Pause(paused, Start));
        Assert.Null(ArbitrageDecider.OnTick(paused.After(ArbitrageDecider.Resume(paused, Start)), Pays, Rules, Given.Open).Hold);
    }

    [Fact]
    public void A_balance_that_no_trade_has_moved_is_booked_as_moved_from_outside()
    {
        var balances = new AccountBalances(7, Start, Amount(5_000), Amount(2_000), Price(1_100));
        var moved = Assert.IsType<ArbitrageEvent.BalancesMoved>(
            Assert.Single(ArbitrageDecider.OnBalances(ArbitrageState.Initial, balances))
        );
        var state = ArbitrageState.Initial.After([moved]);
        Assert.Equal(new Inventory(Amount(5_000), Amount(2_000), Amount(2_200)), state.Inventory);
        Assert.Equal(WeiDelta.Zero, state.Totals.Profit);
        Assert.Empty(ArbitrageDecider.OnBalances(state, balances));
    }

    [Fact]
    public void What_moved_from_outside_while_a_trade_was_on_its_way_is_booked_around_it()
    {
        // Nothing is in the books yet; 5 TAO came, a trade spent 2 of gas and lost, and 3 went: the account is empty again.
        var open = Opened(ArbitrageState.Initial, 0);
        var events = ArbitrageDecider.OnResult(
            open,
            Result(TradeOutcome.Failed, -2_000, 5, "reverted"),
            new AccountBalances(110, Start + 30, Amount(3_000), Wei.Zero, Price(1_000)),
            Rules
        );
        Assert.Equal([typeof(ArbitrageEvent.BalancesMoved), typeof(ArbitrageEvent.TradeClosed)], events.Take(2).Select(e => e.GetType()));
        Assert.Equal(Amount(3_000), open.After(events).Inventory.Tao);

        var rich = Opened(Owner, 0);
        events = ArbitrageDecider.OnResult(
            rich,
            Result(TradeOutcome.Confirmed, 1_000, 5),
            new AccountBalances(110, Start + 30, Amount(500), Wei.Zero, Price(1_000)),
            Rules
        );
        Assert.Equal([typeof(ArbitrageEvent.TradeClosed), typeof(ArbitrageEvent.BalancesMoved)], events.Select(e => e.GetType()));
        Assert.Equal(Amount(500), rich.After(events).Inventory.Tao);
    }

    private static ArbitrageState Opened(ArbitrageState state, int seconds) =>
        state.After(ArbitrageDecider.OnTick(state, Pays with { Timestamp = Start + (ulong)seconds }, Rules, Given.Open).Events)
            is { Open: not null } opened
            ? opened
            : throw new InvalidOperationException("nothing was opened");
}
