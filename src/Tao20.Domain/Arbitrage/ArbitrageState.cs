using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What stops a miner from trading.</summary>
public enum Breaker : byte
{
    /// <summary>No tick, or one that is too old.</summary>
    FeedStale = 0,

    /// <summary>NAV has moved too far, or the market disagrees with itself.</summary>
    NavAlert = 1,

    /// <summary>The realised loss of 24 hours is too large: stays until an operator resumes.</summary>
    DailyLoss = 2,

    /// <summary>Too many failures in a row: goes after a while.</summary>
    Failures = 3,

    /// <summary>An operator has paused it.</summary>
    Paused = 4,
}

/// <summary>A breaker that is open: why, since when, and until when if that is known.</summary>
public sealed record OpenBreaker(Breaker Breaker, string Reason, ulong Since, ulong? Until);

/// <summary>One hour of trading.</summary>
/// <param name="Hour">The hour, as Unix time / 3600.</param>
/// <param name="Minted">TAO minted with, as the contract counts it.</param>
/// <param name="Redeemed">TAO redeemed, as the contract counts it.</param>
/// <param name="Profit">Realised.</param>
/// <param name="AtRisk">What of it still counts for <see cref="Breaker.DailyLoss"/>: an operator who resumes begins anew.</param>
public sealed record TradingHour(long Hour, Wei Minted, Wei Redeemed, WeiDelta Profit, WeiDelta AtRisk)
{
    /// <summary>What of the profit neutral trades have made; mostly they cost.</summary>
    public WeiDelta Neutral { get; init; }

    /// <summary>Both sides together.</summary>
    public Wei Volume => Minted + Redeemed;
}

/// <summary>Everything that ever happened, counted.</summary>
/// <param name="Confirmed">Trades that did what they were for.</param>
/// <param name="Failed">Trades that did not.</param>
/// <param name="Expired">Trades whose deadline passed.</param>
/// <param name="Missed">Trades that others did first.</param>
/// <param name="Minted">TAO minted with, as the contract counts it.</param>
/// <param name="Redeemed">TAO redeemed, as the contract counts it.</param>
/// <param name="Gas">TAO paid for gas.</param>
/// <param name="Profit">Realised profit, gas taken off.</param>
/// <param name="DepositedTao">TAO that came from outside, less what went.</param>
/// <param name="DepositedCost">What tokens from outside were worth, less what those that went had cost.</param>
public sealed record TradingTotals(
    long Confirmed,
    long Failed,
    long Expired,
    long Missed,
    Wei Minted,
    Wei Redeemed,
    Wei Gas,
    WeiDelta Profit,
    WeiDelta DepositedTao,
    WeiDelta DepositedCost
)
{
    /// <summary>Nothing yet.</summary>
    public static readonly TradingTotals Zero = new(0, 0, 0, 0, Wei.Zero, Wei.Zero, Wei.Zero, WeiDelta.Zero, WeiDelta.Zero, WeiDelta.Zero);
}

