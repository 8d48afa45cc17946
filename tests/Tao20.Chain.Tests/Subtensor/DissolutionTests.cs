using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>The end of a subnet.</summary>
public sealed class DissolutionTests(MockChains chains) : IClassFixture<MockChains>
{
    private const ulong One = MockChain.One;
    private const string Status = "getSubnetDissolutionStatus(uint16)";
    private static readonly Hash256 Others = Keccak.Hash("all the others"u8);

    [Theory]
    [InlineData(false, 4_166_666_666)]
    [InlineData(true, 5_000_000_000)]
    [ReferencePoint(13, "subtensor/src/coinbase/root.rs; staking/remove_stake.rs, destroy_alpha_in_out_stakes")]
    public async Task At_425_it_pays_out_and_is_another_subnet_in_one_step(bool legacy, long paid)
    {
        var chain = await chains.OfAsync(425);

        // What is left over goes to the largest fractions, and among equals to who stands first: here to five others.
        var netuid = await SubnetAsync(chain, 1_000 * One, 4_000 * One, 100 * One, 19_400 * One, legacy, before: 5);
        await chain.CallAsync(0x805, "approve(address,uint256,uint256)", chain.Accounts[1], netuid, 7);
        var before = await chain.BalanceAsync(chain.Account);
        await chain.SetAsync("dissolve", netuid);
        Assert.Equal(paid, await chain.BalanceAsync(chain.Account) - before);
        Assert.Equal(0, await chain.StakeAsync(netuid));
        Assert.Equal("01", await chain.StorageAsync(RuntimeStorage.NetworksAdded.Key(netuid)));
        Assert.Equal("0200000000000000", await chain.StorageAsync(RuntimeStorage.RegisteredSubnetCounter.Key(netuid)));
        Assert.Equal(0, await chain.ReadAsync(0x805, "allowance(address,address,uint256)", chain.Account, chain.Accounts[1], netuid));
        Assert.Equal(
            await chain.Client.BlockNumberAsync(default),
            await chain.ReadAsync(0x803, "getNetworkRegistrationBlock(uint16)", netuid)
        );
    }

    [Theory]
    [InlineData(false, 4_168_448_626)]
    [InlineData(true, 4_774_968_929)]
    [ReferencePoint(23, "473: subtensor/src/subnets/dissolution.rs at 0249a4a4; staking/remove_stake.rs (later copy)")]
    public async Task At_473_it_ends_step_by_step(bool legacy, long paid)
    {
        var chain = await chains.OfAsync(473);
        const ulong Mine = 123_456_789_000;
        var netuid = await SubnetAsync(chain, 731 * One, 2_750 * One, Mine, 18_900 * One - Mine, legacy);
        await chain.SendAsync(
            SubtensorMock.Set(chain.Account, "setUid", netuid, chain.Account, (ushort)2),
            MockStorage.Association(chain.Account, netuid, chain.Account)
        );
        var before = await chain.BalanceAsync(chain.Account);
        Assert.Equal((false, false, 0), await StatusAsync(chain, netuid));

        // It is gone, and nothing else has changed.
        await chain.SetAsync("dissolve", netuid);
        Assert.Equal("", await chain.StorageAsync(RuntimeStorage.NetworksAdded.Key(netuid)));
        Assert.Equal((true, false, 0), await StatusAsync(chain, netuid));
        Assert.Equal(1, await chain.ReadAsync(0x803, "isSubnetDissolving(uint16)", netuid));
        Assert.Equal(
            "SubnetNotExists",
            await chain.FailureAsync(0x805, "addStake(bytes32,uint256,uint256)", MockChain.Hotkey, One, netuid)
        );
        Assert.Equal(
            "SubnetNotExists",
            await chain.FailureAsync(0x805, "removeStake(bytes32,uint256,uint256)", MockChain.Hotkey, One, netuid)
        );
        Assert.Equal(Mine, await chain.StakeAsync(netuid));
        var price = await PriceAsync();

        // Some are paid and some not; then all are; and the alpha is still shown.
        await chain.SetAsync("stepDissolution", netuid, 1, false);
        Assert.Equal((true, true, 4), await StatusAsync(chain, netuid));
        Assert.Equal(paid, await chain.BalanceAsync(chain.Account) - before);
        await chain.SetAsync("stepDissolution", netuid, 100, false);
        Assert.Equal((true, true, 5), await StatusAsync(chain, netuid));
        Assert.Equal(paid, await chain.BalanceAsync(chain.Account) - before);
        Assert.Equal((Mine, price), (await chain.StakeAsync(netuid), await PriceAsync()));

        await chain.SetAsync("stepDissolution", netuid, 0, false);
        Assert.Equal((true, true, 6), await StatusAsync(chain, netuid));
        Assert.Equal(0, await chain.StakeAsync(netuid));
        await chain.SetAsync("stepDissolution", netuid, 0, false);
        Assert.Equal((true, true, 10), await StatusAsync(chain, netuid));
        Assert.Equal(0, await PriceAsync());
        await chain.SetAsync("stepDissolution", netuid, 0, false);
        Assert.Equal((true, true, 14), await StatusAsync(chain, netuid));
        Assert.Equal(1_000_000_000_000_000_000, await PriceAsync());
        Assert.NotEmpty(await chain.StorageAsync(RuntimeStorage.AssociatedUidsByEvmAddress.Key(netuid, chain.Account)));

        // Taken again in the block in which it ends.
        await chain.SetAsync("stepDissolution", netuid, 0, true);
        Assert.Equal((false, false, 0), await StatusAsync(chain, netuid));
        Assert.Empty(await chain.StorageAsync(RuntimeStorage.AssociatedUidsByEvmAddress.Key(netuid, chain.Account)));
        Assert.Equal("01", await chain.StorageAsync(RuntimeStorage.NetworksAdded.Key(netuid)));
        Assert.Equal(2, await chain.ReadAsync(0x803, "getRegisteredSubnetCounter(uint16)", netuid));
        Assert.Equal(0, await chain.StakeAsync(netuid));

        Task<BigInteger> PriceAsync() => chain.ReadAsync(0x808, "getAlphaPrice(uint16)", netuid);
    }

