using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;
using static Tao20.Chain.Tests.Index.Proposals;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// How an index gets from one composition to another: by small trades of anybody, each near the mean, by little of the pool, and all by no
/// more than the room of a day (source: the index contract's design, section 6).
/// </summary>
[Collection(nameof(IndexChains))]
public sealed class RebalancingTests(IndexChains chains)
{
    private const ushort Left = 14;

    /// <summary>Of a tenth of all: subnet 14 is left, 13 shrinks, and 15 is new.</summary>
    private static readonly (ushort, ulong, Hash256)[] Targets =
    [
        (11, 300, HotkeyOf(0)),
        (12, 300, HotkeyOf(1)),
        (13, 280, HotkeyOf(2)),
        (Spare, 120, HotkeyOf(0)),
    ];

    /// <summary>What two swaps cost in gas, in rao: 100,000 of it each at 10 gwei.</summary>
    private const int GasOfSandwich = 2_000_000;

    private static readonly byte[] Next = Composition(Targets);
    private static readonly BigInteger Price = One / 10;

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task A_composition_becomes_units_and_steps_lead_there_within_price_and_room_until_the_window_shuts(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        var supply = await index.SupplyAsync();
        var value = await index.ReadAsync("referenceNav()") * supply / One;
        await index.RequireAsync("WindowShut()", index.Alice, Step(11));
        await index.PassAsync(ProposalKind.Composition, Next);

        // Each unit is the weight's part of the value at means.
        var legs = await index.LegsAsync();
        Assert.Equal([(ushort)11, (ushort)12, (ushort)13, (ushort)14, Spare], legs.Select(leg => leg.Netuid));
        Assert.Equal([300, 300, 280, 0, 120], legs.Select(WeightOf));
        Assert.False(legs[4].IsActive);

        // Not a leg is traded twice in five minutes, and no more than an eighth of a day's room at once.
        var day = value / (BigInteger)Whole * 600 / 10_000;
        await index.CallAsync(index.Alice, Step(Left));
        var spent = await index.TaoAsync();
        Assert.InRange(spent, day / 8 * 98 / 100, day / 8);
        await index.RequireAsync("TooSoon(uint256)", index.Alice, Step(Left));
        await index.RequireAsync("LegFailed(uint16,bytes32)", index.Alice, Step(13)); // less than the chain's least sale
        await index.WaitAsync(Day / 24);
        await index.CallAsync(index.Alice, Step(13));
        Assert.InRange(await index.TaoAsync() - spent, day / 24 * 98 / 100, day / 24 * 102 / 100);

        // Who keeps on stepping gets there; the leg that was left is out, the one that is new is in, and the window is shut.
        var steps = 0;
        while (await index.ReadAsync("windowUntil()") > 0)
        {
            await index.WaitAsync(Day / 8);
            foreach (var netuid in (ushort[])[Left, 13, Spare, 11, 12])
            {
                if (await index.FailureAsync(index.Alice, Step(netuid)) is null)
                    await index.CallAsync(index.Alice, Step(netuid));
            }

            Assert.True(steps++ < 50);
        }

        legs = await index.LegsAsync();
        Assert.Equal([(ushort)11, (ushort)12, (ushort)13, Spare], legs.Select(leg => leg.Netuid));
        Assert.All(legs, leg => Assert.True(leg.IsActive));
        var holdings = await index.HoldingsAsync();
        foreach (var leg in legs)
        {
            var target = leg.Unit * supply / One;
            Assert.True(
                BigInteger.Abs(holdings[leg.Netuid] - target) * leg.Anchor / One
                    <= BigInteger.Max(50_000_000, target * leg.Anchor / One / 190),
                $"subnet {leg.Netuid}: {holdings[leg.Netuid]} of {target}"
            );
        }

        // Without an attack an eighth of all changed places for its fees and little more.
        var after = await index.ReadAsync("referenceNav()") * supply / One;
        Assert.InRange(after, value * 9_985 / 10_000, value);
        await index.RequireAsync("WindowShut()", index.Alice, Step(11));
        await index.CallAsync(
            index.Alice,
            await index.MintDataAsync([.. holdings.Values.Select(held => held / 20)]),
            rao: await index.TaoAsync()
        );

        BigInteger WeightOf(LegView leg) => (leg.Unit * leg.Anchor * supply / One / value * 1_000 + Whole / 2) / Whole;
    }

    [Fact]
    public async Task A_window_shuts_after_its_time_and_the_next_one_opens_no_sooner()
    {
        var index = await chains.AnewAsync(473);
        await index.PassAsync(ProposalKind.Composition, Next);
        await index.CallAsync(index.Founder, Propose(ProposalKind.Composition, Next), to: index.Manager);
        await index.RequireAsync("NotDue()", index.Alice, AbiEncoder.Call("close()"));
        await index.WaitAsync(Delay);
        await index.RequireAsync("NotDue()", index.Alice, Execute(ProposalKind.Composition, Next), to: index.Manager);
        await index.WaitAsync(Window - Delay);
        await index.RequireAsync("WindowShut()", index.Alice, Step(Left));
        await index.CallAsync(index.Bob, AbiEncoder.Call("close()"));
        await index.CallAsync(index.Alice, Execute(ProposalKind.Composition, Next), to: index.Manager);
        await index.CallAsync(index.Alice, Step(Left));
    }

