using System.Globalization;
using Tao20.Domain.Checks;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// What follows for a miner's account from what happens: its events, in order, and why it does nothing where it does nothing.
/// </summary>
public static class ArbitrageDecider
{
    /// <summary>A tick has come.</summary>
    /// <param name="state">The account.</param>
    /// <param name="tick">The tick.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="closed">Why an action must wait, by the last check of the chain; null when it may go on.</param>
    /// <returns>The events, and the reason for holding; null when a trade is opened.</returns>
    public static (IReadOnlyList<ArbitrageEvent> Events, string? Hold) OnTick(
        ArbitrageState state,
        NavTick tick,
        ArbitrageRules rules,
        Func<ChainAction, string?> closed
    )
    {
        var events = new List<ArbitrageEvent>();
        foreach (var over in state.Breakers.Where(open => open.Until <= tick.Timestamp || open.Breaker == Breaker.FeedStale))
            Add(new ArbitrageEvent.BreakerCleared(over.Breaker, tick.Timestamp, ByOperator: false));
        if (Alert(tick) is { } alert && state.Stopped(Breaker.NavAlert) is null)
            Add(Tripped(Breaker.NavAlert, alert, tick.Timestamp, tick.Timestamp + (ulong)rules.AlertSeconds));
        if (state is { Unwinding: true, Open: null } && tick.Tokens.Value == 0)
            Add(new ArbitrageEvent.UnwindEnded(tick.Timestamp));
        switch (ArbitrageStrategy.Decide(state, tick, rules))
        {
            case ArbitrageDecision.Trade(var proposal) when TradeActions.Closed(proposal.Kind, closed) is { } why:
                return (events, $"{proposal.Summary} waits: {why}");
            case ArbitrageDecision.Trade(var proposal):
                Add(new ArbitrageEvent.TradeOpened(new OpenTrade(state.TradesOpened + 1, proposal, tick.Block, tick.Timestamp)));
                return (events, null);
            case ArbitrageDecision.Hold(var reason):
                return (events, reason);
            case var unknown:
                throw new InvalidOperationException($"A {unknown.GetType().Name} is no decision.");
        }

        void Add(ArbitrageEvent e)
        {
            events.Add(e);
            state = state.Evolve(e);
        }
    }

    /// <summary>The feed has nothing to say any more.</summary>
    /// <param name="state">The account.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The chain's time as far as it is known.</param>
    public static IReadOnlyList<ArbitrageEvent> OnFeedLost(ArbitrageState state, string reason, ulong now) =>
        state.Stopped(Breaker.FeedStale) is not null ? [] : [Tripped(Breaker.FeedStale, reason, now, null)];

    /// <summary>The trade on its way is over, finally.</summary>
    /// <param name="state">The account.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="balances">What the account owns at a final block that is not before the trade's: what differs has come or gone
    /// from outside meanwhile.</param>
    /// <param name="rules">The rules.</param>
    public static IReadOnlyList<ArbitrageEvent> OnResult(
        ArbitrageState state,
        TradeResult result,
        AccountBalances balances,
        ArbitrageRules rules
    )
    {
        if (state.Open is not { } open)
            return [];
        var events = new List<ArbitrageEvent>();
        var before = state.FailuresInRow;

        // What came has to be there before it can have been spent, and what went may have been earned first.
        var tao = WeiDelta.Between(state.Inventory.Tao, balances.Tao) - result.Tao;
        var tokens = WeiDelta.Between(state.Inventory.Tokens, balances.Tokens) - result.Tokens;
        Move(Gain(tao), Gain(tokens));
        Add(
            new ArbitrageEvent.TradeClosed(
                open with
                {
                    Proposal = open.Proposal with { Order = null },
                    Steps = [],
                    AlphaBefore = [],
                },
                result,
                result.Time + (ulong)rules.CooldownSeconds
            )
        );
        Move(tao - Gain(tao), tokens - Gain(tokens));
        if (state.FailuresInRow > before && rules.BackOffSeconds(state.FailuresInRow) is > 0 and var pause)
        {
            Add(
                Tripped(
                    Breaker.Failures,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{state.FailuresInRow} failures in a row, the last: {result.Reason}; back in {pause / 60} min"
                    ),
                    result.Time,
                    result.Time + (ulong)pause
                )
            );
        }

