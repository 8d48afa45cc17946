using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// What can be done to the first contract, which mints by spot prices: each of these attacks succeeds against it. That they fail against
/// the one that goes by holdings is in <see cref="IndexAttackTests"/> and <see cref="RouterTests"/>.
/// </summary>
[Collection(nameof(IndexChains))]
public sealed class FirstContractTests(IndexChains chains)
{
    private static readonly ushort[] Legs = [11, 12, 13, Spare];
    private static readonly int[] MilliPrices = [200, 50, 400, 150];

    [Fact]
    public async Task Who_mints_while_a_leg_reads_nothing_takes_a_part_of_it_from_the_others()
    {
        var index = await chains.AnewAsync(473);
        var first = await BeginAsync(index, 100);
        var successor = Keccak.Hash("the successor"u8);
        await index.Chain.SetAsync("swapHotkey", MockChain.Hotkey, successor, Legs[2]);

        // He brings the whole basket, at the hotkey that the contract knows.
        await index.Chain.SetAsync("grantStake", MockChain.Hotkey, ColdkeyOf(index.Bob), Legs[2], 100_000 * Whole);
        await MintAsync(index, first, index.Bob, 100 * One);
        var (owned, supply) = (await OwnedAsync(index, first, index.Bob), await index.ReadOfAsync(first, "totalSupply()"));

        // The stake that was moved is the index's still: he has paid a half of all, and owns more of it.
        var moved = await index.Chain.StakeAsync(Legs[2], ColdkeyOf(first), successor) * Whole * MilliPrices[2] / 1_000;
        var all = await index.ReadOfAsync(first, "totalValue()") + moved;
        Assert.InRange(all, 195 * One, 205 * One);
        Assert.InRange(all * owned / supply, 110 * One, 120 * One);
    }

    [Fact]
    public async Task Who_mints_first_can_make_the_price_of_a_token_whatever_he_likes()
    {
        var index = await chains.AnewAsync(473);
        var first = await DeployAsync(index);

        // The least that the chain transfers of each leg, redeemed but for a grain; then the rest is given.
        await MintAsync(index, first, index.Bob, new BigInteger(0.002 * 1e18));
        await RedeemAsync(index, first, index.Bob, await OwnedAsync(index, first, index.Bob) - 1_000);
        await index.Chain.SetAsync("grantStake", MockChain.Hotkey, ColdkeyOf(first), Legs[0], 100 * Whole);
        var nav = await index.ReadOfAsync(first, "getCurrentNAV()");
        Assert.True(nav > 1_000_000 * One, nav.ToString(null, null));
    }

    [Fact]
    public async Task The_TAO_of_a_dissolved_subnet_is_nobodys()
    {
        var index = await chains.AnewAsync(425);
        var first = await BeginAsync(index, 100);
        var before = await index.ReadOfAsync(first, "getCurrentNAV()");
        await index.Chain.SetAsync("setAddress", first);
        await index.Chain.SetAsync("dissolve", Legs[2]);

        // It has been paid, and no token is worth anything of it.
        Assert.True(await index.Chain.BalanceAsync(first) > 10 * (BigInteger)Whole);
        Assert.InRange(await index.ReadOfAsync(first, "getCurrentNAV()"), before * 74 / 100, before * 76 / 100);
    }

    [Fact]
    public async Task Pumping_a_pool_makes_a_trade_count_for_more()
    {
        var index = await chains.AnewAsync(473);
        var first = await BeginAsync(index, 100);
        await MintAsync(index, first, index.Bob, 10 * One);
        var counted = await CountedAsync();
        await index.Chain.SetAsync("setPool", Legs[2], 20 * 400_000 * Whole, 1_000_000 * Whole);
        await RedeemAsync(index, first, index.Bob, await OwnedAsync(index, first, index.Bob));
        Assert.True(await CountedAsync() - counted > 5 * counted);

        Task<BigInteger> CountedAsync() => TotalVolumeAsync(index, first, index.Bob);
    }

    private static async Task<BigInteger> TotalVolumeAsync(IndexChain index, Address first, Address miner)
    {
        const int totalVolume = 2;
        return AbiWords.BigInteger(await index.Chain.WordsAsync(first, AbiEncoder.Call("getMinerStats(address)", miner)), totalVolume);
    }

    private static async Task<Address> BeginAsync(IndexChain index, int tao)
    {
        var first = await DeployAsync(index);
        await MintAsync(index, first, index.Alice, tao * One);
        return first;
    }

    private static async Task<Address> DeployAsync(IndexChain index)
    {
        var first = await index.Chain.DeployAsync(
            "Tao20Index",
            AbiEncoder.Encode(
                MockChain.Hotkey,
                Legs.Select(netuid => (object)netuid).ToList(),
                Enumerable.Repeat((object)(One / 4), Legs.Length).ToList()
            )
        );
        await index.Chain.SendAsync([
            .. new[] { index.Alice, index.Bob }.SelectMany(account => Legs.Select(netuid => index.Approve(account, netuid, first))),
        ]);
        return first;
    }

    /// <summary>Mints with a basket worth so many wei at the prices at the beginning.</summary>
    private static Task MintAsync(IndexChain index, Address first, Address account, BigInteger wei) =>
        index.CallAsync(
            account,
            AbiEncoder.Call(
                "mint(uint256[],uint256,uint256)",
                Legs.Select((_, i) => (object)(wei / 4 / MilliPrices[i] / 1_000_000)).ToList(),
                1,
                ulong.MaxValue
            ),
            to: first
        );

    private static Task RedeemAsync(IndexChain index, Address first, Address account, BigInteger tokens) =>
        index.CallAsync(
            account,
            AbiEncoder.Call("redeem(uint256,uint256[],uint256)", tokens, Legs.Select(_ => (object)0).ToList(), ulong.MaxValue),
            to: first
        );

    private static Task<BigInteger> OwnedAsync(IndexChain index, Address first, Address account) =>
        index.ReadOfAsync(first, "balanceOf(address)", account);
}
