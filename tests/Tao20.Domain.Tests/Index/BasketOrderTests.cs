using System.Numerics;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Tests.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Index;

/// <summary>How legs take part in a mint and a redemption: two of them, at half a TAO for an alpha.</summary>
[Trait("Category", "Fast")]
public sealed class BasketOrderTests
{
    private static readonly LegRules June = LegRules.Of(RuntimeProfile.Spec425);
    private static readonly LegRules October = LegRules.Of(RuntimeProfile.Spec473);

    [Fact]
    public void Rules_are_those_of_the_spec_and_of_an_unknown_one_the_strictest()
    {
        Assert.Equal((150_000UL, 2_000_000UL), (June.Gas, June.LeastTransfer));
        Assert.Equal((2_600_000UL, 100_000UL), (October.Gas, October.LeastTransfer));
        var unknown = LegRules.Of(RuntimeProfile.Unknown);
        Assert.Equal((2_600_000UL, 2_000_000UL), (unknown.Gas, unknown.LeastTransfer));
        Assert.Equal(3_000_000UL, LegRules.Of(RuntimeProfile.Spec425, 3_000_000).Gas);
    }

    [Fact]
    public void A_mint_spends_what_was_quoted_and_lets_no_pool_end_far_above_its_price()
    {
        var order = Order([600_000_000, 200_000_000], October)!;
        Assert.Equal([600_000_000UL, 200_000_000], order.Tao.ToArray());
        Assert.Equal([510_000_001UL, 510_000_001], order.Limit.ToArray());
        Assert.Equal((7UL, 0U, 2_600_000UL), (order.Revision, order.Gifts, order.LegGas));
    }

    [Fact]
    public void A_leg_that_needs_less_than_can_be_bought_is_bought_for_the_least_and_one_too_thin_is_given()
    {
        // At 473 what is left of 0.002 TAO can be transferred; at 425 it cannot, and all of it goes to the holders.
        Assert.Equal((600_000_000UL, 2_041_027UL, 0U), Parts(Order([600_000_000, 1_000_000], October)!));
        Assert.Equal((600_000_000UL, 2_041_027UL, 0b10U), Parts(Order([600_000_000, 1_000_000], June)!));
        Assert.Equal(0b10U, Order([600_000_000, 90_000], October)!.Gifts);

        // What the index has nothing of is not bought.
        Assert.Equal(0UL, Order([600_000_000, 0], October)!.Tao[1]);
        Assert.Null(Order([999_000_000, 1_000_000], October));

        static (ulong, ulong, uint) Parts(BasketOrder order) => (order.Tao[0], order.Tao[1], order.Gifts);
    }

    [Fact]
    public void A_redemption_sells_every_leg_but_those_that_cannot_be()
    {
        var tokens = Wei.OneTao;
        Assert.Equal((0b11U, 0U), Masks(Baskets.Inputs(), tokens));
        Assert.Equal((0b01U, 0b10U), Masks(Baskets.Inputs(), Wei.From(tokens.Value / 200)));
        Assert.Equal((0b01U, 0b10U), Masks(With(LegState.Missing), tokens));
        Assert.Equal((0b01U, 0b10U), Masks(With(LegState.Dissolving), tokens));
        Assert.Equal((0b01U, 0U), Masks(With(LegState.NotBegun), tokens));
        Assert.Equal((0b01U, 0U), Masks(With(LegState.Gone), tokens));
    }

    [Fact]
    public void The_tao_that_goes_along_covers_the_indexs_own_also_where_that_only_comes_to_count()
    {
        // A hundredth of the supply: of 0.04 TAO, twice what counts at the least, and of 10 TAO; 2 % more.
        Assert.Equal(408_001UL, BasketOrder.TaoBeside(Baskets.Inputs(), Wei.OneTao));
        Assert.Equal(102_000_001UL, BasketOrder.TaoBeside(Baskets.Inputs() with { TaoRao = 10_000_000_000 }, Wei.OneTao));
    }

    [Fact]
    public void The_indexs_tao_is_part_of_nav_and_of_what_tokens_are_redeemed_for_and_legs_that_are_gone_are_not()
    {
        // 200 alpha at half a TAO for 100 tokens; 20 TAO more are a fifth.
        Assert.Equal(Wei.OneTao.Value, Baskets.Nav().Nav.Value);
        var inputs = Baskets.Inputs() with { TaoRao = 20_000_000_000 };
        Assert.Equal(Wei.OneTao.Value * 12 / 10, Baskets.Nav(inputs).Nav.Value);
        var redeemed = ExecutablePrice.OfRedeem(inputs, Wei.OneTao, [750_000_000, 250_000_000])!;
        Assert.Equal(Wei.OneTao.Value * 12 / 10, redeemed.Tao.Value);
        Assert.Equal(Wei.OneTao.Value * 95 / 100, Baskets.Nav(With(LegState.Dissolving) with { TaoRao = 20_000_000_000 }).Nav.Value);
        Assert.Equal(Wei.OneTao.Value * 75 / 100, Baskets.Nav(With(LegState.Gone)).Nav.Value);
        Assert.Equal(Wei.OneTao.Value, Baskets.Nav(With(LegState.Missing)).Nav.Value);
    }

    [Fact]
    public void The_scarcest_leg_decides_what_alpha_mints_less_the_fee_rounded_against_who_mints()
    {
        var inputs = Baskets.Inputs() with { FeeBps = 10 };
        var alpha = Baskets.Alpha;
        Assert.Equal((BigInteger)Wei.OneTao.Value * 999 / 1_000, ExecutablePrice.TokensOf(inputs, [3 * alpha / 2, alpha]));
        Assert.Equal(BigInteger.Zero, ExecutablePrice.TokensOf(inputs, [alpha, 0]));
        Assert.Equal(8, inputs.AfterFee(9));
        Assert.Equal([1_498_500_000UL, 499_500_000], ExecutablePrice.RedeemLegs(inputs, Wei.OneTao));
    }

    private static BasketOrder? Order(BigInteger[] rao, LegRules rules) =>
        BasketOrder.OfMint(Baskets.Nav(), rao, Wei.OneTao, rules, limitBasisPoints: 200);

    private static (uint Sell, uint Leave) Masks(NavInputs inputs, Wei tokens)
    {
        var order = BasketOrder.OfRedemption(Baskets.Nav(inputs), tokens, October);
        return (order.Sell, order.Leave);
    }

    /// <summary>The second leg is so.</summary>
    private static NavInputs With(LegState state)
    {
        var inputs = Baskets.Inputs();
        return inputs with { Holdings = [inputs.Holdings[0], inputs.Holdings[1] with { State = state }] };
    }
}
