using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// What has been tried against indices of this kind, and against the first contract (source: the index contract's design, section 9).
/// </summary>
[Collection(nameof(IndexChains))]
public sealed class IndexAttackTests(IndexChains chains)
{
    private const ushort Leg = 13;

    [Fact]
    public async Task Who_mints_while_a_leg_reads_nothing_does_not_take_its_value_and_anyone_can_go_after_the_stake()
    {
        var index = await chains.AnewAsync(473);
        var offers = await OffersAsync(index, 10);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));

        // The hotkey's owner moves all stake to another hotkey: the leg reads nothing.
        var successor = Keccak.Hash("the successor"u8);
        await index.Chain.SetAsync("swapHotkey", HotkeyOf(2), successor, Leg);
        Assert.Equal(0, (await index.HoldingsAsync())[Leg]);
        await index.RequireAsync("HoldingMissing(uint16)", index.Bob, await index.MintDataAsync(offers));

        // Redeeming goes on without it, where that is said. Afterwards minting is as shut as before.
        var half = await index.TokensAsync(index.Alice) / 2;
        await index.RequireAsync("HoldingMissing(uint16)", index.Alice, await index.RedeemDataAsync(half));
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(half, leave: 0b0100));
        await index.RequireAsync("HoldingMissing(uint16)", index.Bob, await index.MintDataAsync(offers));

        // A hotkey that does not have all of it is no successor; the one that has is, for whoever names it.
        await index.RequireAsync("HoldingMissing(uint16)", index.Bob, Follow(Keccak.Hash("nobody"u8)));
        await index.RequireAsync("NotMissing(uint16)", index.Bob, AbiEncoder.Call("follow(uint16,bytes32)", (ushort)11, successor));
        await index.CallAsync(index.Bob, Follow(successor));
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(half));
        await index.Chain.SetAsync("grantStake", successor, ColdkeyOf(index.Bob), Leg, 10_000 * Whole);
        await index.CallAsync(index.Bob, await index.MintDataAsync(offers));
    }

    [Fact]
    public async Task At_no_stage_of_a_dissolution_can_anyone_mint_without_its_TAO_or_take_more_than_a_part()
    {
        var index = await chains.AnewAsync(473);
        var offers = await OffersAsync(index, 10);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        var revision = await index.RevisionAsync();
        await index.Chain.SetAsync("dissolve", Leg);
        var stages = 0;
        while ((await index.LegsAsync()).Count == 4)
        {
            Assert.True(stages++ < 20);

            // Nobody mints; who redeems says that the leg is left to the others.
            var reading = await index.FailureAsync(index.Bob, await index.MintDataAsync(offers));
            Assert.Contains(reading, new[] { Keccak.Selector("LegDissolving(uint16)"), Keccak.Selector("HoldingMissing(uint16)") });
            var part = await index.TokensAsync(index.Alice) / 10;
            Assert.NotNull(await index.FailureAsync(index.Alice, await index.RedeemDataAsync(part)));
            Assert.NotNull(await index.FailureAsync(index.Alice, await index.RedeemDataAsync(part, sell: 0b0100)));
            var before = await PerTokenAsync(index);
            await index.CallAsync(index.Alice, await index.RedeemDataAsync(part, leave: 0b0100));
            await RequireNoLessAsync(index, before);
            await index.CallAsync(index.Bob, AbiEncoder.Call("sync()"));
            if ((await index.LegsAsync()).Count < 4)
                break;
            await index.Chain.SetAsync("stepDissolution", Leg, (BigInteger)2, false);
            await index.CallAsync(index.Bob, AbiEncoder.Call("sync()"));
        }

        // What the subnet paid is a leg: a mint brings its part of it, and positions have moved.
        Assert.True(stages > 4);
        var tao = await index.TaoAsync();
        Assert.True(tao > 20_000_000);
        Assert.Equal(revision + 1, await index.RevisionAsync());
        var three = await OffersAsync(index, 10);
        Assert.Equal(3, three.Count);
        await index.RequireAsync("TooLittle(uint256,uint256)", index.Bob, await index.MintDataAsync(three));
        await index.CallAsync(index.Bob, await index.MintDataAsync(three), rao: tao);
    }

    [Fact]
    public async Task A_netuid_that_is_another_subnets_is_out_whatever_alpha_is_given_there()
    {
        var index = await chains.AnewAsync(425);
        var offers = await OffersAsync(index, 10);

        // At 425 a subnet ends and another takes its netuid in one step, and somebody gives the index alpha of it.
        await index.Chain.SetAsync("dissolve", Leg);
        await index.Chain.SetAsync("setPool", Leg, 1_000_000 * Whole, 1_000 * Whole);
        await index.Chain.SetAsync("grantStake", HotkeyOf(2), index.Coldkey, Leg, 1_000 * Whole);
        await index.RequireAsync("LegsChanged(uint256)", index.Bob, await index.MintDataAsync(offers));
        await index.CallAsync(index.Bob, AbiEncoder.Call("sync()"));
        Assert.Equal([(ushort)11, (ushort)12, (ushort)14], (await index.LegsAsync()).Select(leg => leg.Netuid));
    }

    [Fact]
    public async Task A_storage_key_that_is_renamed_retires_and_sells_nothing_and_redeeming_goes_on()
    {
        var index = await chains.AnewAsync(473);
        var offers = await OffersAsync(index, 10);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        foreach (var item in (string[])["NetworksAdded", "RegisteredSubnetCounter"])
        {
            await index.Chain.SetAsync("setDropped", item, true);
            await index.CallAsync(index.Bob, AbiEncoder.Call("sync()"));
            Assert.Equal(4, (await index.LegsAsync()).Count);
            await index.RequireAsync("NoReference(uint16)", index.Bob, await index.MintDataAsync(offers));
            await index.CallAsync(index.Alice, await index.RedeemDataAsync(await index.TokensAsync(index.Alice) / 3));
            await index.Chain.SetAsync("setDropped", item, false);
        }

        await index.CallAsync(index.Bob, await index.MintDataAsync(offers));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task Asking_for_more_than_one_has_mints_no_more_than_what_has_come(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        var offers = await OffersAsync(index, 10);

        // Of one leg the attacker has a grain: at 425 the chain moves that, at 473 it refuses.
        var attacker = index.Bob;
        var has = await index.Chain.StakeAsync(Leg, ColdkeyOf(attacker), HotkeyOf(2));
        await index.Chain.SendAsync(
            new DevnetTransaction(
                attacker,
                MockChain.At(0x805),
                AbiEncoder.Call(
                    "transferStake(bytes32,bytes32,uint256,uint256,uint256)",
                    ColdkeyOf(index.Alice),
                    HotkeyOf(2),
                    Leg,
                    Leg,
                    has - 10_000_000
                )
            )
        );
        var (before, supply) = (await index.HoldingsAsync(), await index.SupplyAsync());
        if (spec == 473)
        {
            await index.RequireAsync("LegFailed(uint16,bytes32)", attacker, await index.MintDataAsync(offers));
            return;
        }

        await index.CallAsync(attacker, await index.MintDataAsync(offers));
        var minted = await index.SupplyAsync() - supply;
        Assert.InRange(minted, 1, supply * 10_000_000 / before[Leg]);
        await RequireNoLessAsync(index, (before, supply));
    }

    [Fact]
    public async Task Whoever_pays_too_little_gas_forfeits_nobodys_leg()
    {
        var index = await chains.AnewAsync(473);
        var offers = await OffersAsync(index, 10);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        var redemption = await index.RedeemDataAsync(await index.TokensAsync(index.Alice));

        // From enough downwards: it fails as a whole, and never goes through without a leg.
        var failed = 0;
        for (var gas = 20_000_000UL; gas >= 1_000_000; gas -= 1_000_000)
        {
            var failure = await index.FailureAsync(index.Alice, redemption, gas: gas);
            failed += failure is null ? 0 : 1;
            Assert.True(failure is null || failed > 0);
        }

        Assert.True(failed > 0);
        await index.RequireAsync("NotEnoughGas(uint256,uint256)", index.Alice, redemption, gas: 3_500_000);
        await index.RequireAsync(
            "LegFailed(uint16,bytes32)",
            index.Alice,
            await index.RedeemDataAsync(await index.TokensAsync(index.Alice), legGas: 30_000)
        );
    }

    [Fact]
    public async Task Pumping_a_pool_inside_a_transaction_changes_neither_tokens_nor_what_a_trade_counts()
    {
        var index = await chains.AnewAsync(473);
        var offers = await OffersAsync(index, 10);
        var (tokens, nav) = (await SimulatedAsync(index, offers), await index.ReadAsync("referenceNav()"));
        var spot = await index.ReadAsync("getCurrentNAV()");
        await index.Chain.SetAsync("setPool", Leg, 20 * 400_000 * Whole, 1_000_000 * Whole);
        Assert.Equal(tokens, await SimulatedAsync(index, offers));
        Assert.Equal(nav, await index.ReadAsync("referenceNav()"));

        // Only what is displayed knows of it.
        Assert.True(await index.ReadAsync("getCurrentNAV()") > 4 * spot);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        Assert.InRange(await index.ReadAsync("getMinerStats(address)", index.Alice), tokens * nav / One - 2, tokens * nav / One + 2);
    }

    [Fact]
    public async Task What_is_given_belongs_to_all_holders_and_a_rao_of_it_stops_nobody()
    {
        var index = await chains.AnewAsync(473);
        await index.CallAsync(index.Alice, await index.MintDataAsync(await OffersAsync(index, 10)));
        await index.Chain.SendAsync(new DevnetTransaction(index.Bob, index.Index, "0x", Whole));
        await index.CallAsync(index.Alice, await index.MintDataAsync(await OffersAsync(index, 10)));

        // Alpha of a leg: who mints afterwards brings more, who redeems gets more.
        var before = await PerTokenAsync(index);
        await index.Chain.SetAsync("grantStake", HotkeyOf(2), index.Coldkey, Leg, 1_000 * Whole);
        await index.CallAsync(index.Bob, await index.MintDataAsync(await OffersAsync(index, 10)));
        await RequireNoLessAsync(index, before);
        await index.CallAsync(index.Bob, await index.RedeemDataAsync(await index.TokensAsync(index.Bob)));
        await RequireNoLessAsync(index, before);
    }

    [Fact]
    public async Task Whoever_fills_the_list_of_hotkeys_before_the_first_mint_does_not_stop_it()
    {
        var index = await chains.AnewAsync(473);
        var fresh = await index.DeployIndexAsync(index.Founder);
        await index.Chain.SendAsync([
            .. Enumerable
                .Range(0, 128)
                .Select(i => SubtensorMock.Set(index.Bob, "grantStake", Keccak.Hash([(byte)i]), ColdkeyOf(fresh), Leg, 1UL)),
            .. Netuids.Select(netuid => index.Approve(index.Founder, netuid, fresh)),
        ]);
        await index.RequireAsync("LegFailed(uint16,bytes32)", index.Founder, Genesis(100), to: fresh);

        // What the index buys itself is listed up to twice as many: so it buys a little at each hotkey first.
        await index.CallAsync(index.Founder, AbiEncoder.Call("seed(uint256,uint256)", 5_000_000, LegGas), 20_000_000, fresh);
        await index.CallAsync(index.Founder, Genesis(100), to: fresh);
        Assert.InRange(await index.ReadOfAsync(fresh, "totalSupply()"), 99 * One, 101 * One);
    }

    [Fact]
    public async Task A_leg_whose_hotkey_has_no_owner_any_more_is_left_or_moved_when_it_has_one_again()
    {
        var index = await chains.AnewAsync(473);
        await index.CallAsync(index.Alice, await index.MintDataAsync(await OffersAsync(index, 10)));
        var half = await index.TokensAsync(index.Alice) / 2;

        // The stake stays where it reads full, and cannot be moved.
        await index.Chain.SetAsync("setHotkey", HotkeyOf(3), Hash256.Zero);
        await index.RequireAsync("LegFailed(uint16,bytes32)", index.Alice, await index.RedeemDataAsync(half));
        await index.RequireAsync("LegFailed(uint16,bytes32)", index.Alice, await index.RedeemDataAsync(half, sell: 0b1000));
        var before = await PerTokenAsync(index);
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(half, leave: 0b1000));
        await RequireNoLessAsync(index, before);
        var move = AbiEncoder.Call("setHotkey(uint16,bytes32,uint256)", (ushort)14, HotkeyOf(0), LegGas);
        await index.RequireAsync("LegFailed(uint16,bytes32)", index.Manager, move);
        await index.Chain.SetAsync("setHotkey", HotkeyOf(3), Keccak.Hash("who has associated it"u8));
        await index.CallAsync(index.Manager, move);
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(half));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task A_sale_that_would_sweep_the_rest_of_a_leg_is_refused(uint spec)
    {
        var index = await chains.AnewAsync(spec);

        // What the others have of the leg would be worth less than a nomination has to be: the chain sells it along.
        await index.Chain.SetAsync("setPool", (ushort)14, 2_000 * Whole, 1_000_000 * Whole);
        var all = await index.TokensAsync(index.Founder);
        await index.RequireAsync("LegSwept(uint16)", index.Founder, await index.RedeemDataAsync(all, sell: 0b1000));
        var before = await PerTokenAsync(index);
        await index.CallAsync(index.Founder, await index.RedeemDataAsync(all));
        await RequireNoLessAsync(index, before);
    }

    private static string Follow(Hash256 hotkey) => AbiEncoder.Call("follow(uint16,bytes32)", Leg, hotkey);

    /// <summary>A part of each holding.</summary>
    private static async Task<List<BigInteger>> OffersAsync(IndexChain index, int part) =>
        [.. (await index.HoldingsAsync()).Values.Select(held => held / part)];

    private static async Task<BigInteger> SimulatedAsync(IndexChain index, IReadOnlyList<BigInteger> offers)
    {
        var answer = await index.Chain.Client.SendAsync(
            "eth_call",
            $"[{{\"from\":\"{index.Alice}\",\"to\":\"{index.Index}\",\"data\":\"{await index.MintDataAsync(offers)}\","
                + $"\"gas\":\"0x3938700\"}},\"pending\"]",
            CancellationToken.None
        );
        return AbiWords.BigInteger(Convert.FromHexString(answer.GetString()!.AsSpan(2)), 0);
    }

    private static async Task<(IReadOnlyDictionary<ushort, BigInteger> Held, BigInteger Supply)> PerTokenAsync(IndexChain index) =>
        (await index.HoldingsAsync(), await index.SupplyAsync());

    /// <summary>Per token no holding is less than before, beyond 1 rao a leg.</summary>
    private static async Task RequireNoLessAsync(IndexChain index, (IReadOnlyDictionary<ushort, BigInteger> Held, BigInteger Supply) before)
    {
        var (held, supply) = await PerTokenAsync(index);
        foreach (var (netuid, alpha) in held)
            Assert.True((alpha + 1) * before.Supply >= before.Held[netuid] * supply, $"subnet {netuid}: {before} and {alpha} of {supply}");
    }
}
