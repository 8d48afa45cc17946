using System.Globalization;
using System.Numerics;
using CsCheck;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;
using Xunit.Abstractions;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>
/// A miner in a random market for a while: quotes that pay or not, balances that others move, trades that are done, fail, expire or are
/// missed. Whatever happens, no limit is broken and the books equal the account to the wei.
/// </summary>
[Trait("Category", "Fast")]
public sealed class AccountingTests(ITestOutputHelper output)
{
    private static readonly Gen<(int Seed, int NeutralBasisPoints, int GasGwei)> Worlds = Gen.Select(
        Gen.Int[0, int.MaxValue - 1],
        Gen.Int[0, 200],
        Gen.Int[0, 20]
    );

    [Fact]
    public void No_limit_is_broken_and_the_books_equal_the_account() =>
        Worlds.Sample(
            world =>
            {
                var rules = Rules with { NeutralBasisPoints = world.NeutralBasisPoints, CooldownSeconds = world.Seed % 5 };
                var random = new Random(world.Seed);
                var account = new Account(rules);
                for (var step = 0; step < 200; step++)
                    account.Step(random, world.GasGwei);
                account.RequireRefold();
            },
            iter: 300,
            writeLine: output.WriteLine
        );

    [Fact]
    public void Tokens_given_away_take_their_part_of_the_cost_with_them()
    {
        var bought = Inventory.Empty.Deposit(new WeiDelta((Int128)Milli * 10_000), WeiDelta.Zero, Price(1_000));
        (bought, var nothing) = bought.Trade(new WeiDelta((Int128)Milli * -3_000), new WeiDelta((Int128)Milli * 3_000), Price(1_100));
        Assert.Equal((Amount(3_000), WeiDelta.Zero), (bought.Cost, nothing));
        var (sold, profit) = bought.Trade(new WeiDelta((Int128)Milli * 1_250), new WeiDelta((Int128)Milli * -1_000), Price(1_100));
        Assert.Equal((Amount(2_000), new WeiDelta((Int128)Milli * 250)), (sold.Cost, profit));
    }

    [Fact]
    public void What_is_paid_above_the_worth_of_tokens_is_a_loss_at_once()
    {
        var owner = Inventory.Empty.Deposit(new WeiDelta((Int128)Milli * 10_000), WeiDelta.Zero, Price(1_000));
        var (after, profit) = owner.Trade(new WeiDelta((Int128)Milli * -1_200), new WeiDelta((Int128)Milli * 1_000), Price(1_000));
        Assert.Equal((Amount(1_000), new WeiDelta((Int128)Milli * -200)), (after.Cost, profit));
    }

    /// <summary>What an account really owns, beside what its books say.</summary>
    private sealed class Account(ArbitrageRules rules)
    {
        private readonly List<ArbitrageEvent> _events = [];
        private ArbitrageState _state = ArbitrageState.Initial;
        private UInt128 _tao;
        private UInt128 _tokens;
        private ulong _now = Start;

        public void Step(Random random, int gasGwei)
        {
            _now += (ulong)random.Next(1, 400);
            if (random.Next(5) == 0 && _state.Open is null)
                FromOutside(random);
            var tick = Tick(random, gasGwei);
            var before = _state;
            Take(ArbitrageDecider.OnTick(_state, tick, rules, Given.Open).Events);
            if (_state.Open is { } opened && before.Open is null)
                RequireLimits(before, opened.Proposal, tick);
            if (_state.Open is { } open && random.Next(2) == 0)
            {
                var result = Done(random, open.Proposal, tick);
                if (random.Next(3) == 0)
                    Elsewhere(random);
                Take(ArbitrageDecider.OnResult(_state, result, Balances(tick.Nav), rules));
            }

            if (_state.Stopped(Breaker.DailyLoss) is not null && random.Next(4) == 0)
                Take(ArbitrageDecider.Resume(_state, _now));
            if (_state.Open is null)
                RequireBooks();
        }

