using System.Numerics;
using CsCheck;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Nav;

[Trait("Category", "Fast")]
public sealed class NavReadingTests
{
    private const ulong Tao = 1_000_000_000;
    private static readonly BigInteger One = Wei.OneTao.Value;

    [Fact]
    public void Nav_is_the_value_of_all_holdings_over_the_supply() =>
        // 100 alpha at 2 TAO and 50 at 0.5 are 225 TAO; 90 tokens.
        Assert.Equal(2_500_000_000_000_000_000UL, Available(Inputs(90, (1, 100, 2_000, 1_000), (2, 50, 500, 1_000))).Nav.Value);

    [Fact]
    public void Without_supply_it_is_one() => Assert.Equal(Wei.OneTao.Value, Available(Inputs(0, (1, 0, 2_000, 1_000))).Nav.Value);

    [Fact]
    public void Root_alpha_is_worth_one_tao()
    {
        var inputs = Inputs(10, (0, 10, 1, 1));
        Assert.Equal(Wei.OneTao.Value, Available(inputs).Nav.Value);
    }

    [Theory]
    [InlineData(500_000_000_000_000_000, "250000000000000000", true)]
    [InlineData(400_000_000_000_000_000, "375000000000000000", true)]
    [InlineData(600_000_000_000_000_000, "166666666000000000", true)]
    [InlineData(512_345_678_901_234_567, "237951807000000000", true)]
    [InlineData(444_444_444_444_444_444, "250000000000000000", false)]
    [InlineData(500_000_000_000_000_000, "250000002000000000", false)]
    [InlineData(500_000_000_000_000_000, "250000000", false)]
    [InlineData(500_000_000_000_000_000, "1", false)]
    public void A_price_is_the_chains_own_and_has_to_agree_with_a_pool_that_is_known(ulong weight, string raw, bool agrees)
    {
        var quote = new AlphaQuote(7, BigInteger.Parse(raw, null), true, new BalancerPool(1_000 * Tao, 4_000 * Tao, weight));
        var found = AlphaPrice.Of(quote, out var problem);
        Assert.Equal(agrees, problem is null);
        Assert.Equal(agrees ? raw : null, found?.Price.ToString());

        // Where it is not known there is nothing to agree with.
        Assert.Equal(raw, AlphaPrice.Of(quote with { Pool = null }, out _)!.Price.ToString());
    }

