using System.Globalization;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>How precompiles are called and how they fail: gas, frames, switches.</summary>
public sealed class FramesTests(MockChains chains) : IClassFixture<MockChains>
{
    private const ulong One = MockChain.One;
    private const string GetStake = "getStake(bytes32,bytes32,uint256)";

    // Calls the address in the first word of its data with the rest of it, by one of these opcodes, and answers whether that succeeded,
    // how long what came back is, and the gas it cost.
    private const string Call = "f1";
    private const string CallCode = "f2";
    private const string DelegateCall = "f4";
    private const string StaticCall = "fa";

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(1, "runtime/src/lib.rs, HashedAddressMapping<BlakeTwo256>; precompiles/src/address_mapping.rs")]
    public async Task An_address_is_mapped_as_the_runtime_maps_it(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var mapped = await chain.WordsAsync(MockChain.At(0x80C), AbiEncoder.Call("addressMapping(address)", chain.Account));
        Assert.Equal("c4518fa0ed143e016e4a1410193704924b890de8f854b94c7a6037651ec65dd0", Convert.ToHexStringLower(mapped));
        Assert.Equal(chain.Coldkey, new Hash256(mapped));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(2, "precompiles/src/extensions.rs, try_dispatch_runtime_call; frontier precompiles/src/solidity")]
    public async Task A_dispatch_that_fails_burns_all_it_was_given_and_tells_nothing(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, 1_000 * One, 4_000 * One);
        var failing = AbiEncoder.Call("addStake(bytes32,uint256,uint256)", MockChain.Hotkey, 1_000, netuid);
        var failed = await ThroughAsync(chain, Call, 0x805, failing, 300_000);
        AssertBurnt(failed, 300_000);

        // What is a revert says why and gives the rest of the gas back.
        string[] reverting =
        [
            AbiEncoder.Call("approve(address,uint256)", chain.Account, 1),
            AbiEncoder.Call(
                "transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)",
                chain.Account,
                chain.Account,
                Hash256.Zero,
                1,
                1,
                1
            ),
        ];
        foreach (var data in reverting)
        {
            var reverted = await ThroughAsync(chain, Call, 0x805, data, 300_000);
            Assert.False(reverted.Ok);
            Assert.InRange(reverted.Returned, 68, 200);
            Assert.InRange(reverted.Gas, 1, 100_000);
        }

        var writing = AbiEncoder.Call("approve(address,uint256,uint256)", chain.Account, netuid, 1);
        Assert.True((await ThroughAsync(chain, Call, 0x805, writing, 300_000)).Ok);
        Assert.InRange((await ThroughAsync(chain, StaticCall, 0x805, writing, 300_000)).Returned, 68, 200);
        Assert.Equal("Unknown selector", await chain.FailureAsync(0x804, "associate(uint16)", 1));
        var paying = new DevnetTransaction(chain.Account, MockChain.At(0x805), writing, 1);
        await Assert.ThrowsAsync<DevnetException>(() => chain.SendAsync(paying));
    }

    [Theory]
    [InlineData(425u, true)]
    [InlineData(473u, false)]
    [ReferencePoint(22, "425: precompiles/src/lib.rs; 473: PR 3130 and precompiles/src/lib.rs (later copy), accepts_foreign_frame")]
    public async Task A_foreign_frame_acts_as_its_callers_caller_or_is_refused(uint spec, bool taken)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, 1_000 * One, 1_000 * One);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 5 * One);
        var view = AbiEncoder.Call(GetStake, MockChain.Hotkey, chain.Coldkey, netuid);
        foreach (var opcode in (string[])[DelegateCall, CallCode])
        {
            var foreign = await ThroughAsync(chain, opcode, 0x805, view, 300_000);
            Assert.Equal((taken, taken ? 32 : 0), (foreign.Ok, foreign.Returned));
            if (!taken)
                AssertBurnt(foreign, 300_000);
        }

        Assert.Equal((true, 32), await ThroughAsync(chain, StaticCall, 0x805, view, 300_000) is var own ? (own.Ok, own.Returned) : default);
        Assert.True(
            (await ThroughAsync(chain, DelegateCall, 0x80C, AbiEncoder.Call("addressMapping(address)", chain.Account), 300_000)).Ok
        );
        Assert.True((await ThroughAsync(chain, DelegateCall, 0x802, AbiEncoder.Call("getUidCount(uint16)", netuid), 300_000)).Ok);
        Assert.Equal(taken, (await ThroughAsync(chain, DelegateCall, 0x808, AbiEncoder.Call("getAlphaPrice(uint16)", netuid), 300_000)).Ok);

        // The contract gives away what its caller has.
        var steal = AbiEncoder.Call(
            "transferStake(bytes32,bytes32,uint256,uint256,uint256)",
            Keccak.Hash("the thief"u8),
            MockChain.Hotkey,
            netuid,
            netuid,
            5 * One
        );
        var contract = await PutAsync(chain, DelegateCall, 4_000_000);
        await chain.SendAsync(new DevnetTransaction(chain.Account, contract, "0x" + Word(MockChain.At(0x805)) + steal[2..]));
        Assert.Equal(taken ? 0 : 5 * One, await chain.StakeAsync(netuid));

        // A proxy whose implementation calls the precompile itself is in its own frame.
        var implementation = await PutAsync(chain, StaticCall, 300_000);
        var proxied = await ThroughAsync(chain, DelegateCall, implementation, Word(MockChain.At(0x805)) + view[2..], 1_000_000);
        Assert.Equal((true, 96), (proxied.Ok, proxied.Returned));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(32, "precompiles/src/extensions.rs, try_execute; 473: registry.rs at 374619fe")]
    public async Task A_precompile_that_is_switched_off_fails_and_the_registry_says_so(uint spec)
    {
        const string Status = "getPrecompileStatus(address,bytes4)";
        var chain = await chains.OfAsync(spec);
        await chain.SetAsync("setDisabled", MockChain.At(0x803), true);
        Assert.Equal("Precompile is disabled", await chain.FailureAsync(0x803, "getWeightsVersionKey(uint16)", 1));
        if (spec == 425)
        {
            Assert.Empty(await chain.WordsAsync(MockChain.At(0x813), AbiEncoder.Call(Status, MockChain.At(0x803), 0)));
        }
        else
        {
            var off = new AbiData(await chain.WordsAsync(MockChain.At(0x813), AbiEncoder.Call(Status, MockChain.At(0x803), 0)));
            Assert.Equal((0UL, 1UL), (off.UInt64(0), off.UInt64(1)));
            var unknown = new AbiData(await chain.WordsAsync(MockChain.At(0x813), AbiEncoder.Call(Status, MockChain.At(0x999), 0)));
            Assert.Equal((0UL, 0UL), (unknown.UInt64(0), unknown.UInt64(1)));
        }

        await chain.SetAsync("setDisabled", MockChain.At(0x803), false);
        Assert.Null(await chain.FailureAsync(0x803, "getWeightsVersionKey(uint16)", 1));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(25, "precompiles/src/extensions.rs: weight against gas; 473: PR 3182 for exits")]
    public async Task A_call_needs_more_gas_than_it_costs(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = chain.NextNetuid();
        await chain.SetAsync("setPool", netuid, 1_000 * One, 1_000 * One);
        await chain.SetAsync("grantStake", MockChain.Hotkey, chain.Coldkey, netuid, 50 * One);
        var remove = AbiEncoder.Call("removeStake(bytes32,uint256,uint256)", MockChain.Hotkey, One, netuid);
        await chain.SetAsync("setGas", MockChain.At(0x805), Convert.FromHexString(remove[2..10]), 2_300_000UL, 1_500_000UL);
        await chain.SendAsync(MockGrant());

        // Less than it needs is burnt; enough is charged by what it did.
        var little = await ThroughAsync(chain, Call, 0x805, remove, 2_299_999);
        AssertBurnt(little, 2_299_999);
        var enough = await ThroughAsync(chain, Call, 0x805, remove, 2_350_000);
        Assert.True(enough.Ok);
        Assert.InRange(enough.Gas, 1_500_000, 1_520_000);

        // Estimates are of what it needs, not of what it is charged; and an entry can rise before the transaction is in a block.
        var estimate = (int)
            HexText.BigQuantity(
                (
                    await chain.Client.SendAsync(
                        "eth_estimateGas",
                        $"[{{\"from\":\"{chain.Account}\",\"to\":\"{MockChain.At(0x805)}\",\"data\":\"{remove}\"}}]",
                        default
                    )
                ).GetString()!
            );
        Assert.InRange(estimate, 2_300_000, 2_600_000);
        await chain.SetAsync("setGas", MockChain.At(0x805), Convert.FromHexString(remove[2..10]), 0UL, 0UL);

        // The stake of the contract that calls.
        DevnetTransaction MockGrant() =>
            SubtensorMock.Set(chain.Account, "grantStake", MockChain.Hotkey, Coldkey.Of(ContractAt(Call)), netuid, 50 * One);
    }

    /// <summary>All that was given is gone, beside what any call costs, and nothing came back.</summary>
    private static void AssertBurnt((bool Ok, int Returned, int Gas) call, int given)
    {
        Assert.Equal((false, 0), (call.Ok, call.Returned));
        Assert.InRange(call.Gas, given, given + 3_000);
    }

    private static async Task<(bool Ok, int Returned, int Gas)> ThroughAsync(
        MockChain chain,
        string opcode,
        ulong precompile,
        string data,
        int gas
    ) => await ThroughAsync(chain, opcode, MockChain.At(precompile), data[2..], gas);

    private static async Task<(bool Ok, int Returned, int Gas)> ThroughAsync(
        MockChain chain,
        string opcode,
        Address to,
        string data,
        int gas
    )
    {
        var contract = await PutAsync(chain, opcode, gas);
        var answer = await chain.Client.SendAsync(
            "eth_call",
            $"[{{\"from\":\"{chain.Account}\",\"to\":\"{contract}\",\"data\":\"0x{Word(to)}{data}\",\"gas\":\"0x1c9c380\"}},\"pending\"]",
            default
        );
        var words = new AbiData(Convert.FromHexString(answer.GetString().AsSpan(2)));
        return (words.UInt64(0) == 1, (int)words.UInt64(1), (int)words.UInt64(2));
    }

    private static string Word(Address address) => address.ToString()[2..].PadLeft(64, '0');

    private static Address ContractAt(string opcode) => Address.Parse("0x" + opcode.PadLeft(40, 'a'));

    /// <summary>Puts a contract there that calls on with so much gas.</summary>
    private static async Task<Address> PutAsync(MockChain chain, string opcode, int gas)
    {
        var contract = ContractAt(opcode);

        // What is behind the first word is copied to memory, and the call made between two looks at the gas: what it returns is
        // success, the length of what came back, the gas.
        var copy = "60203603" + "6020" + "6000" + "37";
        var value = opcode is Call or CallCode ? "6000" : "";
        var call = "60006000" + "60203603" + "6000" + value + "600035" + "62" + gas.ToString("x6", CultureInfo.InvariantCulture) + opcode;
        var code = "0x" + copy + "5a" + call + "600052" + "5a9003604052" + "3d602052" + "60606000f3";
        await chain.Client.SendAsync("anvil_setCode", $"[\"{contract}\",\"{code}\"]", default);
        return contract;
    }
}