        public void RequireRefold()
        {
            var again = _events.Aggregate(ArbitrageState.Initial, (state, e) => state.Evolve(e));
            Assert.Equal(Dump(_state), Dump(again));
        }

        private static string Dump(ArbitrageState state) =>
            string.Join('\n', state with { Hours = [], Breakers = [] }, string.Join('\n', state.Hours), string.Join('\n', state.Breakers));

        private void FromOutside(Random random)
        {
            Elsewhere(random);
            Take(ArbitrageDecider.OnBalances(_state, Balances(Price(random.Next(800, 1_200)))));
        }

        private void Elsewhere(Random random)
        {
            _tao = Part(random, _tao) + Amount(random.Next(0, 60_000)).Value;
            _tokens = Part(random, _tokens) + Amount(random.Next(0, 60_000)).Value;
        }

        private AccountBalances Balances(TaoPerToken nav) => new(_now, _now, Wei.From(_tao), Wei.From(_tokens), nav);

        private NavTick Tick(Random random, int gasGwei)
        {
            var nav = random.Next(800, 1_200);
            LadderRung Rung(Wei size) => new(size, Trip(size), Trip(size));
            RoundTrip? Trip(Wei size) =>
                random.Next(8) == 0
                    ? null
                    : new RoundTrip(
                        Wei.From(size.Value * 1_000 / (UInt128)nav),
                        Wei.From(size.Value * (UInt128)random.Next(960, 1_040) / 1_000 + (UInt128)random.Next()),
                        (ulong)random.Next(100_000, 3_000_000)
                    );
            return Quiet() with
            {
                Timestamp = _now,
                Nav = Price(nav),
                Move = (NavMove)Math.Max(0, random.Next(20) - 17),
                Pool = new PoolReserves(Amount(random.Next(1, 500_000)), Amount(random.Next(1, 500_000))),
                Ladder = [.. rules.LadderSizes().Select(Rung)],
                GasPrice = gasGwei * 1_000_000_000L,
                Tao = Wei.From(_tao),
                Tokens = Wei.From(_tokens),
            };
        }

        /// <summary>The chain does what a contract with these bounds can do, and nothing else.</summary>
        private TradeResult Done(Random random, TradeProposal proposal, NavTick tick)
        {
            var outcome = (TradeOutcome)random.Next(4);
            var gas =
                outcome == TradeOutcome.Missed ? 0 : UInt128.Min((UInt128)(tick.GasPrice * random.Next(50_000, 1_000_000)), _tao / 10);
            var (tao, tokens) = (-(Int128)gas, (Int128)0);
            if (outcome == TradeOutcome.Confirmed)
            {
                var proceeds = (Int128)proposal.MinProceeds.Value + random.Next();
                (tao, tokens) = proposal.Kind is TradeKind.MintAndSell or TradeKind.BuyAndRedeem
                    ? (tao + proceeds - (Int128)proposal.Size.Value, tokens)
                    : (tao + proceeds, -(Int128)proposal.Size.Value);
            }

            _tao = (UInt128)((Int128)_tao + tao);
            _tokens = (UInt128)((Int128)_tokens + tokens);
            return new TradeResult(
                outcome,
                outcome == TradeOutcome.Confirmed ? null : new TradeFailure.Recorded("chance"),
                _now,
                _now,
                tick.Epoch,
                new WeiDelta(tao),
                new WeiDelta(tokens),
                Wei.From(gas),
                Wei.From(proposal.Size.Value / 2),
                tick.Nav
            );
        }

