using System.Numerics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>Ticks to begin with: amounts in thousandths of a TAO.</summary>
internal static class Market
{
    public const ulong Start = 1_700_000_000;
    public static readonly UInt128 Milli = Wei.OneTao.Value / 1_000;

    /// <summary>The defaults, but for trades that are made for their volume alone.</summary>
    public static readonly ArbitrageRules Rules = new() { NeutralBasisPoints = 0 };

    /// <summary>An account with 100 TAO in its books.</summary>
    public static ArbitrageState Rich =>
        ArbitrageState.Initial.After([
            new ArbitrageEvent.BalancesMoved(new WeiDelta((Int128)Milli * 100_000), WeiDelta.Zero, Price(1_000), 1, Start),
        ]);

    public static Wei Amount(long milli) => Wei.From(Milli * (ulong)milli);

    public static TaoPerToken Price(long milli) => TaoPerToken.From(Milli * (ulong)milli);

    /// <summary>
    /// A tick of a quiet market at NAV 1, where every round trip loses half a percent, gas costs a thousandth of a TAO, and the account
    /// owns 100 TAO.
    /// </summary>
    public static NavTick Quiet(int seconds = 0) =>
        new(
            100 + (ulong)seconds,
            Hash256.Zero,
            Start + (ulong)seconds,
            new EpochId(3),
            Price(1_000),
            NavMove.Calm,
            new MarketPrice(Price(1_000), 1, 1, true),
            new PoolReserves(Amount(500_000), Amount(500_000)),
            [.. Rules.LadderSizes().Select(size => new LadderRung(size, Loses(size, 50), Loses(size, 50)))],
            1_000_000_000,
            Amount(100_000),
            Wei.Zero
        );

    /// <summary>The same with what each size brings, in thousandths of a TAO; sizes that are not named are not quoted.</summary>
    public static NavTick With(this NavTick tick, TradeKind kind, params (long Size, long Proceeds)[] quotes) =>
        tick with
        {
            Ladder =
            [
                .. quotes.Select(quote =>
                {
                    var trip = new RoundTrip(Amount(quote.Size), Amount(quote.Proceeds), Gas);
                    return kind == TradeKind.MintAndSell
                        ? new LadderRung(Amount(quote.Size), trip, null)
                        : new LadderRung(Amount(quote.Size), null, trip);
                }),
            ],
        };

    public static TradeProposal Proposal(this ArbitrageDecision decision) => Assert.IsType<ArbitrageDecision.Trade>(decision).Proposal;

    public static string Reason(this ArbitrageDecision decision) => Assert.IsType<ArbitrageDecision.Hold>(decision).Reason;

    /// <summary>A result that moves TAO by so many thousandths.</summary>
    public static TradeResult Result(TradeOutcome outcome, long milli, int seconds, string? reason = null) =>
        new(
            outcome,
            reason is null ? null : new TradeFailure.Recorded(reason),
            101 + (ulong)seconds,
            Start + (ulong)seconds,
            new EpochId(3),
            new WeiDelta((Int128)Milli * milli),
            WeiDelta.Zero,
            Amount(1),
            outcome == TradeOutcome.Confirmed ? Amount(1_000) : Wei.Zero,
            Price(1_000)
        );

    /// <summary>The state after events that have happened to an account.</summary>
    public static ArbitrageState After(this ArbitrageState state, IEnumerable<ArbitrageEvent> events) =>
        events.Aggregate(state, (before, e) => before.Evolve(e));

    /// <summary>The state after a result, with balances that are what the books come to.</summary>
    public static ArbitrageState Closed(this ArbitrageState state, TradeResult result) =>
        state.After(
            ArbitrageDecider.OnResult(
                state,
                result,
                new AccountBalances(
                    result.Block,
                    result.Time,
                    Wei.From((UInt128)((Int128)state.Inventory.Tao.Value + result.Tao.Value)),
                    Wei.From((UInt128)((Int128)state.Inventory.Tokens.Value + result.Tokens.Value)),
                    result.Nav
                ),
                Rules
            )
        );

    private const ulong Gas = 1_000_000;

    private static RoundTrip Loses(Wei size, int basisPoints) =>
        new(size, Wei.From((UInt128)((BigInteger)size.Value * (10_000 - basisPoints) / 10_000)), Gas);
}
