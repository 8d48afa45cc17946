using System.Numerics;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;

namespace Tao20.Chain.Tests.Index;

/// <summary>The index contract on the mock of each spec (source: the index contract's design, sections 1 to 5).</summary>
[Collection(nameof(IndexChains))]
public sealed class IndexTests(IndexChains chains)
{
    private static readonly BigInteger Fee = 10;

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task It_begins_with_what_the_founder_gives_and_mints_and_redeems_parts_of_what_it_holds(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        var supply = await index.SupplyAsync();
        Assert.InRange(supply, 99 * One, 101 * One);
        Assert.Equal(4 * One, await index.ReadAsync("balanceOf(address)", Address.Parse("0x000000000000000000000000000000000000dead")));
        var holdings = await index.HoldingsAsync();

        // Alice offers a tenth of each holding, and of the first twice as much: what is more stays with her.
        var offers = Netuids.Select(netuid => holdings[netuid] / 10).ToList();
        offers[0] *= 2;
        var held = await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0));
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        var tokens = await index.TokensAsync(index.Alice);
        Assert.InRange(tokens, supply / 10 * (10_000 - Fee) / 10_000 - One / 1_000_000, supply / 10);
        var given = held - await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0));
        Assert.InRange(given, offers[1] * holdings[Netuids[0]] / holdings[Netuids[1]] - 2, offers[0] / 2 + 2);
        Assert.Equal(supply + tokens, await index.SupplyAsync());

        // She is credited with what the tokens are worth at mean prices.
        Assert.InRange(await index.ReadAsync("getMinerStats(address)", index.Alice), tokens * 99 / 100, tokens * 101 / 100);

        // A half back in kind, the third leg sold for TAO; her part of the last one is left to the others.
        var (before, alice) = (await index.HoldingsAsync(), await index.Chain.BalanceAsync(index.Alice));
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(tokens / 2, sell: 0b0100, leave: 0b1000));
        var after = await index.HoldingsAsync();
        var part = (BigInteger amount) => amount * (tokens / 2 * (10_000 - Fee) / 10_000) / (supply + tokens);
        foreach (var netuid in Netuids[..3])
            Assert.InRange(before[netuid] - after[netuid], part(before[netuid]) - 1, part(before[netuid]) + 1);
        Assert.Equal(before[14], after[14]);
        Assert.InRange(await index.Chain.BalanceAsync(index.Alice) - alice, part(before[13]) * 39 / 100, part(before[13]) * 41 / 100);
        Assert.Equal(tokens - tokens / 2, await index.TokensAsync(index.Alice));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task TAO_is_a_leg_like_the_others_and_what_is_not_needed_of_it_goes_back(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        var supply = await index.SupplyAsync();

        // Somebody gives ten TAO: from now on a mint brings its part of that too.
        await index.Chain.SendAsync(new DevnetTransaction(index.Bob, index.Index, "0x", 10 * (UInt128)One));
        var tao = await index.TaoAsync();
        Assert.True(tao >= 10 * Whole);
        var holdings = await index.HoldingsAsync();
        var offers = Netuids.Select(netuid => holdings[netuid] / 20).ToList();
        await index.RequireAsync("TooLittle(uint256,uint256)", index.Alice, await index.MintDataAsync(offers));
        var alice = await index.Chain.BalanceAsync(index.Alice);
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers), rao: 5 * (BigInteger)Whole);
        Assert.InRange(alice - await index.Chain.BalanceAsync(index.Alice), tao / 20 - 2, tao / 20 + 2);
        Assert.InRange(await index.SupplyAsync() - supply, supply / 20 * 998 / 1_000, supply / 20);

        // And a redemption pays its part, or leaves it.
        var tokens = await index.TokensAsync(index.Alice);
        alice = await index.Chain.BalanceAsync(index.Alice);
        var refused = await index.RedeemDataAsync(tokens / 2, leave: BigInteger.One << 255, minTao: 1);
        await index.RequireAsync("TooLittle(uint256,uint256)", index.Alice, refused);
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(tokens / 2));
        Assert.InRange(await index.Chain.BalanceAsync(index.Alice) - alice, tao / 40 * 99 / 100, tao / 40 * 101 / 100);

        // Parts of a rao are nobody's.
        await index.RequireAsync("NotWholeRao(uint256)", index.Alice, await index.MintDataAsync(offers), rao: null, extraWei: 1);
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task What_the_lens_quotes_is_enough_in_the_same_block_and_what_it_says_of_a_redemption_comes(uint spec)
    {
        const int seed = 5;
        var index = await chains.AnewAsync(spec);
        var random = new Random(seed);
        await index.Chain.SendAsync(new DevnetTransaction(index.Bob, index.Index, "0x", 3 * (UInt128)One));
        for (var i = 0; i < 8; i++)
        {
            var tokens = One * random.Next(200, 20_000) / 1_000 + random.Next();
            var (alpha, tao) = await index.QuoteAsync("quoteMint(uint256)", tokens);
            var before = await index.TokensAsync(index.Alice);
            await index.CallAsync(index.Alice, await index.MintDataAsync(alpha, least: tokens), rao: tao);
            var minted = await index.TokensAsync(index.Alice) - before;
            Assert.InRange(minted, tokens, tokens + One / 1_000_000);

            var (parts, part) = await index.QuoteAsync("quoteRedeem(uint256)", minted);
            var held = await index.Chain.StakeAsync(Netuids[1], ColdkeyOf(index.Alice), HotkeyOf(1));
            var had = await index.Chain.BalanceAsync(index.Alice);
            await index.CallAsync(index.Alice, await index.RedeemDataAsync(minted, minTao: part));
            Assert.InRange(
                await index.Chain.StakeAsync(Netuids[1], ColdkeyOf(index.Alice), HotkeyOf(1)) - held,
                parts[1] - 1,
                parts[1] + 1
            );
            Assert.Equal(part, await index.Chain.BalanceAsync(index.Alice) - had);
        }
    }

    [Fact]
    public async Task Who_is_not_the_founder_the_manager_or_a_router_is_refused_and_masks_and_revisions_are_checked()
    {
        var index = await chains.AnewAsync(473);
        await index.RequireAsync("NotDue()", index.Founder, Genesis(100));
        await index.RequireAsync("NotOwner()", index.Bob, Genesis(100));
        await index.RequireAsync("NotOwner()", index.Bob, AbiEncoder.Call("seed(uint256,uint256)", 10_000_000UL, LegGas));
        foreach (
            var data in (string[])
                [
                    AbiEncoder.Call("setFee(uint256)", 20),
                    AbiEncoder.Call("setRouter(address,bool)", index.Bob, true),
                    AbiEncoder.Call("pause(uint256)", ulong.MaxValue),
                    AbiEncoder.Call("writeDown(uint16)", Netuids[0]),
                    AbiEncoder.Call("setHotkey(uint16,bytes32,uint256)", Netuids[0], HotkeyOf(3), LegGas),
                ]
        )
            await index.RequireAsync("NotManager()", index.Bob, data);
        await index.RequireAsync("TooLittle(uint256,uint256)", index.Manager, AbiEncoder.Call("setFee(uint256)", 101));
        var offers = (await index.HoldingsAsync()).Values.Select(held => held / 10).ToList();
        await index.RequireAsync("LegsChanged(uint256)", index.Alice, await index.MintDataAsync(offers, revision: 7));
        await index.RequireAsync("LegsChanged(uint256)", index.Alice, await index.MintDataAsync(offers[..3]));
        await index.CallAsync(index.Alice, await index.MintDataAsync(offers));
        var tokens = await index.TokensAsync(index.Alice);
        foreach (var (sell, leave) in ((int, BigInteger)[])[(1, 1), (16, 0), (0, 16), (0, BigInteger.One << 254)])
            await index.RequireAsync("BadMasks()", index.Alice, await index.RedeemDataAsync(tokens, sell, leave));

        // Minting can be paused, redeeming cannot.
        await index.CallAsync(index.Manager, AbiEncoder.Call("pause(uint256)", ulong.MaxValue));
        await index.RequireAsync("IsPaused(uint256)", index.Alice, await index.MintDataAsync(offers));
        await index.CallAsync(index.Alice, await index.RedeemDataAsync(tokens));
    }

    [Fact]
    public async Task A_router_is_credited_by_name_and_the_miner_is_paid()
    {
        var index = await chains.AnewAsync(473);
        var offers = (await index.HoldingsAsync()).Values.Select(held => (object)(held / 10)).ToList();
        var mint = AbiEncoder.Call(
            "mintVia(address,uint256,uint256[],uint256,uint256,uint256,uint256)",
            index.Alice,
            await index.RevisionAsync(),
            offers,
            0,
            1,
            LegGas,
            ulong.MaxValue
        );
        await index.RequireAsync("NotRouter()", index.Bob, mint);
        await index.CallAsync(index.Manager, AbiEncoder.Call("setRouter(address,bool)", index.Bob, true));
        await index.CallAsync(index.Bob, mint);
        var tokens = await index.TokensAsync(index.Bob);
        Assert.True(await index.ReadAsync("getMinerStats(address)", index.Alice) > 0 && tokens > 0);
        var held = await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0));
        await index.CallAsync(
            index.Bob,
            AbiEncoder.Call(
                "redeemVia(address,uint256,uint256,uint256[],uint256,uint256,uint256,uint256,uint256)",
                index.Alice,
                await index.RevisionAsync(),
                tokens,
                new List<object> { 0, 0, 0, 0 },
                0,
                0,
                0,
                LegGas,
                ulong.MaxValue
            )
        );
        Assert.True(await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0)) > held);
        Assert.Equal(0, await index.TokensAsync(index.Bob));
    }

    [Fact]
    public void Every_contract_of_the_index_is_within_the_size_that_a_chain_takes() =>
        Assert.All(
            (string[])["Index", "Manager", "Means", "Lens", "Router", "Pool"],
            name => Assert.InRange(ContractArtifact.Load(name).DeployedBytecode.Length / 2, 1, 24_576)
        );
}
