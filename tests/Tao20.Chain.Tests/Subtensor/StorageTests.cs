using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>The runtime's storage by raw keys, and what a runtime upgrade changes in it.</summary>
public sealed class StorageTests(MockChains chains) : IClassFixture<MockChains>
{
    private const string Subtensor = "658faa385070e074c85bf6b568cf0555";
    private const string Swap = "746cc6d1e9dbcf1d03868e492c1d836e";

    [Fact]
    [ReferencePoint(18, "subtensor/src/lib.rs, swap/src/pallet/mod.rs: the storage declarations")]
    public void Keys_are_made_as_the_runtime_makes_them()
    {
        var account = Address.Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        var coldkey = Coldkey.Of(account);
        (string, byte[])[] keys =
        [
            ($"{Subtensor}4f101d7a30ae31c7ab3099206c5ae12b1400", RuntimeStorage.SubnetEpochIndex.Key(20)),
            ($"{Swap}8129c00c7f7dc3242d3df9ca2338dc9affd9988329b4c4fb1400", RuntimeStorage.SwapBalancer.Key(20)),
            ($"{Swap}3d61a2fbd7e08f6c749e4c41757e9b5dffd9988329b4c4fb1400", RuntimeStorage.SwapSuperellipse.Key(20)),
            (
                $"{Subtensor}aab1b4e78e1ea8305462ee53b3686dc814003a30ba2e0797c686911e224d870ee1b9{coldkey.ToString()[2..]}",
                RuntimeStorage.Uids.Key(20, coldkey)
            ),
            (
                $"{Subtensor}91057315d799f501bab18b11d6bb80dcffd9988329b4c4fb140081b83f7430de45b4"
                    + account.ToString()[2..].ToLowerInvariant(),
                RuntimeStorage.AssociatedUidsByEvmAddress.Key(20, account)
            ),
            ($"{Subtensor}696e262a16e52255a69d8acd793541461400", RuntimeStorage.LastUpdate.Key(20)),
            (
                "b8c7f96c134ebb49eb7e77df71f098adfa361530e7012d5ed16797d4ec6492754a9e6f9b8d43f6ad008f8c291929dee201",
                RuntimeStorage.PrecompileEnable.Key(KeyPart.Variant(1))
            ),
            ($"{Subtensor}90010c37124c14146041452f9ffba0df1400", RuntimeStorage.LastEpochBlock.Key(20)),
            ($"{Subtensor}3328b142e30b57e47a52648ba110e3a71400", RuntimeStorage.PendingEpochAt.Key(20)),
            ($"{Subtensor}63f934e48e59bf9413de427605faa0241400", RuntimeStorage.BlocksSinceLastStep.Key(20)),
            ($"{Subtensor}7641384bb339f3758acddfd7053d33171400", RuntimeStorage.Tempo.Key(20)),
            ($"{Subtensor}8f232bcbac768c1d6201850c60f161edffd9988329b4c4fb1400", RuntimeStorage.RevealPeriodEpochs.Key(20)),
            ($"{Subtensor}9f99a2ce711f3a31b2fc05604c93f17914000300", RuntimeStorage.Keys.Key(20, 3)),
            ($"{Subtensor}5306000b65aa58c97bf98ad9f861904914000300", RuntimeStorage.BlockAtRegistration.Key(20, 3)),
            ($"{Subtensor}56af5b07ace59da2c9d7f0d48bc931431400", RuntimeStorage.ValidatorPermit.Key(20)),
            ($"{Subtensor}5cd1c97edf92be296fb8ae73ee8611261400", RuntimeStorage.MinAllowedWeights.Key(20)),
            ($"{Subtensor}a1e7036061f484bc3048a64b64e35ec414000300", RuntimeStorage.Weights.Key(20, 3)),
            ($"{Subtensor}1b3f4fb9309f90f6e26d5767a2118eca", RuntimeStorage.DissolveCleanupQueue.Key()),
            ($"{Subtensor}4531441ae761f5c683423298b95c3514", RuntimeStorage.CurrentDissolveCleanupStatus.Key()),
            ($"{Subtensor}7a57dce016211512d1700561066b85a31400", RuntimeStorage.SubnetTao.Key(20)),
            ($"{Subtensor}2ce12f7007574647d692ac7edf8b7a531400", RuntimeStorage.SubnetAlphaIn.Key(20)),
            ($"{Subtensor}0e30450fc4d507a846032a7fa65d9a431400", RuntimeStorage.NetworksAdded.Key(20)),
            ($"{Subtensor}e9348e9224ea06c9c2da12ce69e619c51400", RuntimeStorage.SubtokenEnabled.Key(20)),
            ($"{Subtensor}c0f3f30c1dad9977105a0d9bcac785b91400", RuntimeStorage.TransferToggle.Key(20)),
            ($"{Subtensor}29b0b4bcda192c1cf596d879a4e873a61400", RuntimeStorage.RegisteredSubnetCounter.Key(20)),
            ($"{Subtensor}306afce653cf1dfd6333a3c30d8d347e1400", RuntimeStorage.SubnetMechanism.Key(20)),
            ($"{Subtensor}782d99ebaa64a1ba18b3e8cda1047327", RuntimeStorage.StakeThreshold.Key()),
            ($"{Swap}9e110c291062e3d22e10ec17c4e83ebdffd9988329b4c4fb1400", RuntimeStorage.FeeRate.Key(20)),
            ($"{Swap}84af79154d855fac632e03f22d3f0aa4ffd9988329b4c4fb1400", RuntimeStorage.BalancerTaoReservoir.Key(20)),
            ($"{Swap}a21fa33118f2741105fd571c0e9586e9ffd9988329b4c4fb1400", RuntimeStorage.BalancerAlphaReservoir.Key(20)),
            ("c1fef3b7207c11a52df13c12884e77263864ade243c642793ebcfe9e16f454ca", RuntimeStorage.BaseFeePerGas.Key()),
            ("c1fef3b7207c11a52df13c12884e772609bc3a1e532c9cb85d57feed02cbff8e", RuntimeStorage.Elasticity.Key()),
            ("0f6342be23148b1fecb28322dcb30aefd8b4519d4aceb8073dbaffde1eef0d79", RuntimeStorage.ChainId.Key()),
            ("f35b44951b86069d9273a961f1e3fbeb1fd1ae5c7c15443bedf0311e151a2a4a", RuntimeStorage.EnteredUntil.Key()),
            ("1da53b775b270400e7e61ed5cbc5a146caf95274a639095fe69fe6b5df1f1b2e", RuntimeStorage.DisableWhitelistCheck.Key()),
            ("1da53b775b270400e7e61ed5cbc5a1465b92f621aaee5a6c2251bede7b17aefb", RuntimeStorage.WhitelistedCreators.Key()),
        ];
        Assert.All(keys, key => Assert.Equal(key.Item1, Convert.ToHexStringLower(key.Item2)));
        Assert.StartsWith($"{Subtensor}2ee3ea5cc28fb0bcd7e9c900544e35b2", Hex(RuntimeStorage.AssociatedEvmAddress.Key(20, 3)), default);
        Assert.StartsWith($"{Subtensor}b7d32a0408ab25b30dac6ec2cb66fe1f", Hex(RuntimeStorage.StakingHotkeys.Key(coldkey)), default);
        Assert.StartsWith($"{Subtensor}9f14c8e879f1adfb03db481d61f6798c", Hex(RuntimeStorage.WeightCommits.Key(20, coldkey)), default);
        Assert.StartsWith($"{Subtensor}eca6b7a1fdc9f689184ecb4f359c0518", Hex(RuntimeStorage.Owner.Key(coldkey)), default);
        Assert.StartsWith($"{Subtensor}cbc19c3a727d2ecdd4d95ec0ec17f2d9", Hex(RuntimeStorage.AccountFlags.Key(coldkey)), default);

        static string Hex(byte[] key) => Convert.ToHexStringLower(key);
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(18, "precompiles/src/storage_query.rs")]
    public async Task Only_whole_keys_have_a_value_and_only_of_some_pallets(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, 5UL, 7UL);
        Assert.Empty(await chain.StorageAsync(RuntimeStorage.SubnetTao.Key(netuid)));
        await chain.SendAsync(MockStorage.Subnet(chain.Account, netuid));
        Assert.Equal("0500000000000000", await chain.StorageAsync(RuntimeStorage.SubnetTao.Key(netuid)));
        Assert.Equal("0000b2d3595bf006", await chain.StorageAsync(RuntimeStorage.SwapBalancer.Key(netuid)));
        Assert.Empty(await chain.StorageAsync([.. RuntimeStorage.SubnetTao.Key(netuid), 0]));

