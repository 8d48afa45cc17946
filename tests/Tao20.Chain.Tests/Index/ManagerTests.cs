using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;
using static Tao20.Chain.Tests.Index.Proposals;

namespace Tao20.Chain.Tests.Index;

/// <summary>What an index's owner and guardian can do, and when (source: the index contract's design, sections 1, 3 and 6).</summary>
[Collection(nameof(IndexChains))]
public sealed class ManagerTests(IndexChains chains)
{
    private static readonly (ushort, ulong, Hash256)[] Composed =
    [
        (11, 300, HotkeyOf(0)),
        (12, 300, HotkeyOf(1)),
        (14, 250, HotkeyOf(3)),
        (Spare, 150, HotkeyOf(0)),
    ];

    [Fact]
    public async Task Whatever_the_owner_does_waits_in_the_open_can_be_taken_back_and_expires()
    {
        var index = await chains.AnewAsync(473);
        var fee = Data(25);
        await RequireAsync("NotOwner()", index.Alice, Propose(ProposalKind.Fee, fee));
        await RequireAsync("BadProposal()", index.Founder, Propose(ProposalKind.Fee, Data(101)));
        await RequireAsync("BadProposal()", index.Alice, Execute(ProposalKind.Fee, fee));
        await CallAsync(index.Founder, Propose(ProposalKind.Fee, fee));
        await RequireAsync("AlreadyProposed(uint8,uint16)", index.Founder, Propose(ProposalKind.Fee, Data(30)));
        await RequireAsync("NotDue()", index.Founder, Execute(ProposalKind.Fee, fee));
        await index.WaitAsync(Delay - 10);
        await RequireAsync("NotDue()", index.Founder, Execute(ProposalKind.Fee, fee));
        await index.WaitAsync(10);

        // It is done by anybody, and only as it was proposed; and not twice.
        await RequireAsync("BadProposal()", index.Alice, Execute(ProposalKind.Fee, Data(24)));
        await CallAsync(index.Alice, Execute(ProposalKind.Fee, fee));
        Assert.Equal(25, await index.ReadAsync("feeBps()"));
        await RequireAsync("BadProposal()", index.Alice, Execute(ProposalKind.Fee, fee));

        // The guardian takes one back, the owner another; a third nobody does in time.
        await CallAsync(index.Founder, Propose(ProposalKind.Fee, fee));
        await RequireAsync("NotOwner()", index.Alice, Cancel(ProposalKind.Fee));
        await CallAsync(index.Bob, Cancel(ProposalKind.Fee));
        await RequireAsync("BadProposal()", index.Bob, Cancel(ProposalKind.Fee));
        await CallAsync(index.Founder, Propose(ProposalKind.Fee, fee));
        await CallAsync(index.Founder, Cancel(ProposalKind.Fee));
        await CallAsync(index.Founder, Propose(ProposalKind.Fee, fee));
        await index.WaitAsync(Delay + Expiry + 1);
        await RequireAsync("NotDue()", index.Alice, Execute(ProposalKind.Fee, fee));
        await CallAsync(index.Founder, Propose(ProposalKind.Fee, Data(30)));

        Task RequireAsync(string error, Address from, string data) => index.RequireAsync(error, from, data, to: index.Manager);
        Task CallAsync(Address from, string data) => index.CallAsync(from, data, to: index.Manager);
    }

