using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;
using Tao20.Devnet.Subtensor;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>Which UIDs an EVM address has, and how it gets them.</summary>
public sealed class AssociationTests(MockChains chains) : IClassFixture<MockChains>
{
    private const string Lookup = "uidLookup(uint16,address,uint16)";
    private const string Associate = "associateEvmKey(uint16,address,uint64,bytes)";

    // Of the account of the reference, over its own mapped key and block 1,234,567.
    private const string Signature =
        "49d0d4245adb6806b37a7ec4e0dc41f09d2e21ebe7508580c7bc568760590a80"
        + "26dcafaeee1a8217f0738b18b6eb4fc277a62030e8691d216d3f7405d53f14ec"
        + "1c";

    [Fact]
    [ReferencePoint(14, "subtensor/src/utils/evm.rs, uid_lookup")]
    public async Task At_425_a_lookup_goes_through_so_many_associations_of_the_whole_subnet()
    {
        var chain = await chains.OfAsync(425);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("registerSubnet", netuid);
        for (ushort uid = 0; uid < 40; uid++)
            await chain.SetAsync("setUid", netuid, uid is 11 or 17 ? chain.Account : chain.Accounts[1], uid);
        Assert.Equal([11, 17], await UidsAsync(chain, netuid, 40));
        Assert.Equal([11, 17], await UidsAsync(chain, netuid, 256));
        var found = new List<int>();
        for (var limit = 0; limit <= 40; limit++)
            found.Add((await UidsAsync(chain, netuid, limit)).Count);

        // It grows with the limit, and a limit of one finds an account by luck.
        Assert.Equal(found.Order(), found);
        Assert.Equal((0, 2), (found[0], found[40]));
        Assert.Contains(1, found);
        Assert.True(found.IndexOf(2) > 2, "the first two of forty are the two that were sought");
        Assert.Empty(await UidsAsync(chain, 77, 256));
    }

    [Fact]
    [ReferencePoint(14, "473: subtensor/src/utils/evm.rs at 299ef11c, uid_lookup.rs at 7477ecce")]
    public async Task At_473_an_address_has_a_list_of_its_own_sorted_by_block_and_then_cut()
    {
        await using var chain = await MockChain.StartAsync(473, 90);
        const ushort Netuid = 20;
        await chain.SetAsync("registerSubnet", Netuid);
        await chain.SendAsync(MockStorage.Association(chain.Account, Netuid, chain.Account));
        await chain.SetAsync("setUid", Netuid, chain.Account, (ushort)3);
        await chain.SetAsync("setUid", Netuid, chain.Account, (ushort)11);
        await chain.SetAsync("setUid", Netuid, chain.Account, (ushort)3);
        var key = RuntimeStorage.AssociatedUidsByEvmAddress.Key(Netuid, chain.Account);

        // In order of the first association, with the block of the last.
        var (three, eleven) = (await BlockOfAsync(3), await BlockOfAsync(11));
        Assert.True(three > eleven);
        Assert.Equal($"080300{Little(three)}0b00{Little(eleven)}", await chain.StorageAsync(key));
        await chain.SetAsync("setUid", Netuid, chain.Account, (ushort)40);
        Assert.Equal([11, 3], await UidsAsync(chain, Netuid, 2));
        Assert.Empty(await UidsAsync(chain, Netuid, 0));
        Assert.Equal([11, 3, 40], await UidsAsync(chain, Netuid, 256));

        // A UID that goes to another address leaves the list, and an empty list is none.
        foreach (var uid in (ushort[])[3, 11, 40])
            await chain.SetAsync("setUid", Netuid, chain.Accounts[1], uid);
        Assert.Empty(await chain.StorageAsync(key));

        // 32 at most; one that is there already can be refreshed.
        for (ushort uid = 41; uid < 70; uid++)
            await chain.SetAsync("setUid", Netuid, chain.Accounts[1], uid);
        await Assert.ThrowsAsync<Tao20.Devnet.DevnetException>(() => chain.SetAsync("setUid", Netuid, chain.Accounts[1], (ushort)70));
        await chain.SetAsync("setUid", Netuid, chain.Accounts[1], (ushort)41);

        async Task<ulong> BlockOfAsync(ushort uid) =>
            new AbiData(
                await chain.WordsAsync(MockChain.At(0x806), AbiEncoder.Call("getAssociatedEvmAddress(uint16,uint16)", Netuid, uid))
            ).UInt64(2);

        static string Little(ulong number) => Convert.ToHexStringLower(BitConverter.GetBytes(number));
    }

    [Fact]
    [ReferencePoint(30, "subtensor/src/utils/evm.rs, do_associate_evm_key; 473: precompiles/src/neuron.rs (later copy)")]
    public async Task At_473_a_mapped_hotkey_associates_itself()
    {
        await using var chain = await MockChain.StartAsync(473, 7_200);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("registerSubnet", netuid);
        Assert.Equal("NonAssociatedColdKey", await AssociateAsync(Signature));
        await chain.SetAsync("setHotkey", chain.Coldkey, chain.Coldkey);
        Assert.Equal("HotKeyNotRegisteredInSubNet", await AssociateAsync(Signature));
        await chain.CallAsync(0x804, "burnedRegister(uint16,bytes32)", netuid, chain.Coldkey);
        Assert.Equal("Invalid signature length", await AssociateAsync(Signature[..^2]));
        Assert.Equal("Invalid signature length", await AssociateAsync(Signature + "00"));
        Assert.Equal("InvalidRecoveredPublicKey", await AssociateAsync("59" + Signature[2..]));
        await chain.CallAsync(0x804, Associate, netuid, chain.Account, 1_234_567, Convert.FromHexString(Signature));
        Assert.Equal([0], await UidsAsync(chain, netuid, 1));
        Assert.Equal("EvmKeyAssociateRateLimitExceeded", await AssociateAsync(Signature));
        Assert.Equal(
            "HotKeyAlreadyRegisteredInSubNet",
            await chain.FailureAsync(0x804, "burnedRegister(uint16,bytes32)", netuid, chain.Coldkey)
        );

        // Neither the subnet nor the chain is signed: the same bytes work elsewhere.
        var other = chain.NextNetuid();
        await chain.SetAsync("registerSubnet", other);
        await chain.CallAsync(0x804, "burnedRegister(uint16,bytes32)", other, chain.Coldkey);
        Assert.Null(await chain.FailureAsync(0x804, Associate, other, chain.Account, 1_234_567, Convert.FromHexString(Signature)));

        Task<string?> AssociateAsync(string signature) =>
            chain.FailureAsync(0x804, Associate, netuid, chain.Account, 1_234_567, Convert.FromHexString(signature));
    }

    [Fact]
    [ReferencePoint(30, "425: precompiles/src/neuron.rs has no such function")]
    public async Task At_425_it_cannot()
    {
        var chain = await chains.OfAsync(425);
        Assert.Equal(
            "Unknown selector",
            await chain.FailureAsync(0x804, Associate, 20, chain.Account, 1_234_567, Convert.FromHexString(Signature))
        );
    }

    private static async Task<IReadOnlyList<int>> UidsAsync(MockChain chain, ushort netuid, int limit)
    {
        var (items, count) = new AbiData(
            await chain.WordsAsync(MockChain.At(0x806), AbiEncoder.Call(Lookup, netuid, chain.Account, limit))
        ).List(0);
        return [.. Enumerable.Range(0, count).Select(i => (int)items.UInt64(2 * i))];
    }
}
