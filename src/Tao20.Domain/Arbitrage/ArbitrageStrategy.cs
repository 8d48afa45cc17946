using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What is to be done at a tick.</summary>
public abstract record ArbitrageDecision
{
    private ArbitrageDecision() { }

    /// <summary>Trade.</summary>
    public sealed record Trade(TradeProposal Proposal) : ArbitrageDecision;

    /// <summary>Do nothing, and why.</summary>
    public sealed record Hold(string Reason) : ArbitrageDecision;
}

/// <summary>
/// Decides at each tick: what pays, then what brings the inventory back within its limit, then what makes volume for little
/// (source: the domain rules, Arbitrage).
/// </summary>
public static class ArbitrageStrategy
{
    private static readonly TradeKind[] RoundTrips = [TradeKind.MintAndSell, TradeKind.BuyAndRedeem];

    /// <summary>What an account in this state does at this tick.</summary>
    public static ArbitrageDecision Decide(ArbitrageState state, NavTick tick, ArbitrageRules rules)
    {
        if (state.Open is { } open)
            return new ArbitrageDecision.Hold($"trade {open.Number} is on its way");
        if (state.Breakers is [var breaker, ..])
            return new ArbitrageDecision.Hold($"{breaker.Breaker}: {breaker.Reason}");
        if (tick.Timestamp < state.NotBefore)
            return new ArbitrageDecision.Hold($"cool-down for {state.NotBefore - tick.Timestamp} s more");
        if (state.Unwinding)
            return SellDown(state.Inventory, tick, rules, tick.Tokens, TradePurpose.Unwind);
        if (rules.IsStopped(state.Inventory, tick.Nav))
            return SellDown(state.Inventory, tick, rules, tick.Tokens, TradePurpose.StopLoss);

        var best = Best(state.Inventory, tick, rules);
        if (best is { Pays: true })
            return new ArbitrageDecision.Trade(best.Proposal);
        var excess = rules.Excess(tick.Tao, tick.Tokens, tick.Nav);
        if (excess.Value > 0)
            return SellDown(state.Inventory, tick, rules, excess, TradePurpose.Rebalance);
        return Neutral(state, tick, rules) is { } neutral
            ? new ArbitrageDecision.Trade(neutral)
            : new ArbitrageDecision.Hold(
                best is not null
                    ? $"the best size, {Tao(best.Proposal.Size.Value)} TAO by {best.Proposal.Kind}, would net {Tao(best.Net)} TAO, "
                        + $"and more than {Tao(best.Asked)} is asked{Band(best.Proposal, tick, rules)}"
                    : "the chain quotes no size that can be paid for" + Refusal(tick)
            );
    }

    /// <summary>What gas of a round trip costs.</summary>
    public static BigInteger Gas(NavTick tick, RoundTrip trip) => tick.GasPrice * trip.GasUnits;

    /// <summary>
    /// Of the sizes that pay the one with the best net profit; when none does, the one that comes closest; null when none can be
    /// paid for.
    /// </summary>
    private static Candidate? Best(Inventory books, NavTick tick, ArbitrageRules rules)
    {
        var candidates = Affordable(tick, rules)
            .Select(option => Candidate.Of(option.Kind, option.Rung.Size, option.Trip, tick, rules))
            .ToList();
        if (Candidate.OfOwned(books, tick, rules) is { } owned)
            candidates.Add(owned);
        return candidates.Where(candidate => candidate.Pays).MaxBy(candidate => candidate.Net)
            ?? candidates.MaxBy(candidate => candidate.Net - candidate.Asked);
    }

    /// <summary>How many tokens may be turned into TAO at once: the largest trade's worth.</summary>
    private static UInt128 MaxSaleSize(Wei tokens, NavTick tick, ArbitrageRules rules) =>
        tick.Nav.Value == 0
            ? 0
            : (UInt128)
                BigInteger.Min(
                    UInt128.Min(tokens.Value, tick.Tokens.Value),
                    (BigInteger)rules.MaxTradeWei.Value * Ratio.Scale / tick.Nav.Value
                );