    [Fact]
    [ReferencePoint(23, "473: subtensor/src/subnets/dissolution.rs at 0249a4a4: one netuid at a time")]
    public async Task Of_two_the_second_waits_for_the_first()
    {
        await using var chain = await MockChain.StartAsync(473);
        await chain.SendAsync(MockStorage.Chain(chain.Account));
        foreach (var netuid in (ushort[])[7, 20])
            await chain.SetAsync("setPool", netuid, 1_000 * One, 1_000 * One);
        foreach (var netuid in (ushort[])[7, 20])
            await chain.SetAsync("dissolve", netuid);
        Assert.Equal("0807001400", await chain.StorageAsync(RuntimeStorage.DissolveCleanupQueue.Key()));
        await Assert.ThrowsAsync<Tao20.Devnet.DevnetException>(() => chain.SetAsync("stepDissolution", (ushort)20, 0, false));
        for (var step = 0; step < 5; step++)
            await chain.SetAsync("stepDissolution", (ushort)7, 100, false);
        Assert.Equal((false, false, 0), await StatusAsync(chain, 7));
        Assert.Equal((true, false, 0), await StatusAsync(chain, 20));
        await chain.SetAsync("stepDissolution", (ushort)20, 100, false);
        Assert.Equal((true, true, 5), await StatusAsync(chain, 20));
    }

    private static async Task<ushort> SubnetAsync(
        MockChain chain,
        ulong tao,
        ulong alpha,
        ulong mine,
        ulong others,
        bool legacy,
        int before = 0
    )
    {
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, tao, alpha);
        await chain.SetAsync("setSwitches", netuid, true, false, legacy);
        await chain.SetAsync("setAddress", chain.Account);
        for (var i = 0; i < before; i++)
            await chain.SetAsync("grantStake", MockChain.Hotkey, Keccak.Hash([(byte)i]), netuid, mine);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, mine);
        await chain.SetAsync("grantStake", MockChain.Hotkey, Others, netuid, others);
        await chain.SendAsync(MockStorage.Subnet(chain.Account, netuid));
        return netuid;
    }

    private static async Task<(bool, bool, int)> StatusAsync(MockChain chain, ushort netuid)
    {
        var words = new AbiData(await chain.WordsAsync(MockChain.At(0x803), AbiEncoder.Call(Status, netuid)));
        return (words.UInt64(0) == 1, words.UInt64(1) == 1, (int)words.UInt64(2));
    }
}
