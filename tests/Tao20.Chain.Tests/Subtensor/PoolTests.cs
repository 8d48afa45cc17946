using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Devnet.Subtensor;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>Prices, quotes and fees of balancer pools, to the unit.</summary>
public sealed class PoolTests(MockChains chains) : IClassFixture<MockChains>
{
    private const ulong One = MockChain.One;
    private const string Half = "500000000000000000";

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(4, "pallets/swap/src/pallet/impls.rs, calculate_fee_amount")]
    public async Task The_fee_is_in_65535ths_and_rounded_down(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);

        // What is bought for all of an amount and what the fee leaves are told apart by a pool in which a unit is a unit.
        await chain.SetAsync("setPool", netuid, 1_000_000_000_000_000_000UL, 1_000_000_000_000_000_000UL);
        (ulong Amount, ulong Fee)[] vectors = [(2_000_000, 1_007), (65_535_000, 32_999), (131_070_000, 65_999), (One, 503_547)];
        foreach (var (amount, fee) in vectors)
            Assert.Equal(Out(amount - fee, 1_000_000_000_000_000_000), await BuyAsync(chain, netuid, amount));
        await chain.SetAsync("setPool", netuid, 1_000_000_000_000_000UL, 1_000_000_000_000_000UL);
        Assert.Equal(Out(1_000_000_000_000 - 503_547_722, 1_000_000_000_000_000), await BuyAsync(chain, netuid, 1_000_000_000_000));

        static BigInteger Out(BigInteger net, BigInteger reserve)
        {
            var left = BigInteger.Pow(10, 18) * reserve / (reserve + net);
            return reserve * ((BigInteger.One << 64) - (left << 64) / BigInteger.Pow(10, 18)) >> 64;
        }
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(7, "pallets/swap/src/pallet/balancer.rs, swap_step.rs; subtensor/src/staking/stake_utils.rs, unstake_from_subnet")]
    public async Task A_pool_of_1000_and_4000_at_equal_weights(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        Assert.Equal(250_000_000_000_000_000, await PriceAsync(chain, netuid));
        Assert.Equal(39_584_215_264, await BuyAsync(chain, netuid, 10 * One));
        Assert.Equal(3_993_993_829, await BuyAsync(chain, netuid, One));
        Assert.Equal(2_492_512_986, await SellAsync(chain, netuid, 10 * One));

        await chain.CallAsync(0x805, "addStake(bytes32,uint256,uint256)", MockChain.Hotkey, 10 * One, netuid);
        Assert.Equal((1_009_994_964_523, 3_960_415_784_736), await ReservesAsync(chain, netuid));
        Assert.Equal(255_022_457_000_000_000, await PriceAsync(chain, netuid));
        Assert.Equal(39_584_215_264, await chain.StakeAsync(netuid));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(7, "subtensor/src/staking/stake_utils.rs, unstake_from_subnet: the fee is sold for the author")]
    public async Task A_sale_also_sells_its_fee(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 1_000 * One);
        var before = await chain.BalanceAsync(chain.Account);
        await chain.CallAsync(0x805, "removeStake(bytes32,uint256,uint256)", MockChain.Hotkey, 10 * One, netuid);
        Assert.Equal((997_506_234_414, 4_010_000_000_000), await ReservesAsync(chain, netuid));
        Assert.Equal(248_754_671_000_000_000, await PriceAsync(chain, netuid));
        Assert.Equal(2_492_512_986, await chain.BalanceAsync(chain.Account) - before);
    }

    [Theory]
    [InlineData(425u, "400000000000000000", "375000000000000000", 26_433_194_671, 3_736_438_777)]
    [InlineData(473u, "400000000000000000", "375000000000000000", 26_433_194_671, 3_736_438_777)]
    [InlineData(425u, "600000000000000000", "166666666000000000", 59_229_181_887, 1_662_366_381)]
    [InlineData(473u, "600000000000000000", "166666666000000000", 59_229_181_887, 1_662_366_381)]
    [InlineData(425u, "499000000000000000", "251002004000000000", 39_426_975_807, 2_502_490_507)]
    [InlineData(473u, "499000000000000000", "251002004000000000", 39_426_975_807, 2_502_490_507)]
    [InlineData(425u, "512345678901234567", "237951807000000000", 41_578_027_235, 2_372_534_490)]
    [InlineData(473u, "512345678901234567", "237951807000000000", 41_578_027_235, 2_372_534_490)]
    [ReferencePoint(8, "pallets/swap/src/pallet/balancer.rs, exp_scaled; safe-bigmath src/integer.rs, pow_ratio_scaled")]
    public async Task Other_weights_give_other_prices(uint spec, string weight, string price, long bought, long sold)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000, weight);
        Assert.Equal(BigInteger.Parse(price, null), await PriceAsync(chain, netuid));
        Assert.Equal(bought, await BuyAsync(chain, netuid, 10 * One));
        Assert.Equal(sold, await SellAsync(chain, netuid, 10 * One));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(9, "pallets/swap/src/pallet/balancer.rs, update_weights_for_added_liquidity")]
    public async Task Emission_changes_the_weights_and_not_the_price(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("emitIntoPool", netuid, 0UL, 1_000 * One);
        Assert.Equal(444_444_444_444_444_444UL, await WeightAsync(chain, netuid));
        Assert.Equal(250_000_000_000_000_000, await PriceAsync(chain, netuid));
        Assert.Equal(39_623_543_928, await BuyAsync(chain, netuid, 10 * One));

        netuid = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("emitIntoPool", netuid, One / 2, One);
        Assert.Equal(500_062_476_571_285_767UL, await WeightAsync(chain, netuid));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(10, "pallets/swap/src/pallet/swap_step.rs, determine_action; staking/add_stake.rs, get_max_amount_add")]
    public async Task A_limit_bounds_what_is_swapped(uint spec)
    {
        const string Add = "addStakeLimit(bytes32,uint256,uint256,bool,uint256)";
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        Assert.Equal("SlippageTooHigh", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 100 * One, 260_000_000, false, netuid));
        Assert.Equal("SlippageTooHigh", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 19_813_879_953, 260_000_000, false, netuid));
        Assert.Null(await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 19_813_879_952, 260_000_000, false, netuid));
        Assert.Equal("PriceLimitExceeded", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, One, 250_000_000, true, netuid));
        var before = await chain.BalanceAsync(chain.Account);
        await chain.CallAsync(0x805, Add, MockChain.Hotkey, 100 * One, 260_000_000, true, netuid);
        Assert.Equal(19_813_879_952, before - await chain.BalanceAsync(chain.Account));
        Assert.Equal(77_677_297_234, await chain.StakeAsync(netuid));
        Assert.Equal(1_000 * One + 19_803_902_718, (await ReservesAsync(chain, netuid)).Tao);

        netuid = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 1_000 * One);
        before = await chain.BalanceAsync(chain.Account);
        await chain.CallAsync(
            0x805,
            "removeStakeLimit(bytes32,uint256,uint256,bool,uint256)",
            MockChain.Hotkey,
            500 * One,
            240_000_000,
            true,
            netuid
        );
        Assert.Equal(20_204_102_886, await chain.BalanceAsync(chain.Account) - before);
        Assert.Equal(1_000 * One - 82_524_459_641, await chain.StakeAsync(netuid));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(11, "pallets/swap/src/pallet/impls.rs, sim_swap, swap_inner; swap_step.rs, process_swap")]
    public async Task Quotes_of_nothing_of_crumbs_and_of_what_is_not_there(uint spec)
    {
        const string Sell = "simSwapAlphaForTao(uint16,uint64)";
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        for (var crumbs = 1; crumbs <= 3; crumbs++)
            Assert.Equal("ReservesTooLow", await chain.FailureAsync(0x808, Sell, netuid, crumbs));
        Assert.Equal(1, await SellAsync(chain, netuid, 4));
        Assert.Equal(0, await SellAsync(chain, netuid, 0));
        Assert.Equal(0, await SellAsync(chain, 77, One));
        Assert.Equal(0, await BuyAsync(chain, 77, One));
        Assert.Equal(1_000_000_000_000_000_000, await PriceAsync(chain, 77));
        Assert.Equal(0, await chain.ReadAsync(0x808, "getTaoInPool(uint16)", 77));
        await chain.SetAsync("registerSubnet", (ushort)0);
        Assert.Equal(One, await BuyAsync(chain, 0, One));
        Assert.Equal(1_000_000_000_000_000_000, await PriceAsync(chain, 0));
        await chain.SetAsync("setPool", netuid, 999_999UL, One);
        Assert.Equal("ReservesTooLow", await chain.FailureAsync(0x808, Sell, netuid, One));
        await chain.SetAsync("setPool", netuid, 1_000_000UL, 0UL);
        Assert.Equal(0, await PriceAsync(chain, netuid));
        Assert.Equal("Value is too large or out of bounds", await chain.FailureAsync(0x808, Sell, 65_536, One));
        Assert.Equal("Value is too large or out of bounds", await chain.FailureAsync(0x808, Sell, netuid, BigInteger.Pow(2, 64)));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(28, "pallets/swap/src/pallet/mod.rs, FeeRate")]
    public async Task Another_fee_rate(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("setFeeRate", netuid, (ushort)100);
        Assert.Equal(39_544_126_060, await BuyAsync(chain, netuid, 10 * One));
        Assert.Equal(2_489_969_818, await SellAsync(chain, netuid, 10 * One));
        await chain.CallAsync(0x805, "addStake(bytes32,uint256,uint256)", MockChain.Hotkey, 10 * One, netuid);
        Assert.Equal(1_010 * One - 15_259_021, (await ReservesAsync(chain, netuid)).Tao);

        netuid = await PoolAsync(chain, 500, 4_000);
        Assert.Equal(19_890_526_494, await BuyAsync(chain, netuid, 2_500_000_000));
        Assert.Equal(312_147_647, await SellAsync(chain, netuid, 2_500_000_000));

        // The least that can be staked carries its fee on top.
        await chain.SetAsync("setFeeRate", netuid, (ushort)66);
        const string Add = "addStake(bytes32,uint256,uint256)";
        Assert.Equal("AmountTooLow", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 2_002_013, netuid));
        Assert.Null(await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 2_002_016, netuid));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(29, "pallets/swap/src/pallet at spec 473 with the lending branch, which is not known to be live")]
    public async Task Another_curve_leaves_the_balancers_weight_where_it_was(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        var (price, bought) = (await PriceAsync(chain, netuid), await BuyAsync(chain, netuid, One));
        await chain.SetAsync("setForeignCurve", netuid, true);
        Assert.NotEqual(price, await PriceAsync(chain, netuid));
        Assert.NotEqual(bought, await BuyAsync(chain, netuid, One));
        Assert.Equal(500_000_000_000_000_000UL, await WeightAsync(chain, netuid));
        var quoted = await BuyAsync(chain, netuid, One);

        // Whatever the curve, a small amount is swapped at about the price.
        var worth = quoted * await PriceAsync(chain, netuid) / 1_000_000_000_000_000_000;
        Assert.InRange(worth, One * 99 / 100, One);
        await chain.CallAsync(0x805, "addStake(bytes32,uint256,uint256)", MockChain.Hotkey, One, netuid);
        Assert.Equal(quoted, await chain.StakeAsync(netuid));
    }

    private static async Task<ushort> PoolAsync(MockChain chain, ulong tao, ulong alpha, string weight = Half)
    {
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, tao * One, alpha * One);
        await chain.SetAsync("setQuoteWeight", netuid, ulong.Parse(weight, null));
        return netuid;
    }

    private static Task<BigInteger> PriceAsync(MockChain chain, ushort netuid) => chain.ReadAsync(0x808, "getAlphaPrice(uint16)", netuid);

    private static Task<BigInteger> BuyAsync(MockChain chain, ushort netuid, ulong rao) =>
        chain.ReadAsync(0x808, "simSwapTaoForAlpha(uint16,uint64)", netuid, rao);

    private static Task<BigInteger> SellAsync(MockChain chain, ushort netuid, ulong alpha) =>
        chain.ReadAsync(0x808, "simSwapAlphaForTao(uint16,uint64)", netuid, alpha);

    private static async Task<(BigInteger Tao, BigInteger Alpha)> ReservesAsync(MockChain chain, ushort netuid) =>
        (await chain.ReadAsync(0x808, "getTaoInPool(uint16)", netuid), await chain.ReadAsync(0x808, "getAlphaInPool(uint16)", netuid));

    private static async Task<ulong> WeightAsync(MockChain chain, ushort netuid) =>
        (ulong)new AbiData(await chain.WordsAsync(SubtensorMock.State, SubtensorMock.Data("getSubnet", netuid))).Integer(12);
}