    /// <summary>The cheapest way to make volume while arbitrage is quiet; null when none is wanted or within its budget.</summary>
    private static TradeProposal? Neutral(ArbitrageState state, NavTick tick, ArbitrageRules rules)
    {
        var missing = (BigInteger)rules.VolumeTargetWei.Value - state.VolumeOfHour(tick.Timestamp).Value;
        var left = (BigInteger)rules.NeutralDailyWei.Value + BigInteger.Min(0, state.NeutralOfDay(tick.Timestamp).Value);

        // What is spent is spent: a trade that should cost nothing costs its gas when it fails.
        if (missing <= 0 || left <= 0 || tick.Timestamp < state.LastArbitrage + (ulong)rules.QuietSeconds)
            return null;
        (TradeProposal Proposal, BigInteger Cost)? cheapest = null;
        var volume = new NeutralVolume(rules.Eligibility);
        foreach (var (kind, rung, trip) in Affordable(tick, rules).Where(option => option.Rung.Size.Value <= missing))
        {
            var (size, gas) = ((BigInteger)rung.Size.Value, Gas(tick, trip));
            var budget = BigInteger.Min(size * rules.NeutralBasisPoints / 10_000, left);
            var least = size + gas - budget;
            var cost = size + gas - trip.Proceeds.Value;
            if (volume.Uncounted(state.Recent, kind, rung.Size, tick.Timestamp) is not null)
                continue;
            if (trip.Proceeds.Value < least || (cheapest is { } known && known.Cost * size <= cost * known.Proposal.Size.Value))
                continue;
            cheapest = (
                new TradeProposal(
                    kind,
                    TradePurpose.Neutral,
                    rung.Size,
                    Wei.From((UInt128)least),
                    Deadline(tick, rules),
                    new WeiDelta((Int128)(-cost)),
                    trip.GasUnits,
                    trip.Tokens,
                    trip.Order
                ),
                cost
            );
        }

        return cheapest?.Proposal;
    }

    /// <summary>
    /// Turns tokens into TAO where they bring more, at most the largest trade at once. What is only to be brought down is not sold for
    /// much less than it has cost.
    /// </summary>
    private static ArbitrageDecision SellDown(Inventory books, NavTick tick, ArbitrageRules rules, Wei tokens, TradePurpose purpose)
    {
        var part = MaxSaleSize(tokens, tick, rules);
        var sold = tick.Pool.Sell(part);

        // What a redemption brings is the ladder's own price of one that is not smaller.
        var redeemed = tick
            .Ladder.Select(rung => rung.Redeem)
            .OfType<RoundTrip>()
            .Where(trip => trip.Tokens.Value >= part && part > 0)
            .MinBy(trip => trip.Tokens)
            is { } quoted
            ? part * (BigInteger)quoted.Proceeds.Value / quoted.Tokens.Value
            : BigInteger.Zero;
        var (kind, proceeds) = redeemed > sold ? (TradeKind.RedeemTokens, (UInt128)redeemed) : (TradeKind.SellTokens, (UInt128)sold);
        if (proceeds == 0)
            return new ArbitrageDecision.Hold(
                tick.Tokens.Value == 0 ? "there are no tokens to turn into TAO" : "neither the market nor a redemption takes the tokens"
            );
        var bound = rules.Bound(Wei.From(proceeds));
        var cost = books.Tokens.Value == 0 ? BigInteger.Zero : (BigInteger)books.Cost.Value * part / books.Tokens.Value;
        if (purpose == TradePurpose.Rebalance && bound.Value * (BigInteger)10_000 < cost * (10_000 - rules.SaleLossBasisPoints))
            return new ArbitrageDecision.Hold(
                $"tokens that have cost {Tao(cost)} TAO would bring {Tao(bound.Value)}: they are kept (Arbitrage:SaleLossBasisPoints)"
            );
        return new ArbitrageDecision.Trade(
            new TradeProposal(
                kind,
                purpose,
                Wei.From(part),
                bound,
                Deadline(tick, rules),
                new WeiDelta((Int128)((BigInteger)proceeds - part * (BigInteger)tick.Nav.Value / Ratio.Scale))
            )
        );
    }

    private static IEnumerable<(TradeKind Kind, LadderRung Rung, RoundTrip Trip)> Affordable(NavTick tick, ArbitrageRules rules)
    {
        var spendable = rules.Spendable(tick.Tao).Value;
        foreach (
            var rung in tick.Ladder.Where(rung =>
                rung.Size.Value >= rules.MinTradeWei.WholeRao.Value && rung.Size.Value <= rules.MaxTradeWei.Value
            )
        )
        {
            foreach (var kind in RoundTrips)
            {
                if (rung.Of(kind) is { } trip && rung.Size.Value + Gas(tick, trip) <= spendable)
                    yield return (kind, rung, trip);
            }
        }
    }