        private void RequireLimits(ArbitrageState before, TradeProposal proposal, NavTick tick)
        {
            Assert.Empty(_state.Breakers);
            Assert.True(tick.Timestamp >= before.NotBefore);
            if (proposal.Kind is TradeKind.SellTokens or TradeKind.RedeemTokens)
            {
                Assert.True(proposal.Size.Value <= _tokens);
                Assert.True((BigInteger)proposal.Size.Value * tick.Nav.Value / Ratio.Scale <= rules.MaxTradeWei.Value);
                if (proposal.Purpose == TradePurpose.Arbitrage)
                {
                    // Sold because it pays: for more than they have cost.
                    var cost = (BigInteger)before.Inventory.Cost.Value * proposal.Size.Value / before.Inventory.Tokens.Value;
                    Assert.True((proposal.MinProceeds.Value - cost) * 10_000 > cost * rules.ProfitBasisPoints);
                    return;
                }

                var value = (BigInteger)_tokens * tick.Nav.Value / Ratio.Scale;
                var owned = before.Inventory;
                if (proposal.Purpose == TradePurpose.StopLoss)
                {
                    // Sold because it is worth a tenth less than it has cost.
                    Assert.True(
                        (BigInteger)owned.Tokens.Value * tick.Nav.Value / Ratio.Scale * 10_000
                            < (BigInteger)owned.Cost.Value * (10_000 - rules.InventoryStopBasisPoints)
                    );
                    return;
                }

                var least = (BigInteger)owned.Cost.Value * proposal.Size.Value / BigInteger.Max(1, owned.Tokens.Value);
                Assert.True(proposal.MinProceeds.Value * (BigInteger)10_000 >= least * (10_000 - rules.SaleLossBasisPoints));
                Assert.True(value * 100 >= (value + _tao) * rules.RebalancePercent);
                Assert.True(
                    value - (BigInteger)proposal.Size.Value * tick.Nav.Value / Ratio.Scale + 2
                        >= (value + _tao) * rules.InventoryPercent / 100
                );
                return;
            }

            var trip = tick.Ladder.Single(rung => rung.Size == proposal.Size).Of(proposal.Kind)!;
            var (size, gas) = ((BigInteger)proposal.Size.Value, ArbitrageStrategy.Gas(tick, trip));
            Assert.InRange(proposal.Size.Value, rules.MinTradeWei.Value, rules.MaxTradeWei.Value);
            Assert.True((size + gas) * 100 <= (BigInteger)_tao * rules.BalancePercent);
            Assert.True(proposal.MinProceeds.Value <= trip.Proceeds.Value);
            var worst = proposal.MinProceeds.Value - size - gas;
            if (proposal.Purpose == TradePurpose.Arbitrage)
            {
                Assert.True(
                    worst > rules.GasMultiple * gas && worst * 10_000 > size * rules.ProfitBasisPoints,
                    string.Create(CultureInfo.InvariantCulture, $"{proposal} nets {worst}")
                );
                return;
            }

            Assert.True(-worst * 10_000 <= size * rules.NeutralBasisPoints + 10_000);
            var left = rules.NeutralDailyWei.Value + BigInteger.Min(0, before.NeutralOfDay(_now).Value);
            Assert.True(left > 0 && -worst <= left);
            Assert.True(_now >= before.LastArbitrage + (ulong)rules.QuietSeconds);
            Assert.True(before.VolumeOfHour(_now).Value + proposal.Size.Value <= rules.VolumeTargetWei.Value);
        }

        private void RequireBooks()
        {
            Assert.Equal((_tao, _tokens), (_state.Inventory.Tao.Value, _state.Inventory.Tokens.Value));
            var totals = _state.Totals;
            Assert.Equal(
                totals.DepositedTao + totals.Profit + totals.DepositedCost - new WeiDelta((Int128)_state.Inventory.Cost.Value),
                new WeiDelta((Int128)_tao)
            );
            Assert.True(_state.Hours.Count <= ArbitrageState.HoursKept);
            Assert.True(_tokens > 0 || _state.Inventory.Cost == Wei.Zero);
        }

        private void Take(IReadOnlyList<ArbitrageEvent> events)
        {
            foreach (var e in events)
            {
                _events.Add(e);
                _state = _state.Evolve(e);
            }
        }

        private static UInt128 Part(Random random, UInt128 of) => of * (UInt128)random.Next(0, 1_001) / 1_000;
    }
}
