using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Registry;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// Minting and redeeming for TAO in one transaction, with the market's side or without (source: the index contract's design, sections 2
/// and 7).
/// </summary>
[Collection(nameof(IndexChains))]
public sealed class RouterTests(IndexChains chains)
{
    private const string OrderType = "(uint256,uint256[],uint256[],uint256,uint256,uint256)";
    private const ulong NoLimit = ulong.MaxValue;

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task A_basket_is_bought_and_minted_with_and_only_dust_stays_behind(uint spec)
    {
        var market = await Market.OpenAsync(await chains.AnewAsync(spec));
        var index = market.Index;
        var order = await market.OrderAsync(5 * One);
        var (rao, value) = (await index.Chain.BalanceAsync(index.Alice), await index.ReadAsync("getCurrentNAV()"));
        await market.CallAsync(index.Alice, Mint(order, 5 * One), order.Rao);
        var tokens = await index.TokensAsync(index.Alice);
        Assert.InRange(tokens, 5 * One, 5 * One + One / 10_000);

        // What it cost is NAV, the fees of index and pools, and their slippage.
        Assert.InRange(
            rao - await index.Chain.BalanceAsync(index.Alice),
            tokens * value / One / Whole,
            tokens * value / One / Whole * 1_003 / 1_000
        );
        Assert.True(await index.ReadAsync("getMinerStats(address)", index.Alice) > 0);
        Assert.Equal(0, await index.TokensAsync(market.Router));
        Assert.Equal(0, await index.Chain.BalanceAsync(market.Router));
        for (var i = 0; i < Netuids.Length; i++)
            Assert.InRange(await index.Chain.StakeAsync(Netuids[i], ColdkeyOf(market.Router), HotkeyOf(i)), 0, 1_000_000);

        // What is bought of a leg beyond its part comes back in alpha, where that is asked for.
        var held = await index.Chain.StakeAsync(Netuids[1], ColdkeyOf(index.Alice), HotkeyOf(1));
        var more = order with { Tao = [.. order.Tao], Back = 0b0010 };
        more.Tao[1] *= 2;
        await market.CallAsync(index.Alice, Mint(more, 499 * One / 100), more.Rao);
        var back = await index.Chain.StakeAsync(Netuids[1], ColdkeyOf(index.Alice), HotkeyOf(1)) - held;
        Assert.InRange(back, order.Tao[1] * 20 * 99 / 100, order.Tao[1] * 20);
        Assert.InRange(await index.Chain.StakeAsync(Netuids[1], ColdkeyOf(market.Router), HotkeyOf(1)), 0, 1);
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task A_round_trip_comes_to_what_was_quoted_and_earns_what_is_asked_or_is_undone(uint spec)
    {
        var market = await Market.OpenAsync(await chains.AnewAsync(spec));
        var index = market.Index;
        var order = await market.OrderAsync(5 * One);

        // At NAV both directions lose the fees.
        var (tokens, got) = await market.QuoteAsync(index.Alice, QuoteMint(order), order.Rao);
        Assert.InRange(got, order.Rao * 94 / 100 * Whole, order.Rao * 9_970 / 10_000 * Whole);
        await market.RequireAsync("Unprofitable(uint256,int256)", index.Alice, MintAndSell(order, 0), order.Rao);
        await market.RequireAsync("Unprofitable(uint256,int256)", index.Alice, BuyAndRedeem(0, await index.RevisionAsync()), 5 * Whole);

        // Tokens are dear: minting and selling earns what was quoted, to the wei.
        await market.BuyAsync(index.Bob, 40 * Whole);
        (tokens, got) = await market.QuoteAsync(index.Alice, QuoteMint(order), order.Rao);
        var profit = got - order.Rao * Whole;
        Assert.True(profit > 0);
        await market.RequireAsync("Unprofitable(uint256,int256)", index.Alice, MintAndSell(order, profit + 1), order.Rao);
        var rao = await index.Chain.BalanceAsync(index.Alice);
        await market.CallAsync(index.Alice, MintAndSell(order, profit), order.Rao);
        Assert.Equal(profit / Whole, await index.Chain.BalanceAsync(index.Alice) - rao);
        var minted = await index.ReadAsync("getMinerStats(address)", index.Alice);
        Assert.InRange(minted, tokens * 99 / 100, tokens * 101 / 100);

        // Tokens are cheap: buying and redeeming does; the TAO goes to the miner at once, and what is not sold comes in kind.
        await market.SellAsync(index.Bob, 80 * One);
        var (sells, revision) = ((BigInteger)10 * Whole, await index.RevisionAsync());
        (tokens, got) = await market.QuoteAsync(index.Alice, QuoteRedeem(revision), sells);
        profit = got - sells * Whole;
        Assert.True(profit > 0);
        rao = await index.Chain.BalanceAsync(index.Alice);
        await market.CallAsync(index.Alice, BuyAndRedeem(profit, revision), sells);
        Assert.Equal(profit / Whole, await index.Chain.BalanceAsync(index.Alice) - rao);
        var held = await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0));
        await market.CallAsync(index.Alice, BuyAndRedeem(-10 * One, revision, sell: 0b1110), sells);
        Assert.True(await index.Chain.StakeAsync(Netuids[0], ColdkeyOf(index.Alice), HotkeyOf(0)) > held);
        Assert.Equal(0, await index.TokensAsync(market.Router));
    }

    [Fact]
    public async Task A_leg_that_is_dearer_than_its_limit_too_thin_or_in_another_place_stops_it()
    {
        var market = await Market.OpenAsync(await chains.AnewAsync(425));
        var index = market.Index;
        var order = await market.OrderAsync(5 * One);

        // Somebody has bought before.
        var dearer = order with
        {
            Limit = [.. order.Limit],
        };
        dearer.Limit[2] = 400_000_000;
        await market.RequireAsync("LegFailed(uint16,bytes32)", index.Alice, Mint(dearer, 1), order.Rao);
        await market.RequireAsync("LegsChanged(uint256)", index.Alice, Mint(order with { Revision = order.Revision + 1 }, 1), order.Rao);
        await market.RequireAsync("TooLittle(uint256,uint256)", index.Alice, Mint(order, 1), order.Rao - order.Tao[3]);
        await market.RequireAsync("TooLittle(uint256,uint256)", index.Alice, Mint(order, 6 * One), order.Rao);

        // At 425 nothing worth less than 2,000,000 rao is bought or transferred: legs of a hundredth of a token are too thin.
        var thin = await market.OrderAsync(One / 100);
        await market.RequireAsync("LegFailed(uint16,bytes32)", index.Alice, Mint(thin, 1), thin.Rao);

        // Of the thinnest more is given, as a gift.
        var gift = await market.OrderAsync(One / 100 * 9 / 10);
        gift = gift with { Tao = [.. gift.Tao.Select(tao => BigInteger.Max(tao, 2_100_000))], Gifts = 0b1000 };
        await market.CallAsync(index.Alice, Mint(gift, 1), gift.Rao);
    }

    [Theory]
    [InlineData(425u, true)]
    [InlineData(473u, false)]
    public async Task Who_is_paid_by_the_market_cannot_act_as_the_market(uint spec, bool stolenFromTheFirst)
    {
        var market = await Market.OpenAsync(await chains.AnewAsync(spec));
        var index = market.Index;
        var coldkey = ColdkeyOf(index.Bob);

        // The first market pays by a call. At 425 its TAO is the thief's.
        var first = await market.OpenFirstAsync();
        var (tao, stake) = (await index.Chain.BalanceAsync(first), await index.Chain.StakeAsync(Netuids[0], coldkey));
        if (stolenFromTheFirst)
        {
            await StealAsync(first);
            Assert.True(await index.Chain.BalanceAsync(first) < tao / 5);
            Assert.True(await index.Chain.StakeAsync(Netuids[0], coldkey) > stake + tao);
        }
        else
        {
            await Assert.ThrowsAsync<DevnetException>(() => StealAsync(first));
        }

        // This one pays to an account, where no code runs: it has sold, and that is all.
        (tao, stake) = (await index.Chain.BalanceAsync(market.Pool), await index.Chain.StakeAsync(Netuids[0], coldkey));
        var thief = await StealAsync(market.Pool);
        Assert.InRange(tao - await index.Chain.BalanceAsync(market.Pool), Whole * 9 / 10, Whole * 11 / 10);
        Assert.Equal(tao - await index.Chain.BalanceAsync(market.Pool), await index.Chain.BalanceAsync(thief));
        Assert.Equal(stake, await index.Chain.StakeAsync(Netuids[0], coldkey));

        async Task<Address> StealAsync(Address from)
        {
            var thief = await index.Chain.DeployAsync("PayoutThief", AbiEncoder.Encode(from, HotkeyOf(0), Netuids[0], coldkey));
            await index.Chain.SetAsync("setAddress", thief);
            await index.CallAsync(index.Founder, AbiEncoder.Call("transfer(address,uint256)", thief, One));
            await ActAsync(index, thief, index.Index, AbiEncoder.Call("approve(address,uint256)", from, One));
            await ActAsync(index, thief, from, AbiEncoder.Call("sell(uint256,uint256,uint256)", One, 0, ulong.MaxValue));
            return thief;
        }
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task Who_is_paid_by_the_registry_gets_its_own_bond_and_nobody_elses(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        var rules = new RegistryRules();
        var registry = await index.Chain.DeployAsync(
            "ValidatorRegistry",
            AbiEncoder.Encode(index.Index, rules.Encoded, "a=1\n"u8.ToArray()),
            500 * (UInt128)Whole
        );
        var bond = 1_000 * (BigInteger)Whole;
        foreach (var account in new[] { index.Founder, index.Alice })
            await index.CallAsync(account, RegistryData.Bond(default), bond, registry);
        var coldkey = ColdkeyOf(index.Bob);
        var stake = await index.Chain.StakeAsync(Netuids[0], coldkey);
        var thief = await index.Chain.DeployAsync(
            "PayoutThief",
            AbiEncoder.Encode(registry, HotkeyOf(0), Netuids[0], coldkey),
            (UInt128)(bond * Whole)
        );
        await index.Chain.SetAsync("setAddress", thief);
        await ActAsync(index, thief, registry, RegistryData.Bond(index.Bob), bond);
        await ActAsync(index, thief, registry, RegistryData.Unbond(bond * Whole));
        await index.Chain.Client.MineAsync(await index.Chain.TimeAsync() + rules.Unbonding + 1, default);
        await ActAsync(index, thief, registry, RegistryData.Withdraw());
        Assert.Equal(2 * bond + 500, await index.Chain.BalanceAsync(registry));
        Assert.Equal(bond, await index.Chain.BalanceAsync(thief));
        Assert.Equal(stake, await index.Chain.StakeAsync(Netuids[0], coldkey));
    }

    /// <summary>Has a thief call somebody.</summary>
    private static Task ActAsync(IndexChain index, Address thief, Address to, string data, BigInteger? rao = null) =>
        index.CallAsync(
            index.Bob,
            AbiEncoder.Call("act(address,uint256,bytes)", to, (rao ?? 0) * Whole, Convert.FromHexString(data.AsSpan(2))),
            to: thief
        );

    private static string Mint(Order order, BigInteger least) =>
        AbiEncoder.Call($"mint({OrderType},uint256,uint256)", order.Words, least, ulong.MaxValue);

    private static string MintAndSell(Order order, BigInteger profit) =>
        AbiEncoder.Call($"mintAndSell({OrderType},int256,uint256)", order.Words, profit, ulong.MaxValue);

    private static string QuoteMint(Order order) => AbiEncoder.Call($"quoteMintAndSell({OrderType})", order.Words);

    private static string BuyAndRedeem(BigInteger profit, ulong revision, int sell = 0b1111) =>
        AbiEncoder.Call("buyAndRedeem(uint256,uint256,uint256,int256,uint256,uint256)", revision, sell, 0, profit, LegGas, ulong.MaxValue);

    private static string QuoteRedeem(ulong revision) =>
        AbiEncoder.Call("quoteBuyAndRedeem(uint256,uint256,uint256,uint256)", revision, 0b1111, 0, LegGas);

    /// <summary>How a basket is bought.</summary>
    private sealed record Order(ulong Revision, List<BigInteger> Tao, List<ulong> Limit, BigInteger Rest, ulong Gifts, ulong Back)
    {
        /// <summary>All that is sent along, in rao.</summary>
        public BigInteger Rao => Tao.Aggregate(Rest, (sum, tao) => sum + tao);

        public AbiTuple Words =>
            new([Revision, Tao.Select(tao => (object)tao).ToList(), Limit.Select(limit => (object)limit).ToList(), Gifts, Back, LegGas]);
    }

    /// <summary>A market of an index's tokens, with 100 TAO and as many tokens, and its router.</summary>
    private sealed record Market(IndexChain Index, Address Pool, Address Router)
    {
        public static async Task<Market> OpenAsync(IndexChain index)
        {
            var pool = await index.Chain.DeployAsync("Pool", AbiEncoder.Encode(index.Index));
            var router = await index.Chain.DeployAsync("Router", AbiEncoder.Encode(index.Index, pool, index.Lens));
            var market = new Market(index, pool, router);
            var holdings = await index.HoldingsAsync();
            await index.CallAsync(index.Founder, await index.MintDataAsync([.. holdings.Values.Select(held => held * 3)]));
            await index.CallAsync(index.Manager, AbiEncoder.Call("setRouter(address,bool)", router, true));
            await market.FillAsync(pool);
            foreach (var account in index.Chain.Accounts)
                await index.CallAsync(account, AbiEncoder.Call("approve(address,uint256)", pool, BigInteger.Pow(2, 255)));
            return market;
        }

        /// <summary>The first market, with as much in it.</summary>
        public async Task<Address> OpenFirstAsync()
        {
            var pool = await Index.Chain.DeployAsync("Tao20Pool", AbiEncoder.Encode(Index.Index));
            await FillAsync(pool);
            return pool;
        }

        private async Task FillAsync(Address pool)
        {
            await Index.CallAsync(Index.Founder, AbiEncoder.Call("approve(address,uint256)", pool, 100 * One));
            await Index.CallAsync(
                Index.Founder,
                AbiEncoder.Call("addLiquidity(uint256,uint256,uint256)", 100 * One, 1, ulong.MaxValue),
                100 * (BigInteger)Whole,
                pool
            );
        }

        /// <summary>What buys the basket of so many tokens, at any price.</summary>
        public async Task<Order> OrderAsync(BigInteger tokens)
        {
            var words = new AbiData(await Index.Chain.WordsAsync(Index.Lens, AbiEncoder.Call("quoteBasket(uint256)", tokens)));
            var (rao, count) = words.List(1);
            return new Order(
                words.UInt64(0),
                [.. Enumerable.Range(0, count).Select(rao.Integer)],
                [.. Enumerable.Repeat(NoLimit, count)],
                words.Integer(2),
                0,
                0
            );
        }

        public Task CallAsync(Address from, string data, BigInteger? rao = null) => Index.CallAsync(from, data, rao, Router);

        public Task RequireAsync(string error, Address from, string data, BigInteger rao) =>
            Index.RequireAsync(error, from, data, rao, to: Router);

        public Task BuyAsync(Address from, BigInteger rao) =>
            Index.CallAsync(from, AbiEncoder.Call("buy(uint256,uint256)", 1, ulong.MaxValue), rao, Pool);

        /// <summary>Sells tokens that the founder has given.</summary>
        public async Task SellAsync(Address from, BigInteger tokens)
        {
            await Index.CallAsync(Index.Founder, AbiEncoder.Call("transfer(address,uint256)", from, tokens));
            await Index.CallAsync(from, AbiEncoder.Call("sell(uint256,uint256,uint256)", tokens, 1, ulong.MaxValue), to: Pool);
        }

        /// <summary>What a round trip is quoted to come to: tokens and wei.</summary>
        public async Task<(BigInteger Tokens, BigInteger Got)> QuoteAsync(Address from, string data, BigInteger rao)
        {
            var revert = await Index.RevertAsync(from, data, rao, Router);
            Assert.StartsWith(Keccak.Selector("Quote(uint256,uint256,uint256)"), revert, StringComparison.Ordinal);
            var words = new AbiData(Convert.FromHexString(revert.AsSpan(10)));
            return (words.Integer(0), words.Integer(1));
        }
    }
}