        var loss = -state.AtRiskOfDay(result.Time).Value;
        if (loss >= (Int128)rules.DailyLossWei.Value && state.Stopped(Breaker.DailyLoss) is null)
        {
            Add(
                Tripped(
                    Breaker.DailyLoss,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{loss} wei were lost in 24 hours, and Arbitrage:DailyLossWei is {rules.DailyLossWei}; it stays until an "
                            + $"operator resumes"
                    ),
                    result.Time,
                    null
                )
            );
        }

        return events;

        void Move(WeiDelta ofTao, WeiDelta ofTokens)
        {
            if (ofTao != WeiDelta.Zero || ofTokens != WeiDelta.Zero)
                Add(new ArbitrageEvent.BalancesMoved(ofTao, ofTokens, balances.Nav, balances.Block, balances.Time));
        }

        void Add(ArbitrageEvent e)
        {
            events.Add(e);
            state = state.Evolve(e);
        }

        static WeiDelta Gain(WeiDelta delta) => delta.Value > 0 ? delta : WeiDelta.Zero;
    }

    /// <summary>
    /// The account's balances at a final block, while no trade is on its way: what differs from the books has come or gone from outside.
    /// </summary>
    public static IReadOnlyList<ArbitrageEvent> OnBalances(ArbitrageState state, AccountBalances balances)
    {
        var (tao, tokens) = (
            WeiDelta.Between(state.Inventory.Tao, balances.Tao),
            WeiDelta.Between(state.Inventory.Tokens, balances.Tokens)
        );
        return tao == WeiDelta.Zero && tokens == WeiDelta.Zero
            ? []
            : [new ArbitrageEvent.BalancesMoved(tao, tokens, balances.Nav, balances.Block, balances.Time)];
    }

    /// <summary>What follows from what an operator asks for.</summary>
    public static IReadOnlyList<ArbitrageEvent> OnOperation(ArbitrageState state, Operation operation, ulong now) =>
        operation switch
        {
            Operation.Pause => Pause(state, now),
            Operation.Resume => Resume(state, now),
            Operation.Unwind => Unwind(state, now),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no operation"),
        };

    /// <summary>An operator pauses it.</summary>
    public static IReadOnlyList<ArbitrageEvent> Pause(ArbitrageState state, ulong now) =>
        state.Stopped(Breaker.Paused) is not null ? [] : [Tripped(Breaker.Paused, "an operator has paused it", now, null)];

    /// <summary>An operator resumes it: whatever stops it is over, and begins anew if its cause is still there.</summary>
    public static IReadOnlyList<ArbitrageEvent> Resume(ArbitrageState state, ulong now) =>
        [
            .. state
                .Breakers.Where(open => open.Breaker != Breaker.FeedStale)
                .Select(open => new ArbitrageEvent.BreakerCleared(open.Breaker, now, ByOperator: true)),
        ];

    /// <summary>An operator wants all tokens turned into TAO.</summary>
    public static IReadOnlyList<ArbitrageEvent> Unwind(ArbitrageState state, ulong now) =>
        state.Unwinding ? [] : [new ArbitrageEvent.UnwindBegan(now)];

    /// <summary>What is alarming about a tick; null when nothing is.</summary>
    public static string? Alert(NavTick tick) =>
        tick.Move == NavMove.Alert ? "NAV has moved by 4 % or more between two ticks"
        : !tick.Market.TradingPoolAgrees ? $"the pool traded in is more than 10 % off the median of {tick.Market.Of} markets"
        : null;

    private static ArbitrageEvent.BreakerTripped Tripped(Breaker breaker, string reason, ulong since, ulong? until) =>
        new(new OpenBreaker(breaker, reason, since, until));
}
