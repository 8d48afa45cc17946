using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>Buying, selling and moving alpha: what is the least, what is capped, what is lost and what is kept.</summary>
public sealed class StakingTests(MockChains chains) : IClassFixture<MockChains>
{
    private const ulong One = MockChain.One;
    private const string Add = "addStake(bytes32,uint256,uint256)";
    private const string Remove = "removeStake(bytes32,uint256,uint256)";
    private const string RemoveLimit = "removeStakeLimit(bytes32,uint256,uint256,bool,uint256)";
    private const string Transfer = "transferStake(bytes32,bytes32,uint256,uint256,uint256)";
    private const string Move = "moveStake(bytes32,bytes32,uint256,uint256,uint256)";
    private const string TransferFrom = "transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)";
    private const string Approve = "approve(address,uint256,uint256)";
    private const string Allowance = "allowance(address,address,uint256)";
    private static readonly BigInteger Max = BigInteger.Pow(2, 256) - 1;
    private static readonly Hash256 Other = Keccak.Hash("another coldkey"u8);

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(5, "subtensor/src/staking/stake_utils.rs, validate_add_stake, validate_remove_stake")]
    public async Task The_least_that_is_staked_and_the_least_that_is_sold_in_parts(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        Assert.Equal("AmountTooLow", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 2_001_006, netuid));
        Assert.Null(await chain.FailureAsync(0x805, Add, MockChain.Hotkey, 2_001_007, netuid));
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 200 * One);
        Assert.Equal("AmountTooLow", await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 8_004_046, netuid));
        var before = await chain.BalanceAsync(chain.Account);
        await chain.CallAsync(0x805, Remove, MockChain.Hotkey, 8_004_047, netuid);
        Assert.Equal(2_000_000, await chain.BalanceAsync(chain.Account) - before);

        // All there is has no minimum.
        var crumbs = await PoolAsync(chain, 1_000, 4_000);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, crumbs, 1_000UL);
        Assert.Equal("AmountTooLow", await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 999, crumbs));
        await chain.CallAsync(0x805, Remove, MockChain.Hotkey, 1_000, crumbs);
        Assert.Equal(0, await chain.StakeAsync(crumbs));
    }

    [Theory]
    [InlineData(425u, 1_000, 4_000, 8_000_000UL)]
    [InlineData(425u, 1_000, 3_000, 6_000_001UL)]
    [InlineData(425u, 500, 4_000, 16_000_000UL)]
    [InlineData(425u, 1_000, 7_000, 14_000_001UL)]
    [InlineData(473u, 500, 4_000, 800_000UL)]
    [InlineData(473u, 1_000, 7_000, 700_001UL)]
    [InlineData(473u, 900, 4_800, 533_334UL)]
    [ReferencePoint(6, "subtensor/src/staking/stake_utils.rs, transfer_stake_within_subnet; 473: release 434, InitialMinTransfer")]
    public async Task The_least_that_is_transferred_be_it_all_there_is(uint spec, ulong tao, ulong alpha, ulong least)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, tao, alpha);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, least - 1);
        Assert.Equal("AmountTooLow", await TransferAsync(least - 1));
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 1UL);
        Assert.Null(await TransferAsync(least));

        Task<string?> TransferAsync(ulong amount) => chain.FailureAsync(0x805, Transfer, Other, MockChain.Hotkey, netuid, netuid, amount);
    }

    [Theory]
    [InlineData(425u, 2_000_000)]
    [InlineData(473u, 100_000)]
    [ReferencePoint(6, "subtensor/src/staking/stake_utils.rs, validate_stake_transition; 473: move_stake.rs")]
    public async Task Between_subnets_a_transfer_has_a_minimum_of_its_own_and_a_move_keeps_that_of_stake(uint spec, int least)
    {
        var chain = await chains.OfAsync(spec);
        var (from, to) = (await PoolAsync(chain, 1_000, 1_000), await PoolAsync(chain, 1_000, 1_000));
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, from, 100 * One);
        await chain.SetAsync("setHotkey", Other, Other);

        // What brings exactly the minimum is too little: strictly more is asked for.
        var exact = await AlphaForAsync(least);
        Assert.Equal("AmountTooLow", await chain.FailureAsync(0x805, Transfer, Other, MockChain.Hotkey, from, to, exact));
        Assert.Null(await chain.FailureAsync(0x805, Transfer, Other, MockChain.Hotkey, from, to, await AlphaForAsync(least + 1)));
        Assert.Equal(
            "AmountTooLow",
            await chain.FailureAsync(0x805, Move, MockChain.Hotkey, Other, from, to, await AlphaForAsync(2_000_000))
        );
        var moved = await AlphaForAsync(3_000_000);
        await chain.CallAsync(0x805, Move, MockChain.Hotkey, Other, from, to, moved);
        Assert.Equal(100 * One - moved, await chain.StakeAsync(from));
        Assert.InRange(await chain.StakeAsync(to, hotkey: Other), 2_999_980, 3_000_000);

        // The most alpha that brings no more than so many rao.
        async Task<BigInteger> AlphaForAsync(int rao)
        {
            BigInteger low = rao,
                high = rao * 2;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                var brings = await chain.ReadAsync(0x808, "simSwapAlphaForTao(uint16,uint64)", from, middle);
                (low, high) = brings <= rao ? (middle, high) : (low, middle);
            }

            return low;
        }
    }

    [Fact]
    [ReferencePoint(12, "precompiles/src/staking.rs, try_consume_allowance; subtensor/src/staking/move_stake.rs, remove_stake.rs")]
    public async Task At_425_asking_for_more_than_there_is_moves_what_there_is_and_costs_what_was_asked()
    {
        var chain = await chains.OfAsync(425);
        var netuid = await PoolAsync(chain, 1_000_000, 1_000_000);
        var to = chain.Accounts[1];
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        await chain.CallAsync(0x805, Approve, chain.Account, netuid, Max);
        await chain.CallAsync(0x805, TransferFrom, chain.Account, to, MockChain.Hotkey, netuid, netuid, 10 * One);
        Assert.Equal(6 * One, await chain.StakeAsync(netuid, Coldkey.Of(to)));
        Assert.Equal(Max - 10 * One, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Account, netuid));

        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        await chain.CallAsync(0x805, Transfer, Coldkey.Of(to), MockChain.Hotkey, netuid, netuid, 10 * One);
        Assert.Equal(12 * One, await chain.StakeAsync(netuid, Coldkey.Of(to)));
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        Assert.Equal("NotEnoughStakeToWithdraw", await chain.FailureAsync(0x805, RemoveLimit, MockChain.Hotkey, 10 * One, 0, true, netuid));
        await chain.CallAsync(0x805, Remove, MockChain.Hotkey, 10 * One, netuid);
        Assert.Equal(0, await chain.StakeAsync(netuid));
    }

    [Fact]
    [ReferencePoint(12, "473: subtensor/src/staking/stake_utils.rs, validate_stake_transition (later copy); 469: third party")]
    public async Task At_473_asking_for_more_than_there_is_fails_and_costs_nothing_but_gas()
    {
        var chain = await chains.OfAsync(473);
        var netuid = await PoolAsync(chain, 1_000_000, 1_000_000);
        var to = chain.Accounts[1];
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        await chain.CallAsync(0x805, Approve, chain.Account, netuid, 25 * One);
        Assert.Equal("NotEnoughStakeToWithdraw", await FromAsync(10 * One));
        await chain.CallAsync(0x805, TransferFrom, chain.Account, to, MockChain.Hotkey, netuid, netuid, 6 * One);
        Assert.Equal(6 * One, await chain.StakeAsync(netuid, Coldkey.Of(to)));
        Assert.Equal(19 * One, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Account, netuid));
        Assert.Equal("trying to spend more than allowed", await FromAsync(20 * One));

        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        await chain.CallAsync(0x805, Approve, chain.Account, netuid, Max);
        await chain.CallAsync(0x805, TransferFrom, chain.Account, to, MockChain.Hotkey, netuid, netuid, ulong.MaxValue);
        Assert.Equal(12 * One, await chain.StakeAsync(netuid, Coldkey.Of(to)));
        Assert.Equal(Max - ulong.MaxValue, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Account, netuid));

        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 6 * One);
        await chain.CallAsync(0x805, Remove, MockChain.Hotkey, 10 * One, netuid);
        Assert.Equal(0, await chain.StakeAsync(netuid));

        Task<string?> FromAsync(ulong amount) =>
            chain.FailureAsync(0x805, TransferFrom, chain.Account, to, MockChain.Hotkey, netuid, netuid, amount);
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(12, "precompiles/src/staking.rs, AllowancesStorage: by registration of the netuid")]
    public async Task An_allowance_is_of_one_registration_of_the_subnet(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 1_000);
        await chain.CallAsync(0x805, Approve, chain.Accounts[1], netuid, 5);
        await chain.CallAsync(0x805, "increaseAllowance(address,uint256,uint256)", chain.Accounts[1], netuid, Max);
        Assert.Equal(Max, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Accounts[1], netuid));
        await chain.CallAsync(0x805, "decreaseAllowance(address,uint256,uint256)", chain.Accounts[1], netuid, Max - 3);
        Assert.Equal(3, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Accounts[1], netuid));
        await chain.SetAsync("registerSubnet", netuid);
        Assert.Equal(0, await chain.ReadAsync(0x805, Allowance, chain.Account, chain.Accounts[1], netuid));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(3, "precompiles/src/staking.rs; subtensor/src/coinbase/tao.rs, transfer_tao_to_subnet")]
    public async Task A_value_that_is_sent_along_is_lost_and_the_TAO_is_taken_besides(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        var before = await chain.BalanceAsync(chain.Account);
        await chain.SendAsync(
            new DevnetTransaction(
                chain.Account,
                MockChain.At(0x805),
                AbiEncoder.Call(Add, MockChain.Hotkey, One, netuid),
                (UInt128)One * 2_000_000_000
            )
        );
        Assert.Equal(3 * One, before - await chain.BalanceAsync(chain.Account));
        Assert.True(await chain.BalanceAsync(MockChain.At(0x805)) >= 2 * One);

        // Whoever stakes all there is keeps the existential deposit, and gets less than was asked for.
        var poor = chain.Accounts[2];
        await chain.Client.SendAsync("anvil_setBalance", $"[\"{poor}\",\"0x{(BigInteger)One * One:x}\"]", default);
        var quote = await chain.ReadAsync(0x808, "simSwapTaoForAlpha(uint16,uint64)", netuid, One - 500);
        await chain.SendAsync(new DevnetTransaction(poor, MockChain.At(0x805), AbiEncoder.Call(Add, MockChain.Hotkey, One, netuid)));
        Assert.Equal(500, await chain.BalanceAsync(poor));
        Assert.Equal(quote, await chain.StakeAsync(netuid, Coldkey.Of(poor)));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(19, "primitives/share-pool; subtensor/src/staking/helpers.rs, clear_small_nomination_if_required")]
    public async Task Stake_grows_by_emission_is_rounded_down_and_a_small_rest_is_sold_along(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 4_000);
        var hotkey = Keccak.Hash([(byte)spec, 1]);
        await chain.SetAsync("setHotkey", hotkey, Other);
        await chain.SetAsync("grantStake", hotkey, Other, netuid, 7 * One);
        await chain.SetAsync("grantStake", hotkey, chain.Coldkey, netuid, 3 * One);
        await chain.SetAsync("emitToHotkey", hotkey, netuid, One);
        Assert.Equal(3_300_000_000, await chain.StakeAsync(netuid, hotkey: hotkey));
        await chain.SetAsync("emitToHotkey", hotkey, netuid, 333_333_333UL);
        var before = await chain.StakeAsync(netuid, hotkey: hotkey);
        for (var i = 0; i < 20; i++)
        {
            await chain.SetAsync("grantStake", hotkey, chain.Coldkey, netuid, 1_000_001UL);
            var after = await chain.StakeAsync(netuid, hotkey: hotkey);
            Assert.InRange(after - before, 1_000_000, 1_000_001);
            before = after;
        }

        // 0.02 TAO are 0.08 alpha at a quarter: what leaves a little less sells all of it, what leaves as much does not.
        var mine = await chain.StakeAsync(netuid, hotkey: hotkey);
        await chain.CallAsync(0x805, Remove, hotkey, mine - 100_000_000, netuid);
        Assert.InRange(await chain.StakeAsync(netuid, hotkey: hotkey), 99_999_998, 100_000_000);
        await chain.CallAsync(0x805, Remove, hotkey, 30_000_000, netuid);
        Assert.Equal(0, await chain.StakeAsync(netuid, hotkey: hotkey));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(13, "subtensor/src/staking/stake_utils.rs, lock.rs: toggles, locks")]
    public async Task What_is_switched_off_or_locked_does_not_move(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await PoolAsync(chain, 1_000, 1_000);
        var other = await PoolAsync(chain, 1_000, 1_000);
        var to = Coldkey.Of(chain.Accounts[1]);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 10 * One);
        await chain.SetAsync("setSwitches", netuid, true, true, false);
        Assert.Equal("TransferDisallowed", await TransferAsync(One));
        Assert.Null(await chain.FailureAsync(0x805, Move, MockChain.Hotkey, MockChain.Hotkey, netuid, other, One));
        await chain.SetAsync("setSwitches", netuid, false, false, false);
        Assert.Equal("SubtokenDisabled", await TransferAsync(One));
        Assert.Equal("SubtokenDisabled", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, One, netuid));
        Assert.Equal("SubtokenDisabled", await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, One, netuid));
        Assert.Null(await chain.FailureAsync(0x805, RemoveLimit, MockChain.Hotkey, One, 0, true, netuid));
        await chain.SetAsync("setSwitches", netuid, true, false, false);

        await chain.SetAsync("setLock", chain.Coldkey, netuid, 6 * One, MockChain.Hotkey);
        Assert.Null(await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 4 * One, netuid));
        Assert.Equal("StakeUnavailable", await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 4 * One + 1, netuid));
        Assert.Equal("StakeUnavailable", await chain.FailureAsync(0x805, Move, MockChain.Hotkey, MockChain.Hotkey, netuid, other, 5 * One));
        Assert.Null(await TransferAsync(4 * One));
        Assert.Equal("AccountRejectsLockedAlpha", await TransferAsync(5 * One));
        Assert.Equal("HotKeyAccountNotExists", await chain.FailureAsync(0x805, Add, Keccak.Hash("nobody's"u8), One, netuid));
        Assert.Equal("SubnetNotExists", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, One, 9_999));
        Assert.Equal("the value is outside of u16 bounds", await chain.FailureAsync(0x805, Add, MockChain.Hotkey, One, 65_536));

        Task<string?> TransferAsync(ulong amount) => chain.FailureAsync(0x805, Transfer, to, MockChain.Hotkey, netuid, netuid, amount);
    }

    [Fact]
    [ReferencePoint(24, "473: subtensor/src/staking/stake_utils.rs (later copy): collateral; PR 3182: bounds of staking hotkeys")]
    public async Task At_473_collateral_stays_and_a_list_of_hotkeys_is_bounded()
    {
        await using var chain = await MockChain.StartAsync(473);
        var netuid = await PoolAsync(chain, 1_000_000, 1_000_000);
        var to = Coldkey.Of(chain.Accounts[1]);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 10 * One);
        await chain.SetAsync("setCollateral", netuid, MockChain.Hotkey, chain.Coldkey, 6 * One);
        Assert.Null(await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 4 * One, netuid));
        Assert.Equal("StakeUnavailable", await chain.FailureAsync(0x805, Remove, MockChain.Hotkey, 4 * One + 1, netuid));
        await chain.SetAsync("setCollateral", netuid, MockChain.Hotkey, chain.Coldkey, 0UL);

        // 127 entries take one more from anybody, 128 none but what is listed; its own coldkey fills it up to 256.
        var entries = Enumerable.Range(0, 256).Select(i => Keccak.Hash([(byte)i, 9])).ToList();
        await GrantAsync(entries.Take(127));
        Assert.Null(await TransferAsync(MockChain.Hotkey));
        await GrantAsync(entries.Skip(127).Take(1));
        Assert.Equal("TooManyStakingHotkeys", await TransferAsync(MockChain.Hotkey));
        await chain.SetAsync("grantStake", entries[3], chain.Coldkey, netuid, 10 * One);
        await chain.SetAsync("setHotkey", entries[3], Other);
        Assert.Null(await TransferAsync(entries[3]));
        await GrantAsync(entries.Skip(128).Take(127));
        Assert.Null(await AddAsync(MockChain.Hotkey));
        await GrantAsync(entries.Skip(255));
        Assert.Equal("TooManyStakingHotkeys", await AddAsync(MockChain.Hotkey));
        Assert.Null(await AddAsync(entries[3]));

        // An entry goes with its last alpha.
        await chain.SetAsync("setHotkey", entries[4], Other);
        await chain.SendAsync(
            new DevnetTransaction(chain.Accounts[1], MockChain.At(0x805), AbiEncoder.Call(Remove, entries[4], 10 * One, netuid))
        );
        Assert.Null(await AddAsync(MockChain.Hotkey));

        Task GrantAsync(IEnumerable<Hash256> hotkeys) =>
            chain.SendAsync([.. hotkeys.Select(hotkey => SubtensorMock.Set(chain.Account, "grantStake", hotkey, to, netuid, 10 * One))]);

        Task<string?> TransferAsync(Hash256 hotkey) => chain.FailureAsync(0x805, Transfer, to, hotkey, netuid, netuid, One);

        Task<string?> AddAsync(Hash256 hotkey) => chain.FailureOfAsync(chain.Accounts[1], 0x805, Add, hotkey, One, netuid);
    }

    private static async Task<ushort> PoolAsync(MockChain chain, ulong tao, ulong alpha)
    {
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, tao * One, alpha * One);
        return netuid;
    }
}