    [Fact]
    public async Task No_step_is_far_from_the_mean_or_moves_a_price_by_more_than_twice_the_fee()
    {
        var index = await chains.AnewAsync(473);
        await index.PassAsync(ProposalKind.Composition, Next);

        // Spot is 3 % above, and below: nobody trades, in whichever direction.
        foreach (var tao in (ulong[])[103, 97])
        {
            await index.Chain.SetAsync("setPool", Left, tao * 1_000 * Whole, 1_000_000 * Whole);
            await index.RequireAsync("OutsideBand(uint16,uint256,uint256)", index.Alice, Step(Left));
        }

        // In a pool that is small beside the room, a step ends where the price has moved by a thousandth.
        await index.Chain.SetAsync("setPool", Left, 100 * Whole, 1_000 * Whole);
        var before = (await index.HoldingsAsync())[Left];
        await index.CallAsync(index.Alice, Step(Left));
        var price = await index.Chain.ReadAsync(0x808, "getAlphaPrice(uint16)", Left);
        Assert.InRange(price, Price * 99_899 / 100_000, Price * 99_910 / 100_000);
        Assert.InRange(before - (await index.HoldingsAsync())[Left], 1, 1_000 * Whole / 1_000);

        // By less where the fee is lower, and by no more where it is higher.
        foreach (var (rate, least, most) in ((ushort, int, int)[])[(6, 9_997, 9_999), (10, 9_996, 9_998), (300, 9_989, 9_991)])
        {
            await index.Chain.SetAsync("setPool", Left, 100 * Whole, 1_000 * Whole);
            await index.Chain.SetAsync("setFeeRate", Left, rate);
            await index.WaitAsync(Gap);
            await index.CallAsync(index.Alice, Step(Left));
            price = await index.Chain.ReadAsync(0x808, "getAlphaPrice(uint16)", Left);
            Assert.InRange(price, Price * least / 10_000, Price * most / 10_000);
        }
    }

    [Fact]
    public async Task No_step_is_made_while_any_leg_is_missing_dissolving_or_cannot_be_read_or_while_it_is_paused()
    {
        var index = await chains.AnewAsync(473);
        await index.PassAsync(ProposalKind.Composition, Next);
        var successor = Keccak.Hash("the successor"u8);
        await index.Chain.SetAsync("swapHotkey", HotkeyOf(1), successor, (ushort)12);
        await index.RequireAsync("HoldingMissing(uint16)", index.Alice, Step(Left));
        await index.CallAsync(index.Bob, AbiEncoder.Call("follow(uint16,bytes32)", (ushort)12, successor));
        await index.Chain.SetAsync("setDropped", "SubnetMovingPrice", true);
        await index.RequireAsync("NoReference(uint16)", index.Alice, Step(Left));
        await index.Chain.SetAsync("setDropped", "SubnetMovingPrice", false);
        await index.CallAsync(index.Bob, AbiEncoder.Call("pause()"), to: index.Manager);
        await index.RequireAsync("IsPaused(uint256)", index.Alice, Step(Left));
        await index.WaitAsync(Pause);
        await index.Chain.SetAsync("dissolve", (ushort)11);
        await index.RequireAsync("LegDissolving(uint16)", index.Alice, Step(Left));
    }

