using Tao20.Domain.Nav;

namespace Tao20.Domain.Tests.Nav;

/// <summary>The chain's formula of swaps, to the unit (source: the chain reference, section 9, points 4, 7, 8, 9 and 28).</summary>
[Trait("Category", "Fast")]
public sealed class BalancerSwapTests
{
    private const ulong One = 1_000_000_000;
    private const ulong Half = BalancerPool.Half;

    [Theory]
    [InlineData(2_000_000, 1_007)]
    [InlineData(65_535_000, 32_999)]
    [InlineData(131_070_000, 65_999)]
    [InlineData(1_000_000_000, 503_547)]
    [InlineData(1_000_000_000_000, 503_547_722)]
    public void The_fee_is_in_65535ths_and_rounded_down(ulong amount, ulong fee) =>
        Assert.Equal(fee, new BalancerSwap(new BalancerPool(1, 1, Half), 33).Fee(amount));

    [Theory]
    [InlineData(1_000, 4_000, Half, 33, 10, 39_584_215_264, 2_492_512_986)]
    [InlineData(1_000, 4_000, 400_000_000_000_000_000, 33, 10, 26_433_194_671, 3_736_438_777)]
    [InlineData(1_000, 4_000, 600_000_000_000_000_000, 33, 10, 59_229_181_887, 1_662_366_381)]
    [InlineData(1_000, 4_000, 499_000_000_000_000_000, 33, 10, 39_426_975_807, 2_502_490_507)]
    [InlineData(1_000, 4_000, 512_345_678_901_234_567, 33, 10, 41_578_027_235, 2_372_534_490)]
    [InlineData(1_000, 4_000, Half, 100, 10, 39_544_126_060, 2_489_969_818)]
    public void A_purchase_and_a_sale_of_ten(ulong tao, ulong alpha, ulong weight, ushort rate, ulong amount, ulong bought, ulong sold)
    {
        var swap = new BalancerSwap(new BalancerPool(tao * One, alpha * One, weight), rate);
        Assert.Equal((bought, sold), (swap.Buy(amount * One), swap.Sell(amount * One)));
    }

    [Fact]
    public void Other_sizes_and_pools()
    {
        Assert.Equal(3_993_993_829UL, new BalancerSwap(new BalancerPool(1_000 * One, 4_000 * One, Half), 33).Buy(One));
        Assert.Equal(
            39_623_543_928UL,
            new BalancerSwap(new BalancerPool(1_000 * One, 5_000 * One, 444_444_444_444_444_444), 33).Buy(10 * One)
        );
        var small = new BalancerSwap(new BalancerPool(500 * One, 4_000 * One, Half), 33);
        Assert.Equal((19_890_526_494UL, 312_147_647UL), (small.Buy(2_500_000_000), small.Sell(2_500_000_000)));
        Assert.Equal((0UL, 1UL), (new BalancerSwap(new BalancerPool(1_000 * One, 4_000 * One, Half), 33).Sell(3), 1UL));
        Assert.Equal(1UL, new BalancerSwap(new BalancerPool(1_000 * One, 4_000 * One, Half), 33).Sell(4));
    }
}