    [Fact]
    public void A_price_that_is_not_the_pools_makes_nav_unavailable()
    {
        var inputs = Inputs(90, (7, 100, 2_000, 1_000));
        var bent = inputs with { Holdings = [inputs.Holdings[0] with { Quote = inputs.Holdings[0].Quote with { RawPrice = 3 * One } }] };
        var unavailable = Assert.IsType<NavReading.Unavailable>(NavReading.Of(bent, bent.Timestamp));
        Assert.Equal(NavProblem.PricesDisagree, unavailable.Problem);
        Assert.Contains("subnet 7", unavailable.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_price_a_missing_subnet_an_old_block_or_no_composition_makes_it_unavailable()
    {
        var inputs = Inputs(90, (7, 100, 2_000, 1_000));
        var quote = inputs.Holdings[0].Quote;
        Assert.Equal(NavProblem.PriceMissing, Problem(With(quote with { RawPrice = null }), inputs.Timestamp));
        Assert.Equal(NavProblem.PriceMissing, Problem(With(quote with { RawPrice = 0 }), inputs.Timestamp));
        Assert.Equal(NavProblem.PriceMissing, Problem(With(quote with { Exists = false }), inputs.Timestamp));
        Assert.Equal(NavProblem.BlockTooOld, Problem(inputs, inputs.Timestamp + 301));
        Assert.IsType<NavReading.Available>(NavReading.Of(inputs, inputs.Timestamp + 300));
        Assert.Equal(NavProblem.NoComposition, Problem(inputs with { Holdings = [] }, inputs.Timestamp));

        NavInputs With(AlphaQuote changed) => inputs with { Holdings = [inputs.Holdings[0] with { Quote = changed }] };
        static NavProblem Problem(NavInputs bad, ulong now) => Assert.IsType<NavReading.Unavailable>(NavReading.Of(bad, now)).Problem;
    }

    [Fact]
    public void It_deviates_from_the_exact_rational_value_by_less_than_1e_minus_15() =>
        Gen.Select(
                Gen.Select(
                    Gen.Long[1, 1_000_000_000_000_000],
                    Gen.ULong[1_000_000_000, 5_000_000_000_000_000],
                    Gen.ULong[1_000_000_000, 5_000_000_000_000_000]
                ).Array[1, 20],
                Gen.Long[1, 1_000_000_000_000_000]
            )
            .Sample(
                (subnets, supply) =>
                {
                    var holdings = subnets
                        .Select(
                            (s, i) =>
                            {
                                var price = s.Item2 * One / s.Item3;
                                return new NavHolding(
                                    (ushort)(i + 1),
                                    new Ratio(1),
                                    s.Item1,
                                    new AlphaQuote((ushort)(i + 1), price, true, Pool(s.Item2, s.Item3))
                                );
                            }
                        )
                        .Where(holding => holding.Quote.RawPrice > 0)
                        .ToList();
                    var inputs = new NavInputs(1, Hash256.Zero, 1_700_000_000, Wei.From((UInt128)supply * 1_000_000_000), holdings);
                    if (
                        holdings.Count == 0
                        || NavReading.Of(inputs, inputs.Timestamp) is not NavReading.Available available
                        || available.Nav.Value < 1_000_000_000_000_000
                    )
                        return;

                    // nav / 1e18 against sum(holding * price) / 1e27 / (supply / 1e18), cross-multiplied.
                    var exactNumerator =
                        holdings.Aggregate(BigInteger.Zero, (sum, h) => sum + h.Holding * h.Quote.RawPrice!.Value) * 1_000_000_000;
                    var exactDenominator = (BigInteger)inputs.Supply.Value;
                    var error = BigInteger.Abs(available.Nav.Value * exactDenominator - exactNumerator);
                    Assert.True(error * BigInteger.Pow(10, 15) <= exactNumerator, $"{available.Nav} is off");
                }
            );

    [Fact]
    public void The_executable_price_of_a_mint_is_above_nav_and_of_a_redemption_below()
    {
        var inputs = Inputs(90, (1, 100, 2_000_000, 1_000_000), (2, 50, 500_000, 1_000_000));
        var nav = Available(inputs);
        var tao = Wei.From(10 * Wei.OneTao.Value);
        var bought = ExecutablePrice
            .MintLegs(nav, tao)
            .Zip(inputs.Holdings, (rao, h) => (BigInteger)h.Quote.Pool!.Alpha * rao / (h.Quote.Pool!.Tao + rao))
            .ToList();
        var mint = ExecutablePrice.OfMint(nav, tao, bought)!;
        Assert.True(mint.Price.Value > nav.Nav.Value && mint.Price.Value < nav.Nav.Value * 101 / 100);

        var tokens = Wei.From(4 * Wei.OneTao.Value);
        var sold = ExecutablePrice
            .RedeemLegs(inputs, tokens)
            .Zip(inputs.Holdings, (alpha, h) => (BigInteger)h.Quote.Pool!.Tao * alpha / (h.Quote.Pool!.Alpha + alpha))
            .ToList();
        var redeem = ExecutablePrice.OfRedeem(inputs, tokens, sold)!;
        Assert.True(redeem.Price.Value < nav.Nav.Value && redeem.Price.Value > nav.Nav.Value * 99 / 100);
    }

    [Theory]
    [InlineData(1_000, 1_019, NavMove.Calm)]
    [InlineData(1_000, 1_020, NavMove.Warning)]
    [InlineData(1_000, 961, NavMove.Warning)]
    [InlineData(1_000, 960, NavMove.Alert)]
    [InlineData(1_000, 1_040, NavMove.Alert)]
    public void Two_percent_warns_and_four_alert(ulong before, ulong after, NavMove move) =>
        Assert.Equal(move, NavMoves.Between(TaoPerToken.From(before), TaoPerToken.From(after)));

    private static BalancerPool Pool(ulong tao, ulong alpha) => new(tao, alpha, BalancerPool.Half);

    private static NavReading.Available Available(NavInputs inputs) =>
        Assert.IsType<NavReading.Available>(NavReading.Of(inputs, inputs.Timestamp));

    /// <summary>Supply in whole tokens; per subnet netuid, alpha held, TAO and alpha in the pool, all whole.</summary>
    private static NavInputs Inputs(ulong supply, params (int Netuid, ulong Held, ulong PoolTao, ulong PoolAlpha)[] subnets) =>
        new(
            100,
            Hash256.Zero,
            1_700_000_000,
            Wei.From(supply * Wei.OneTao.Value),
            [
                .. subnets.Select(s => new NavHolding(
                    (ushort)s.Netuid,
                    new Ratio(Ratio.Scale / subnets.Length),
                    s.Held * Tao,
                    new AlphaQuote((ushort)s.Netuid, s.PoolTao * One / s.PoolAlpha, true, Pool(s.PoolTao * Tao, s.PoolAlpha * Tao))
                )),
            ]
        );
}