    /// <summary>How far the market is from NAV, and how far it would have to be for a trade to pay.</summary>
    private static string Band(TradeProposal proposal, NavTick tick, ArbitrageRules rules)
    {
        if (proposal.GasUnits == 0 || tick.Nav.Value == 0)
            return "";
        var band = PegBand.HalfWidth(proposal.Size, tick.GasPrice * proposal.GasUnits, tick.FeeBps, tick.Pool, rules.ProfitBasisPoints);
        var spread = BigInteger.Abs((BigInteger)tick.Market.Price.Value - tick.Nav.Value) * 10_000 / tick.Nav.Value;
        return $": the market is {Percent(spread)} % off NAV, and {Percent(band)} % pay";
    }

    /// <summary>Hundredths of a percent as percent.</summary>
    private static string Percent(BigInteger basisPoints) =>
        string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100}.{basisPoints % 100:D2}");

    /// <summary>Why the largest size is not quoted.</summary>
    private static string Refusal(NavTick tick) => tick.Ladder is [.., { Refusal: { } why }] ? $": {why}" : "";

    private static ulong Deadline(NavTick tick, ArbitrageRules rules) => tick.Timestamp + (ulong)rules.DeadlineSeconds;

    /// <summary>An amount for display: whole TAO and six decimals.</summary>
    private static string Tao(BigInteger wei)
    {
        var micro = wei / 1_000_000_000_000;
        var sign = micro.Sign < 0 ? "-" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sign}{BigInteger.Abs(micro) / 1_000_000}.{BigInteger.Abs(micro) % 1_000_000:D6}"
        );
    }

    /// <summary>A size that might be traded.</summary>
    /// <param name="Proposal">How.</param>
    /// <param name="Net">What is left at its bound, after gas: less is not accepted.</param>
    /// <param name="Asked">What has to be exceeded by that.</param>
    private sealed record Candidate(TradeProposal Proposal, BigInteger Net, BigInteger Asked)
    {
        /// <summary>About what the permission and the sale of tokens take of gas (measured on the local chain).</summary>
        private const ulong SaleGas = 150_000;

        public bool Pays => Net > Asked;

        /// <summary>
        /// The sale of tokens that are owned, for what they have cost: what a trade that was broken off has left is sold when it
        /// pays.
        /// </summary>
        public static Candidate? OfOwned(Inventory books, NavTick tick, ArbitrageRules rules)
        {
            var part = MaxSaleSize(books.Tokens, tick, rules);
            var sold = tick.Pool.Sell(part);
            if (part == 0 || sold <= 0 || tick.GasPrice * SaleGas > rules.Spendable(tick.Tao).Value)
                return null;
            var (cost, gas, bound) = (
                (BigInteger)books.Cost.Value * part / books.Tokens.Value,
                tick.GasPrice * SaleGas,
                rules.Bound(Wei.From((UInt128)sold))
            );
            return new Candidate(
                new TradeProposal(
                    TradeKind.SellTokens,
                    TradePurpose.Arbitrage,
                    Wei.From(part),
                    bound,
                    Deadline(tick, rules),
                    new WeiDelta((Int128)(sold - cost - gas))
                ),
                bound.Value - cost - gas,
                BigInteger.Max(rules.GasMultiple * gas, cost * rules.ProfitBasisPoints / 10_000)
            );
        }

        public static Candidate Of(TradeKind kind, Wei size, RoundTrip trip, NavTick tick, ArbitrageRules rules)
        {
            var (spent, gas, bound) = ((BigInteger)size.Value, Gas(tick, trip), rules.Bound(trip.Proceeds));
            var expected = new WeiDelta((Int128)(trip.Proceeds.Value - spent - gas));
            return new Candidate(
                new TradeProposal(
                    kind,
                    TradePurpose.Arbitrage,
                    size,
                    bound,
                    Deadline(tick, rules),
                    expected,
                    trip.GasUnits,
                    trip.Tokens,
                    trip.Order
                ),
                bound.Value - spent - gas,
                BigInteger.Max(rules.GasMultiple * gas, spent * rules.ProfitBasisPoints / 10_000)
            );
        }
    }
}
