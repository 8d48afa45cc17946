using Tao20.Domain.Arbitrage;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>The figures of the design, where the market is so large that a trade does not move it.</summary>
[Trait("Category", "Fast")]
public sealed class PegBandTests
{
    [Theory]
    [InlineData(10_000, 0, 65)]
    [InlineData(10_000, 10, 75)]
    [InlineData(10_000, 100, 165)]
    [InlineData(1_000, 0, 335)]
    [InlineData(1_000, 10, 345)]
    [InlineData(1_000, 100, 435)]
    public void It_is_as_wide_as_what_a_trade_costs(long size, int fee, int width) =>
        Assert.Equal(width, PegBand.HalfWidth(Amount(size), Amount(30).Value, fee, default, 0));

    [Fact]
    public void Impact_and_the_profit_that_is_asked_come_on_top() =>
        Assert.Equal(
            75 + 50 + 200,
            PegBand.HalfWidth(Amount(10_000), Amount(30).Value, 10, new PoolReserves(Amount(500_000), Amount(500_000)), 50)
        );
}