    [Fact]
    public async Task A_leg_without_a_mean_is_left_by_the_price_its_proposal_named_and_only_for_its_window()
    {
        var index = await chains.AnewAsync(473);

        // Its price is above one TAO: the chain's moving price does not tell.
        await index.Chain.SetAsync("setPool", Left, 1_200_000 * Whole, 1_000_000 * Whole);
        await index.PassAsync(Shortest);
        var next = Composition(Targets, (Left, One * 12 / 10));
        await index.PassAsync(ProposalKind.Composition, next);
        await index.CallAsync(index.Alice, Step(Left));
        await index.Chain.SetAsync("setPool", Left, 1_260_000 * Whole, 1_000_000 * Whole);
        await index.WaitAsync(Gap);
        await index.RequireAsync("OutsideBand(uint16,uint256,uint256)", index.Alice, Step(Left));
        await index.WaitAsync(Window);
        await index.CallAsync(index.Bob, AbiEncoder.Call("close()"));
        await index.PassAsync(ProposalKind.Composition, Next);
        await index.RequireAsync("NoReference(uint16)", index.Alice, Step(Left));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task Who_trades_before_and_after_a_step_in_its_block_loses(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        await GrowAsync(index);
        var stepped = 0;
        foreach (var weight in (ulong[])[300_000_000_000_000_000, 500_000_000_000_000_000, 700_000_000_000_000_000])
        {
            foreach (var before in (long[])[-40, -15, 15, 40])
            {
                var (taken, isStepped) = await SandwichAsync(index, weight, before);
                stepped += isStepped ? 1 : 0;
                Assert.True(taken <= GasOfSandwich / 10, $"w2 {weight}, {before} TAO before: took {taken} rao");
            }
        }

        // Some of these trades put spot out of the band: then there is no step.
        Assert.True(stepped >= 6);
    }

    [Fact]
    public async Task Who_pushes_a_pool_to_the_edge_of_the_band_at_every_step_of_a_day_costs_no_more_than_is_promised()
    {
        const long pushed = 90;
        var index = await chains.AnewAsync(473);
        await GrowAsync(index);
        await index.Chain.SetAsync("setPool", Left, 10_000 * Whole, 100_000 * Whole);
        var before = await index.ReadAsync("referenceNav()");
        var (rao, stake) = (
            await index.Chain.BalanceAsync(index.Bob),
            await index.Chain.StakeAsync(Left, ColdkeyOf(index.Bob), HotkeyOf(3))
        );
        for (var step = 0; step < 24; step++)
        {
            // He sells until the price is nearly 2 % below the mean, and buys back what he sold when the step is done.
            await TradeAsync(index, buys: false, pushed * (BigInteger)Whole * 10);
            if (await index.FailureAsync(index.Alice, Step(Left)) is null)
                await index.CallAsync(index.Alice, Step(Left));
            await TradeAsync(index, buys: true, await index.Chain.BalanceAsync(index.Bob) - rao);
            await index.WaitAsync(Day / 24);
        }

        // The bound is for both sides of a day's trades, and for a leg that is left.
        var after = await index.ReadAsync("referenceNav()");
        Assert.InRange(after, before * 9_952 / 10_000, before - 1);
        var taken =
            await index.Chain.BalanceAsync(index.Bob)
            - rao
            + (await index.Chain.StakeAsync(Left, ColdkeyOf(index.Bob), HotkeyOf(3)) - stake) / 10;
        Assert.True(taken < 0, $"the attacker took {taken} rao, from {before} to {after}");
    }

    /// <summary>An index that is large beside its pools, so that a step is as large as its impact may be.</summary>
    private static async Task GrowAsync(IndexChain index)
    {
        var holdings = await index.HoldingsAsync();
        await index.CallAsync(index.Alice, await index.MintDataAsync([.. holdings.Values.Select(held => held * 100)]));
        await index.PassAsync(ProposalKind.Composition, Next);
    }

    /// <summary>
    /// Bob buys (or sells, below 0) for so many TAO of a pool of 10,000 TAO, the index steps out of it, and Bob takes his trade back: what
    /// he has more than before, in rao.
    /// </summary>
    private static async Task<(BigInteger Taken, bool IsStepped)> SandwichAsync(IndexChain index, ulong quoteWeight, long tao)
    {
        var none = CancellationToken.None;
        var snapshot = (await index.Chain.Client.SendAsync("evm_snapshot", "[]", none)).GetString();
        var alpha = (ulong)(10_000 * Whole / 0.1 * (1e18 - quoteWeight) / quoteWeight);
        await index.Chain.SetAsync("setPool", Left, 10_000 * Whole, alpha);
        await index.Chain.SetAsync("setQuoteWeight", Left, quoteWeight);
        var (rao, stake) = (
            await index.Chain.BalanceAsync(index.Bob),
            await index.Chain.StakeAsync(Left, ColdkeyOf(index.Bob), HotkeyOf(3))
        );
        await TradeAsync(index, tao > 0, tao > 0 ? (BigInteger)tao * Whole : (BigInteger)(-tao) * Whole * 10);
        var isStepped = await index.FailureAsync(index.Alice, Step(Left)) is null;
        if (isStepped)
            await index.CallAsync(index.Alice, Step(Left));
        var moved = await index.Chain.StakeAsync(Left, ColdkeyOf(index.Bob), HotkeyOf(3)) - stake;
        await TradeAsync(index, moved < 0, moved < 0 ? await index.Chain.BalanceAsync(index.Bob) - rao : moved);
        var gained = await index.Chain.BalanceAsync(index.Bob) - rao;

        // What he holds less or more of alpha counts at the price of before.
        gained += (await index.Chain.StakeAsync(Left, ColdkeyOf(index.Bob), HotkeyOf(3)) - stake) / 10;
        await index.Chain.Client.SendAsync("evm_revert", $"[\"{snapshot}\"]", none);
        return (gained, isStepped);
    }

    /// <summary>Bob buys for so many rao, or sells so much alpha, of the subnet that is left.</summary>
    private static Task TradeAsync(IndexChain index, bool buys, BigInteger amount) =>
        index.CallAsync(
            index.Bob,
            AbiEncoder.Call(buys ? "addStake(bytes32,uint256,uint256)" : "removeStake(bytes32,uint256,uint256)", HotkeyOf(3), amount, Left),
            to: MockChain.At(0x805)
        );

    private static string Step(ushort netuid) => AbiEncoder.Call("step(uint16,uint256)", netuid, LegGas);
}