        // Defaults have no value; what has been changed from them has.
        Assert.Empty(await chain.StorageAsync(RuntimeStorage.TransferToggle.Key(netuid)));
        Assert.Empty(await chain.StorageAsync(RuntimeStorage.FeeRate.Key(netuid)));
        await chain.SetAsync("setSwitches", netuid, true, true, false);
        await chain.SetAsync("setFeeRate", netuid, (ushort)100);
        Assert.Equal("00", await chain.StorageAsync(RuntimeStorage.TransferToggle.Key(netuid)));
        Assert.Equal("6400", await chain.StorageAsync(RuntimeStorage.FeeRate.Key(netuid)));
        await Assert.ThrowsAsync<RpcErrorException>(() => chain.StorageAsync(RuntimeStorage.BaseFeePerGas.Key()));
        await Assert.ThrowsAsync<RpcErrorException>(() => chain.StorageAsync([0x65]));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(26, "what an upgrade may do to an item")]
    public async Task An_item_can_be_gone_or_have_grown(uint spec)
    {
        await using var chain = await MockChain.StartAsync(spec);
        await chain.SetAsync("registerSubnet", (ushort)1);
        await chain.SendAsync(MockStorage.Subnet(chain.Account, 1));
        var key = RuntimeStorage.Tempo.Key(1);
        Assert.Equal("6801", await chain.StorageAsync(key));
        await chain.SetAsync("setLengthened", "Tempo", new byte[] { 1, 2 });
        var longer = await chain.StorageAsync(key);
        Assert.Equal("68010102", longer);
        Assert.Throws<FormatException>(() => ScaleReader.UInt16(Convert.FromHexString(longer)));
        await chain.SetAsync("setDropped", "Tempo", true);
        Assert.Empty(await chain.StorageAsync(key));
    }

    [Fact]
    [ReferencePoint(33, "subtensor/src/staking/stake_utils.rs, update_moving_price")]
    public async Task The_moving_price_is_rounded_down_at_every_step()
    {
        await using var chain = await MockChain.StartAsync(473);
        await chain.SetAsync("setPool", (ushort)1, 12UL * MockChain.One, 1_000 * MockChain.One);
        await chain.SetAsync("setMovingPrice", (ushort)1, (BigInteger)42_949_672);
        for (var started = 4_000_000UL; started < 4_001_800; started += 100)
        {
            // A hundred blocks' steps in one of the local chain's.
            var (first, now) = (started, new List<DevnetTransaction>());
            for (var i = 0UL; i < 100; i++)
                now.Add(SubtensorMock.Set(chain.Account, "moveMovingPrice", (ushort)1, first + i, (BigInteger)12_885, 201_600UL));
            await chain.SendAsync([.. now]);
        }

        await chain.SendAsync(MockStorage.Subnet(chain.Account, 1));
        var raw = await chain.StorageAsync(RuntimeStorage.SubnetMovingPrice.Key(1));
        Assert.Equal(42_992_872UL, BitConverter.ToUInt64(Convert.FromHexString(raw)));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(3, "precompiles/src/balance_transfer.rs")]
    public async Task TAO_goes_to_an_account_of_the_chain_without_a_call(uint spec)
    {
        const string Transfer = "transfer(bytes32)";
        var chain = await chains.OfAsync(spec);
        var to = chain.Accounts[1];
        await chain.SetAsync("setAddress", to);
        var before = await chain.BalanceAsync(to);
        await SendAsync(Coldkey.Of(to), 5_000_000_999);
        Assert.Equal(5, await chain.BalanceAsync(to) - before);

        // To one that is not known yet it is booked, and there as soon as it is.
        var stranger = Address.Parse(
            spec == 425 ? "0x00000000000000000000000000000000000e0425" : "0x00000000000000000000000000000000000e0473"
        );
        await SendAsync(Coldkey.Of(stranger), 7_000_000_000);
        Assert.Equal(0, await chain.BalanceAsync(stranger));
        await chain.SetAsync("setAddress", stranger);
        Assert.Equal(7, await chain.BalanceAsync(stranger));

        Task SendAsync(Hash256 account, UInt128 wei) =>
            chain.SendAsync(new DevnetTransaction(chain.Account, MockChain.At(0x800), AbiEncoder.Call(Transfer, account), wei));
    }
}
