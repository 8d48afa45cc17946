using System.Numerics;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Accounts;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Devnet;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Contracts;

/// <summary>Ticks and receipts read from a real local chain, against what really happens there.</summary>
public sealed class MarketReaderTests : IAsyncLifetime
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private static readonly FeePolicy Fees = new() { LegGas = Economy.LegGas };
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _anvil = null!;
    private Economy _economy = null!;
    private PegMarket _market = null!;
    private ChainConnection _chain = null!;
    private MarketReader _reader = null!;
    private ulong _time;

    private Address Trader => _economy.Miners[1];

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 3 }, _none);
        (_economy, _time) = await Economy.DeployAsync(_anvil, 2, new AnvilOptions().GenesisTimestamp + 1, _none);
        (_market, _time) = await PegMarket.OpenAsync(_economy, _economy.Miners[0], [], new MarketScript(7, 0.02, 12), _time, _none);
        _chain = ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = [_anvil.Rpc],
                Contract = _economy.Index,
                WebSocket = false,
            },
            NullLogger.Instance
        );
        _reader = new MarketReader(
            _chain.Pool,
            _economy.Index,
            new MarketAddresses(_economy.Router, [_economy.Pool]),
            Trader,
            _chain.Runtime,
            Fees
        );
    }

    public async Task DisposeAsync()
    {
        await _chain.DisposeAsync();
        await _anvil.DisposeAsync();
    }

    [Theory]
    [InlineData(TradeKind.MintAndSell)]
    [InlineData(TradeKind.BuyAndRedeem)]
    public async Task A_quote_is_exactly_what_the_trade_then_comes_to(TradeKind kind)
    {
        await MoveAsync(kind == TradeKind.MintAndSell);
        var tick = await TickAsync();
        Assert.Equal(kind == TradeKind.MintAndSell, tick.Spread.Value > 0);
        var rung = tick.Ladder.Single(each => each.Size.Value == (UInt128)(5 * Tao));
        var quoted = rung.Of(kind)!;

        // The other way cannot pay, and is not asked for.
        Assert.True(quoted.Proceeds > rung.Size);
        Assert.Null(kind == TradeKind.MintAndSell ? rung.Redeem : rung.Mint);

        var profit = (BigInteger)quoted.Proceeds.Value - rung.Size.Value;
        var call =
            kind == TradeKind.MintAndSell
                ? RouterCalls.MintAndSell(quoted.Order!, profit, _time + 100)
                : RouterCalls.BuyAndRedeem(quoted.Order!, profit, _time + 100);
        var receipt = await SendAsync(new DevnetTransaction(Trader, _economy.Router, call, rung.Size.Value));
        var trade = await _reader.ReceiptAsync(receipt, _none);
        Assert.Equal((Int128)profit, trade.Tao.Value);
        Assert.Equal(WeiDelta.Zero, trade.Tokens);
        Assert.Equal(_time, trade.Time);
        Assert.Equal((await _economy.VolumesAsync(_none))[Trader], trade.Volume.Value);
        Assert.InRange((double)receipt.GasUsed / quoted.GasUnits, 0.5, 1.5);
        var after = await _reader.BalancesAsync(await LatestAsync(), _none);
        Assert.Equal((Int128)tick.Tao.Value + (Int128)profit - (Int128)receipt.FeeWei, (Int128)after.Tao.Value);
    }

    [Fact]
    public async Task Tokens_that_are_owned_are_sold_and_redeemed_for_what_was_quoted()
    {
        await SendAsync(await _economy.MintByRouterAsync(Trader, 20 * Tao, _time + 100, _none));
        await SendAsync(new DevnetTransaction(Trader, _economy.Index, RouterCalls.Approve(_economy.Pool, Wei.From((UInt128)(20 * Tao)))));
        var tick = await TickAsync();
        Assert.InRange(tick.Tokens.Value, (UInt128)(19 * Tao), (UInt128)(20 * Tao));
        var tokens = Wei.From((UInt128)(3 * Tao));

        var sold = Wei.From((UInt128)tick.Pool.Sell(tokens.Value));
        var sale = await _reader.ReceiptAsync(
            await SendAsync(new DevnetTransaction(Trader, _economy.Pool, RouterCalls.Sell(tokens, sold, _time + 100))),
            _none
        );
        Assert.Equal(
            (new WeiDelta((Int128)sold.Value), new WeiDelta(-(Int128)tokens.Value), Wei.Zero),
            (sale.Tao, sale.Tokens, sale.Volume)
        );

        var basket = await BasketAsync();
        var call = basket.Redemption(tokens, Wei.Zero);
        var receipt = await SendAsync(
            new DevnetTransaction(Trader, _economy.Index, RouterCalls.Redeem(call.Order, call.Legs, tokens, Wei.Zero, _time + 100))
        );
        var redemption = await _reader.ReceiptAsync(receipt, _none);
        Assert.False(redemption.IsInLogs);
        var moved = await Baskets.MovedAsync([receipt.Block], _none);
        Assert.Equal(new WeiDelta(-(Int128)tokens.Value), moved.Tokens);
        Assert.InRange(moved.Tao.Value, (Int128)tokens.Value * 99 / 100, (Int128)tokens.Value);
        var balances = await _reader.BalancesAsync(await LatestAsync(), _none);
        Assert.Equal(tick.Tokens.Value - 2 * tokens.Value, balances.Tokens.Value);
        Assert.Equal((Int128)balances.Tao.Value - (Int128)tick.Tao.Value, (sale.Tao + moved.Tao).Value);
    }

    [Fact]
    public async Task What_cannot_be_quoted_is_left_out_and_what_cannot_be_read_is_named()
    {
        // A twentieth of a TAO leaves less for the smallest subnets than may be staked.
        var reading = await _reader.TickAsync(await LatestAsync(), [Wei.From((UInt128)(Tao / 20)), Wei.From((UInt128)Tao)], 0, _none);
        var tick = Assert.IsType<MarketReading.Available>(reading).Tick;
        Assert.Null(tick.Ladder[0].Mint);
        Assert.NotNull(tick.Ladder[1].Mint);

        // Code that is not ours is not called where nobody knows the chain's rules: by some of them it could act as the account.
        var pair = new MarketAddresses(null, [], _economy.Keeper, _economy.Keeper, _economy.Keeper, []);
        var foreign = new MarketReader(_chain.Pool, _economy.Index, pair, Trader, _chain.Runtime, Fees);
        Assert.Contains(
            "the chain's spec is not known: below 452, foreign code could act as the account",
            Assert.IsType<MarketReading.Unavailable>(await foreign.TickAsync(await LatestAsync(), [], 0, _none)).Reason,
            StringComparison.Ordinal
        );

        var nowhere = new MarketReader(
            _chain.Pool,
            _economy.Index,
            new MarketAddresses(_economy.Router, [_economy.Keeper]),
            Trader,
            _chain.Runtime,
            Fees
        );
        var unavailable = Assert.IsType<MarketReading.Unavailable>(await nowhere.TickAsync(await LatestAsync(), [Wei.OneTao], 0, _none));
        Assert.Equal("no market pool gives a price", unavailable.Reason);
    }

    [Fact]
    public async Task Of_several_markets_the_median_counts_and_one_that_is_far_off_does_not()
    {
        var maker = _economy.Miners[0];
        var pools = new List<Address> { _economy.Pool };
        foreach (var tao in new[] { 51, 100 })
        {
            var pool = (
                await _anvil.Client.ExecuteAsync(
                    [
                        new DevnetTransaction(
                            _economy.Keeper,
                            null,
                            ContractArtifact.Load("Pool").Bytecode + AbiEncoder.Encode(_economy.Index)
                        ),
                    ],
                    ++_time,
                    _none
                )
            )[0]!.Value;
            await SendAsync(new DevnetTransaction(maker, _economy.Index, RouterCalls.ApproveAll(pool)));
            await SendAsync(
                new DevnetTransaction(
                    maker,
                    pool,
                    AbiEncoder.Call("addLiquidity(uint256,uint256,uint256)", 50 * Tao, 1, _time + 100),
                    (UInt128)(tao * Tao)
                )
            );
            pools.Add(pool);
        }

        MarketReader Of(params Address[] markets) =>
            new(_chain.Pool, _economy.Index, new MarketAddresses(_economy.Router, markets), Trader, _chain.Runtime, Fees);
        async Task<MarketPrice> PriceAsync(MarketReader reader) =>
            Assert.IsType<MarketReading.Available>(await reader.TickAsync(await LatestAsync(), [Wei.OneTao], 0, _none)).Tick.Market;
        var price = await PriceAsync(Of([.. pools]));
        Assert.Equal((2, 3, true), (price.Used, price.Of, price.TradingPoolAgrees));
        Assert.InRange((double)price.Price.Value / 1e18, 1.005, 1.015);

        // The pool traded in is the one that is off, and one address is no pool at all.
        var off = await PriceAsync(Of(pools[2], pools[0], pools[1], _economy.Keeper));
        Assert.Equal((2, 4, false), (off.Used, off.Of, off.TradingPoolAgrees));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_router_a_size_is_quoted_nearly_as_with_one(bool dear)
    {
        await MoveAsync(dear);
        var stepwise = new MarketReader(
            _chain.Pool,
            _economy.Index,
            new MarketAddresses(null, [_economy.Pool]),
            Trader,
            _chain.Runtime,
            Fees
        );
        var block = await LatestAsync();
        var sizes = new ArbitrageRules().LadderSizes();
        var exact = Assert.IsType<MarketReading.Available>(await _reader.TickAsync(block, sizes, 0, _none)).Tick;
        var summed = Assert.IsType<MarketReading.Available>(await stepwise.TickAsync(block, sizes, 0, _none)).Tick;
        foreach (var (one, other) in exact.Ladder.Zip(summed.Ladder).Where(pair => pair.First.Size.Value >= (UInt128)Tao))
        {
            var (with, without) = dear ? (one.Mint!, other.Mint!) : (one.Redeem!, other.Redeem!);
            Assert.InRange((double)without.Proceeds.Value / (double)with.Proceeds.Value, 0.9999, 1.0001);
        }
    }

    [Fact]
    public async Task Noise_moves_the_price_as_much_as_it_is_told()
    {
        for (var i = 0; i < 200; i++)
        {
            await _anvil.Client.SubmitAsync(await _market.NoiseAsync(_time + 600, _none), _none);
            await _anvil.Client.MineAsync(_time += 12, _none);
            await _market.MeasureAsync(_none);
        }

        var prices = _market.Spreads.Select(spread => Math.Log(1 + spread / 10_000)).ToList();
        var moves = prices.Zip(prices.Skip(1), (before, after) => after - before).ToList();
        var deviation = Math.Sqrt(moves.Average(move => move * move));
        Assert.InRange(deviation / (0.02 * Math.Sqrt(12 / 60.0)), 0.8, 1.2);
    }

    private Task MoveAsync(bool up) =>
        SendAsync(
            up
                ? new DevnetTransaction(
                    _economy.Miners[0],
                    _economy.Pool,
                    AbiEncoder.Call("buy(uint256,uint256)", 1, _time + 100),
                    (UInt128)(30 * Tao)
                )
                : new DevnetTransaction(
                    _economy.Miners[0],
                    _economy.Pool,
                    AbiEncoder.Call("sell(uint256,uint256,uint256)", 30 * Tao, 1, _time + 100)
                )
        );

    private BasketReader Baskets =>
        new(_chain.Pool, _economy.Index, new MarketAddresses(_economy.Router, [_economy.Pool]), Trader, _chain.Runtime, Fees);

    private async Task<BasketReading> BasketAsync() => await Baskets.ReadAsync(await LatestAsync(), _none);

    private async Task<NavTick> TickAsync() =>
        Assert
            .IsType<MarketReading.Available>(
                await _reader.TickAsync(await LatestAsync(), new ArbitrageRules().LadderSizes(), 1_000_000_000, _none)
            )
            .Tick;

    private async Task<BlockHeader> LatestAsync()
    {
        await _chain.Head.RefreshAsync(_none);
        return _chain.Head.Latest!;
    }

    private async Task<Receipt> SendAsync(DevnetTransaction transaction)
    {
        var hash = Hash256.Parse((await _anvil.Client.SubmitAsync([transaction], _none))[0]);
        await _anvil.Client.MineAsync(++_time, _none);
        var view = await new AccountRpcClient(_chain, transaction.From, seesPending: false, _none).ViewAsync([hash]);
        var receipt = Assert.Contains(hash, view.Receipts);
        Assert.True(receipt.Success, receipt.ToString());
        return receipt;
    }
}