    [Fact]
    public async Task Another_owner_accepts_itself_and_the_guardian_is_another_after_the_time_lock()
    {
        var index = await chains.AnewAsync(473);
        var next = Data(index.Alice);
        await index.CallAsync(index.Founder, Propose(ProposalKind.Owner, next), to: index.Manager);
        await index.WaitAsync(Delay);
        await index.RequireAsync("NotOwner()", index.Founder, Execute(ProposalKind.Owner, next), to: index.Manager);
        await index.CallAsync(index.Alice, Execute(ProposalKind.Owner, next), to: index.Manager);
        await index.RequireAsync("NotOwner()", index.Founder, Propose(ProposalKind.Fee, Data(5)), to: index.Manager);
        await index.CallAsync(index.Alice, Propose(ProposalKind.Guardian, Data(index.Founder)), to: index.Manager);
        await index.WaitAsync(Delay);
        await index.CallAsync(index.Bob, Execute(ProposalKind.Guardian, Data(index.Founder)), to: index.Manager);
        await index.RequireAsync("NotGuardian()", index.Bob, AbiEncoder.Call("pause()"), to: index.Manager);
    }

    [Fact]
    public async Task The_guardian_can_stop_mint_for_three_days_in_fourteen_and_never_redeeming()
    {
        var index = await chains.AnewAsync(473);
        var offers = (await index.HoldingsAsync()).Values.Select(held => held / 10).ToList();
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        var pause = AbiEncoder.Call("pause()");
        await index.RequireAsync("NotGuardian()", index.Founder, pause, to: index.Manager);
        await index.CallAsync(index.Bob, pause, to: index.Manager);
        await index.RequireAsync("IsPaused(uint256)", index.Alice, await index.MintDataAsync(offers));
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(await index.TokensAsync(index.Alice) / 2));
        await index.WaitAsync(Pause);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        await index.RequireAsync("NotDue()", index.Bob, pause, to: index.Manager);
        await index.WaitAsync(PauseEvery - Pause);
        await index.CallAsync(index.Bob, pause, to: index.Manager);
    }

    [Fact]
    public async Task A_composition_is_refused_where_a_subnet_a_hotkey_or_a_weight_is_not_fit_and_again_when_it_is_due()
    {
        var index = await chains.AnewAsync(473);
        await RefusedAsync("BadComposition()", [(11, 310, HotkeyOf(0)), .. Composed[1..]]);
        await RefusedAsync("BadComposition()", [(11, 299, HotkeyOf(0)), .. Composed[1..]]);
        await RefusedAsync("BadComposition()", [(11, 596, HotkeyOf(0)), (12, 4, HotkeyOf(1)), (13, 400, HotkeyOf(2))]);
        await RefusedAsync("BadComposition()", [(11, 300, HotkeyOf(0)), (11, 300, HotkeyOf(0)), .. Composed[2..]]);
        await RefusedAsync("NoHotkey(bytes32)", [(11, 300, Keccak.Hash("nobody"u8)), .. Composed[1..]]);
        await RefusedAsync("NoReference(uint16)", [(99, 300, HotkeyOf(0)), .. Composed[1..]]);

        // The index's own account may have been made a hotkey by anybody.
        await index.Chain.SetAsync("setHotkey", index.Coldkey, index.Coldkey);
        await RefusedAsync("NoHotkey(bytes32)", [(11, 300, index.Coldkey), .. Composed[1..]]);

        // With a wrong hash there is no such hotkey.
        var data = Composition(Composed);
        var hash = HashOf(HotkeyOf(0)).ToBytes();
        var at = data.AsSpan().IndexOf(hash);
        data[at] ^= 1;
        await index.RequireAsync("NoHotkey(bytes32)", index.Founder, Propose(ProposalKind.Composition, data), to: index.Manager);

        // References are for legs that are left.
        foreach (var netuid in (ushort[])[11, 99])
        {
            await index.RequireAsync(
                "BadComposition()",
                index.Founder,
                Propose(ProposalKind.Composition, Composition(Composed, (netuid, One / 5))),
                to: index.Manager
            );
        }

        // What is fit when it is proposed may not be when it is due.
        var fit = Composition(Composed);
        await index.CallAsync(index.Founder, Propose(ProposalKind.Composition, fit), to: index.Manager);
        await index.WaitAsync(Delay);
        (string Function, object[] Off, object[] On)[] changes =
        [
            ("setSwitches", [Spare, false, false, false], [Spare, true, false, false]),
            ("setSwitches", [Spare, true, true, false], [Spare, true, false, false]),
            ("setPool", [Spare, 140 * Whole, 1_000 * Whole], [Spare, 150_000 * Whole, 1_000_000 * Whole]),
            ("setPool", [Spare, 240_000 * Whole, 1_000_000 * Whole], [Spare, 150_000 * Whole, 1_000_000 * Whole]),
            ("setDropped", ["SubnetMovingPrice", true], ["SubnetMovingPrice", false]),
            ("setLengthened", ["SubtokenEnabled", new byte[] { 1 }], ["SubtokenEnabled", Array.Empty<byte>()]),
        ];
        foreach (var (function, off, on) in changes)
        {
            await index.Chain.SetAsync(function, off);
            await index.RequireAsync("NoReference(uint16)", index.Alice, Execute(ProposalKind.Composition, fit), to: index.Manager);
            await index.Chain.SetAsync(function, on);
        }

        // Nor is a netuid that is another subnet's since.
        await index.Chain.SetAsync("registerSubnet", Spare);
        await index.Chain.SetAsync("setPool", Spare, 150_000 * Whole, 1_000_000 * Whole);
        Assert.NotNull(await index.FailureAsync(index.Alice, Execute(ProposalKind.Composition, fit), to: index.Manager));

        Task RefusedAsync(string error, (ushort, ulong, Hash256)[] targets) =>
            index.RequireAsync(error, index.Founder, Propose(ProposalKind.Composition, Composition(targets)), to: index.Manager);
    }

    [Fact]
    public async Task Before_the_first_mint_a_composition_replaces_the_legs_without_a_window()
    {
        var index = await chains.AnewAsync(473);
        var other = BeginWith(TargetOf(12, 400, HotkeyOf(1)), TargetOf(Spare, 600, HotkeyOf(0)));
        await index.RequireAsync("NotManager()", index.Founder, other);
        await index.RequireAsync("NotDue()", index.Manager, other);

        var fresh = await index.DeployIndexAsync(index.Founder);
        await index.RequireAsync("BadComposition()", index.Founder, BeginWith(TargetOf(12, 999, HotkeyOf(1))), to: fresh);
        await index.CallAsync(index.Founder, other, to: fresh);
        var words = new AbiData(await index.Chain.WordsAsync(fresh, AbiEncoder.Call("getIndexComposition()")));
        var (netuids, count) = words.List(0);
        Assert.Equal((2, 12UL, (ulong)Spare), (count, netuids.UInt64(0), netuids.UInt64(1)));
        Assert.Equal(0, await index.ReadOfAsync(fresh, "windowUntil()"));

        static string BeginWith(params object[] targets) => AbiEncoder.Call("beginWith((uint16,uint64,bytes32)[])", targets.ToList());
    }

    [Fact]
    public async Task A_legs_stake_is_moved_to_another_hotkey_that_exists_and_all_of_it_arrives()
    {
        var index = await chains.AnewAsync(473);
        var held = (await index.HoldingsAsync())[11];
        var data = Data((ushort)11, HotkeyOf(3), HashOf(HotkeyOf(3)));
        foreach (
            var wrong in (byte[][])
                [Data((ushort)11, HotkeyOf(3), HashOf(HotkeyOf(0))), Data((ushort)11, index.Coldkey, HashOf(index.Coldkey))]
        )
            await index.RequireAsync("NoHotkey(bytes32)", index.Founder, Propose(ProposalKind.Hotkey, wrong), to: index.Manager);
        await index.PassAsync(ProposalKind.Hotkey, data);
        var leg = (await index.LegsAsync()).Single(leg => leg.Netuid == 11);
        Assert.Equal(HotkeyOf(3), leg.Hotkey);
        Assert.InRange((await index.HoldingsAsync())[11], held - 1, held);
        var offers = (await index.HoldingsAsync()).Values.Select(alpha => alpha / 10).ToList();
        await index.Chain.SetAsync("grantStake", HotkeyOf(3), ColdkeyOf(index.Alice), (ushort)11, 100_000 * Whole);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
    }

    [Fact]
    public async Task Nothing_is_written_down_that_is_there_or_is_with_another_hotkey_and_what_is_followed_ends_the_proposal()
    {
        var index = await chains.AnewAsync(473);
        var successor = Keccak.Hash("the successor"u8);
        var data = Data((ushort)13, HashOf(index.Coldkey));
        var propose = Propose(ProposalKind.WriteDown, data);
        await index.RequireAsync("BadProposal()", index.Founder, propose, to: index.Manager);
        await index.Chain.SetAsync("swapHotkey", HotkeyOf(2), successor, (ushort)13);
        await index.RequireAsync("HeldElsewhere(bytes32)", index.Founder, propose, to: index.Manager);
        var unhashed = Propose(ProposalKind.WriteDown, Data((ushort)13, HashOf(successor)));
        await index.RequireAsync("NoHotkey(bytes32)", index.Founder, unhashed, to: index.Manager);

        // The list of hotkeys cannot be read any more; the owner cannot use that.
        await index.Chain.SetAsync("setDropped", "StakingHotkeys", true);
        await index.RequireAsync("NoHotkey(bytes32)", index.Founder, propose, to: index.Manager);
        await index.Chain.SetAsync("setDropped", "StakingHotkeys", false);

        // Half of it is really gone: with the successor is not enough. It can be followed no more, and is written down.
        await index.CallAsync(index.Bob, AbiEncoder.Call("follow(uint16,bytes32)", (ushort)13, successor));
        var half = (await index.HoldingsAsync())[13] / 2;
        await LoseAsync(half);
        await index.CallAsync(index.Founder, propose, to: index.Manager);
        await index.WaitAsync(Delay);

        // It comes back, is moved on and followed: what was proposed then is void, though the same is lost again.
        await index.Chain.SetAsync("grantStake", successor, index.Coldkey, (ushort)13, (ulong)half + 2);
        await index.RequireAsync("BadProposal()", index.Alice, Execute(ProposalKind.WriteDown, data), to: index.Manager);
        var third = Keccak.Hash("the third"u8);
        await index.Chain.SetAsync("swapHotkey", successor, third, (ushort)13);
        await index.CallAsync(index.Bob, AbiEncoder.Call("follow(uint16,bytes32)", (ushort)13, third));
        await LoseAsync((await index.HoldingsAsync())[13] / 2);
        await index.RequireAsync("BadProposal()", index.Alice, Execute(ProposalKind.WriteDown, data), to: index.Manager);
        await index.CallAsync(index.Founder, Cancel(ProposalKind.WriteDown, 13), to: index.Manager);
        await index.PassAsync(ProposalKind.WriteDown, data);
        var legs = await index.LegsAsync();
        Assert.Equal((await index.HoldingsAsync())[13], legs.Single(leg => leg.Netuid == 13).Book);

        // The chain takes a part of the stake away from the index's account.
        async Task LoseAsync(BigInteger alpha)
        {
            var hotkey = (await index.LegsAsync()).Single(leg => leg.Netuid == 13).Hotkey;
            var (client, none) = (index.Chain.Client, CancellationToken.None);
            await client.SendAsync("anvil_impersonateAccount", $"[\"{index.Index}\"]", none);
            await index.CallAsync(
                index.Index,
                AbiEncoder.Call(
                    "transferStake(bytes32,bytes32,uint256,uint256,uint256)",
                    ColdkeyOf(index.Bob),
                    hotkey,
                    (ushort)13,
                    (ushort)13,
                    alpha
                ),
                to: Subtensor.MockChain.At(0x805)
            );
        }
    }
}