/// <summary>What a miner's account knows of itself: folded from its events, bounded whatever its history.</summary>
/// <param name="Inventory">What it owns.</param>
/// <param name="Open">The trade on its way; null when there is none.</param>
/// <param name="TradesOpened">How many trades were ever begun.</param>
/// <param name="Breakers">What stops it from trading.</param>
/// <param name="FailuresInRow">Failures since the last trade that was confirmed.</param>
/// <param name="NotBefore">The chain's time before which nothing is begun: the cool-down.</param>
/// <param name="LastArbitrage">When arbitrage was last done.</param>
/// <param name="Unwinding">All tokens are being turned into TAO.</param>
/// <param name="Hours">The latest hours with trades, oldest first: a day and the one that runs.</param>
/// <param name="Totals">Everything counted.</param>
public sealed record ArbitrageState(
    Inventory Inventory,
    OpenTrade? Open,
    long TradesOpened,
    ImmutableList<OpenBreaker> Breakers,
    int FailuresInRow,
    ulong NotBefore,
    ulong LastArbitrage,
    bool Unwinding,
    ImmutableList<TradingHour> Hours,
    TradingTotals Totals
)
{
    /// <summary>
    /// In seconds: journals of version 0.1 do not say until when an account rests after a trade; this was the default then.
    /// </summary>
    private const ulong CooldownOfVersion01 = 2;

    /// <summary>How many hours of trading are remembered.</summary>
    public const int HoursKept = 25;

    private const ulong SecondsPerHour = 3_600;
    private const long HoursPerDay = 24;

    /// <summary>Nothing known, nothing owned.</summary>
    public static readonly ArbitrageState Initial = new(Inventory.Empty, null, 0, [], 0, 0, 0, false, [], TradingTotals.Zero);

    /// <summary>What was realised in the 24 hours up to a time; negative is a loss.</summary>
    public WeiDelta ProfitOfDay(ulong now) => OfDay(now, hour => hour.Profit);

    /// <summary>What of it counts for the loss breaker.</summary>
    public WeiDelta AtRiskOfDay(ulong now) => OfDay(now, hour => hour.AtRisk);

    /// <summary>The latest trades that the contract has counted, oldest first.</summary>
    public ImmutableList<CountedTrade> Recent { get; init; } = [];

    /// <summary>What neutral trades have made in the 24 hours up to a time; negative is what they have cost.</summary>
    public WeiDelta NeutralOfDay(ulong now) => OfDay(now, hour => hour.Neutral);

    /// <summary>The volume of the hour that runs.</summary>
    public Wei VolumeOfHour(ulong now) => Hours.LastOrDefault(hour => hour.Hour == (long)(now / SecondsPerHour))?.Volume ?? Wei.Zero;

    /// <summary>A breaker that is open; null when it is not.</summary>
    public OpenBreaker? Stopped(Breaker breaker) => Breakers.Find(open => open.Breaker == breaker);

    /// <summary>What the trader is doing at a time of the chain, in Unix seconds.</summary>
    public TraderState Doing(ulong now) =>
        Open is not null ? TraderState.Submitted
        : Breakers.Count > 0 ? TraderState.Stopped
        : Unwinding ? TraderState.Unwinding
        : now < NotBefore ? TraderState.Cooldown
        : TraderState.Idle;

    /// <summary>The state after an event.</summary>
    public ArbitrageState Evolve(ArbitrageEvent e) =>
        e switch
        {
            ArbitrageEvent.BalancesMoved moved => this with
            {
                Inventory = Inventory.Deposit(moved.Tao, moved.Tokens, moved.Nav),
                Totals = Totals with
                {
                    DepositedTao = Totals.DepositedTao + moved.Tao,
                    DepositedCost = Totals.DepositedCost + Inventory.CostOfDeposit(moved.Tokens, moved.Nav),
                },
            },
            ArbitrageEvent.TradeOpened opened => this with { Open = opened.Trade, TradesOpened = opened.Trade.Number },
            ArbitrageEvent.StepsPlanned planned when Open?.Number == planned.Number => this with
            {
                Open = Open with
                {
                    Steps = Open.Steps.AddRange(planned.Steps),
                    AlphaBefore = planned.AlphaBefore.IsEmpty ? Open.AlphaBefore : planned.AlphaBefore,
                },
            },
            ArbitrageEvent.TradeClosed closed => After(closed.Trade.Proposal, closed.Result) with
            {
                NotBefore = closed.NotBefore ?? closed.Result.Time + CooldownOfVersion01,
            },
            ArbitrageEvent.BreakerTripped tripped => this with
            {
                Breakers = Breakers.RemoveAll(open => open.Breaker == tripped.Breaker.Breaker).Add(tripped.Breaker),
            },
            ArbitrageEvent.BreakerCleared cleared => this with
            {
                Breakers = Breakers.RemoveAll(open => open.Breaker == cleared.Breaker),
                FailuresInRow = cleared.ByOperator ? 0 : FailuresInRow,
                Hours = cleared.Breaker == Breaker.DailyLoss ? [.. Hours.Select(hour => hour with { AtRisk = WeiDelta.Zero })] : Hours,
            },
            ArbitrageEvent.UnwindBegan => this with { Unwinding = true },
            ArbitrageEvent.UnwindEnded => this with { Unwinding = false },
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of an account.", nameof(e)),
        };

    private ArbitrageState After(TradeProposal proposal, TradeResult result)
    {
        var (inventory, profit) = Inventory.Trade(result.Tao, result.Tokens, result.Nav);
        var confirmed = result.Outcome == TradeOutcome.Confirmed;

        // The contract counts a mint whatever becomes of the tokens.
        var minted = proposal.Kind == TradeKind.MintAndSell ? result.Volume : Wei.Zero;
        var redeemed = proposal.Kind is TradeKind.BuyAndRedeem or TradeKind.RedeemTokens ? result.Volume : Wei.Zero;
        return this with
        {
            Inventory = inventory,
            Open = null,
            FailuresInRow =
                confirmed ? 0
                : result.Outcome == TradeOutcome.Missed ? FailuresInRow
                : FailuresInRow + 1,
            LastArbitrage = confirmed && proposal.Purpose == TradePurpose.Arbitrage ? result.Time : LastArbitrage,
            Hours = Counted(
                (long)(result.Time / SecondsPerHour),
                minted,
                redeemed,
                profit,
                proposal.Purpose == TradePurpose.Neutral ? profit : WeiDelta.Zero
            ),
            Recent =
                result.Volume.Value > 0
                    ? NeutralVolume.After(Recent, new CountedTrade(result.Time, proposal.Kind == TradeKind.MintAndSell, TokensOf(proposal)))
                    : Recent,
            Totals = Totals with
            {
                Confirmed = Totals.Confirmed + (confirmed ? 1 : 0),
                Failed = Totals.Failed + (result.Outcome == TradeOutcome.Failed ? 1 : 0),
                Expired = Totals.Expired + (result.Outcome == TradeOutcome.Expired ? 1 : 0),
                Missed = Totals.Missed + (result.Outcome == TradeOutcome.Missed ? 1 : 0),
                Minted = Totals.Minted + minted,
                Redeemed = Totals.Redeemed + redeemed,
                Gas = Totals.Gas + result.Gas,
                Profit = Totals.Profit + profit,
            },
        };
    }

    private WeiDelta OfDay(ulong now, Func<TradingHour, WeiDelta> part) =>
        Hours
            .Where(hour => hour.Hour > (long)(now / SecondsPerHour) - HoursPerDay)
            .Aggregate(WeiDelta.Zero, (sum, hour) => sum + part(hour));

    /// <summary>The tokens that are minted or redeemed.</summary>
    private static Wei TokensOf(TradeProposal proposal) =>
        proposal.Kind is TradeKind.MintAndSell or TradeKind.BuyAndRedeem ? proposal.Tokens : proposal.Size;

    private ImmutableList<TradingHour> Counted(long hour, Wei minted, Wei redeemed, WeiDelta profit, WeiDelta neutral)
    {
        var last = Hours.Find(known => known.Hour == hour) ?? new TradingHour(hour, Wei.Zero, Wei.Zero, WeiDelta.Zero, WeiDelta.Zero);
        var hours = Hours
            .Remove(last)
            .Add(
                last with
                {
                    Minted = last.Minted + minted,
                    Redeemed = last.Redeemed + redeemed,
                    Profit = last.Profit + profit,
                    AtRisk = last.AtRisk + profit,
                    Neutral = last.Neutral + neutral,
                }
            );
        return hours.Count > HoursKept ? hours.RemoveAt(0) : hours;
    }
}
