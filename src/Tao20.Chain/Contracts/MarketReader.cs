using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Chain.Contracts;

/// <summary>Where TAO20 is traded.</summary>
/// <param name="Router">The router; null where only the TAO20 contract exists, and trades are done step by step.</param>
/// <param name="Pools">Market pools; the first is the one that is traded in, the others give a price. With a pair, all do.</param>
/// <param name="Pair">A pair as Uniswap's second version has them, which is traded in instead.</param>
/// <param name="PairRouter">The router of such pairs.</param>
/// <param name="WrappedTao">What wraps TAO in them.</param>
/// <param name="PairCodes">The hashes of the code of these three, in this order.</param>
[Settings("Market")]
public sealed record MarketAddresses(
    [property: Setting(
        "The router: a trade is one transaction that reverts unless it earns what was asked; without it, trades are done step "
            + "by step.",
        Option = "--router",
        Unit = "address"
    )]
        Address? Router,
    [property: Setting(
        "The TAO20/TAO pool that is traded in; more after it are asked for their price alone.",
        Option = "--pool",
        Required = true,
        Unit = "addresses"
    )]
        IReadOnlyList<Address> Pools,
    [property: Setting(
        "A pair of the token and wrapped TAO as Uniswap's second version has them, which is traded in step by step instead of the "
            + "first pool; from spec 452 of the chain on.",
        Unit = "address"
    )]
        Address? Pair = null,
    [property: Setting("The router of such pairs, by which it is traded in.", Unit = "address")] Address? PairRouter = null,
    [property: Setting("The contract that wraps TAO for them.", Unit = "address")] Address? WrappedTao = null,
    [property: Setting(
        "The hashes of the code of pair, router and wrapped TAO, in this order: held against the chain at the start.",
        Unit = "hashes"
    )]
        IReadOnlyList<string>? PairCodes = null
)
{
    /// <summary>The market that an account trades in.</summary>
    /// <param name="token">The token.</param>
    /// <param name="account">The account.</param>
    public ITokenMarket TradedIn(Address token, Address account) =>
        Pair is { } pair ? new UniswapPair(pair, PairRouter!.Value, WrappedTao!.Value, token, account) : new IndexPool(Pools[0], account);

    /// <summary>All markets that are asked for their price; the first is the one that is traded in.</summary>
    /// <param name="token">The token.</param>
    /// <param name="account">The account.</param>
    public IReadOnlyList<ITokenMarket> All(Address token, Address account) =>
        [TradedIn(token, account), .. Pools.Skip(Pair is null ? 1 : 0).Select(pool => new IndexPool(pool, account))];
}

/// <summary>What the market looks like at a block, or why nobody can say.</summary>
public abstract record MarketReading
{
    private MarketReading() { }

    /// <summary>All a decision needs.</summary>
    public sealed record Available(NavTick Tick) : MarketReading;

    /// <summary>Something is missing.</summary>
    public sealed record Unavailable(string Reason) : MarketReading;
}

/// <summary>Reads, at one block each time, all that one account needs to trade TAO20 against its market.</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="contract">The TAO20 contract.</param>
/// <param name="market">Where it is traded.</param>
/// <param name="account">The account.</param>
/// <param name="runtime">By which rules the chain runs.</param>
/// <param name="fees">What each leg is given of gas.</param>
public sealed class MarketReader(
    EndpointPool pool,
    Address contract,
    MarketAddresses market,
    Address account,
    RuntimeWatch runtime,
    FeePolicy fees
)
{
    /// <summary>
    /// About what a mint of twenty subnets takes step by step: forty transactions of 100,000, and the mint (measured on the local chain).
    /// </summary>
    private const ulong StepwiseMintGas = 6_000_000;

    /// <summary>About what a purchase and a redemption of twenty subnets take.</summary>
    private const ulong StepwiseRedeemGas = 2_500_000;

    // Encoded once: a tick at each head asks the same again and again.
    private static readonly string EpochInfo = new GetEpochInfoFunction().Encode();
    private static readonly string CurrentNav = new GetCurrentNavFunction().Encode();
    private readonly string _balanceOf = new BalanceOfFunction(account).Encode();
    private readonly IReadOnlyList<ITokenMarket> _markets = market.All(contract, account);
    private readonly NavReader _nav = new(pool, contract);
    private readonly LadderReader _ladder = new(pool, contract, account);

    /// <summary>Where it trades.</summary>
    public MarketAddresses Market => market;

    /// <summary>Reads a tick.</summary>
    /// <param name="block">The block.</param>
    /// <param name="sizes">The sizes that are quoted, ascending.</param>
    /// <param name="priorityFee">What is offered beside the base fee, in wei for a unit of gas.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<MarketReading> TickAsync(
        BlockHeader block,
        IReadOnlyList<Wei> sizes,
        BigInteger priorityFee,
        CancellationToken cancel
    )
    {
        if (runtime.Version?.Spec is var spec && _markets[0].LeastSpec > (spec ?? 0))
            return new MarketReading.Unavailable(
                $"the chain's spec is {spec?.ToString(CultureInfo.InvariantCulture) ?? "not known"}: below {_markets[0].LeastSpec}, "
                    + "foreign code could act as the account and take its stake"
            );
        var reserves = new PoolReserves[_markets.Count];
        ulong epoch = 0;
        var (baseFee, tao, tokens) = (BigInteger.Zero, Wei.Zero, Wei.Zero);
        List<RpcCall> calls =
        [
            AccountCalls.BaseFee(fee => baseFee = fee),
            AccountCalls.BalanceAt(account, block.Number, wei => tao = Wei.From((UInt128)wei)),
            At(contract, _balanceOf, words => tokens = words.Wei(0)),
            At(contract, EpochInfo, words => epoch = words.UInt64(0)),
        ];
        for (var i = 0; i < _markets.Count; i++)
        {
            var at = i;

            // A market that is none, or refuses, gives no price; the others may.
            calls.AddRange(_markets[i].Reserves(block.Number, change => reserves[at] = change(reserves[at])));
        }

        var reading = _nav.ReadAsync(block, runtime.Profile, cancel);
        await pool.SendAtAsync(block.Number, block.Hash, calls, cancel).ConfigureAwait(false);
        switch (NavReading.Of(await reading.ConfigureAwait(false), block.Timestamp))
        {
            case NavReading.Unavailable none:
                return new MarketReading.Unavailable(none.Reason);
            case NavReading.Available nav
                when MarketPrice.From([.. _markets.Zip(reserves, (one, held) => new MarketQuote(one.Address, held.Spot))]) is { } price:
                var rules = LegRules.Of(runtime.Profile, fees.LegGas);
                var sides = LadderSides.Of(price.Price, nav.Nav, tokens);
                var ladder = market.Router is { } router
                    ? await _ladder.ReadAsync(router, nav, reserves[0], sizes, sides, rules, cancel).ConfigureAwait(false)
                    : await Task.WhenAll(sizes.Select(size => StepwiseAsync(nav, reserves[0], size, cancel))).ConfigureAwait(false);
                return new MarketReading.Available(
                    new NavTick(
                        block.Number,
                        block.Hash,
                        block.Timestamp,
                        new EpochId(epoch),
                        nav.Nav,
                        NavMove.Calm,
                        price,
                        reserves[0],
                        ladder,
                        baseFee + priorityFee,
                        tao,
                        tokens
                    )
                    {
                        FeeBps = nav.Inputs.FeeBps,
                    }
                );
            default:
                return new MarketReading.Unavailable("no market pool gives a price");
        }

        RpcCall At(Address to, string data, Action<AbiData> take) =>
            EthCalls.CallAt(to, data, block.Number, bytes => take(new AbiData(bytes)));
    }

    /// <summary>What the account owns at a block.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<AccountBalances> BalancesAsync(BlockHeader block, CancellationToken cancel)
    {
        var (tao, tokens, nav) = (Wei.Zero, Wei.Zero, TaoPerToken.From(0));
        await pool.SendAtAsync(
                block.Number,
                block.Hash,
                [
                    AccountCalls.BalanceAt(account, block.Number, wei => tao = Wei.From((UInt128)wei)),
                    EthCalls.CallAt(contract, _balanceOf, block.Number, bytes => tokens = new AbiData(bytes).Wei(0)),
                    NavAt(block.Number, value => nav = value),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return new AccountBalances(block.Number, block.Timestamp, tao, tokens, nav);
    }

    /// <summary>What a transaction of the account came to.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<TradeReceipt> ReceiptAsync(Receipt receipt, CancellationToken cancel)
    {
        IReadOnlyList<ReceiptLog> logs = [];
        ulong epoch = 0;
        var nav = TaoPerToken.From(0);
        var block = await pool.SendAtAsync(
                receipt.Block,
                receipt.BlockHash,
                [
                    AccountCalls.Logs(receipt.Hash, found => logs = found),
                    NavAt(receipt.Block, value => nav = value),
                    EthCalls.CallAt(contract, EpochInfo, receipt.Block, bytes => epoch = new AbiData(bytes).UInt64(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        var (tao, tokens, volume, isInLogs) = (WeiDelta.Zero, WeiDelta.Zero, Wei.Zero, true);
        foreach (var log in logs)
        {
            var words = new AbiData(log.Data);
            if (log.Address == market.Router && log.Topic == RouterCalls.RoundTripTopic)
                tao += WeiDelta.Between(words.Wei(1), words.Wei(3));
            else if (_markets[0].SwapOf(log) is { } swap)
                (tao, tokens, isInLogs) = (tao + swap.Tao, tokens + swap.Tokens, isInLogs && swap.IsExact);
            else if (log.Address == contract && (log.Topic == Tao20Events.Minted || log.Topic == Tao20Events.Redeemed))
                volume += words.Wei(1);
            isInLogs &= log.Address != contract || log.Topic != Tao20Events.Redeemed || log.Subject != account;
        }

        return new TradeReceipt(receipt, block.Timestamp, new EpochId(epoch), nav, tao, tokens, volume) { IsInLogs = isInLogs };
    }

    /// <summary>
    /// What a size would come to step by step: swaps of the basket as the chain simulates them, and the pool's own formula.
    /// </summary>
    private async Task<LadderRung> StepwiseAsync(NavReading.Available nav, PoolReserves pool, Wei size, CancellationToken cancel)
    {
        var bought = Wei.From((UInt128)pool.Buy(size.Value));
        var (mint, redeem) = await _nav.ExecutableAsync(nav, size, bought, cancel).ConfigureAwait(false);
        return new LadderRung(
            size,
            mint is null ? null : new RoundTrip(mint.Tokens, Wei.From((UInt128)pool.Sell(mint.Tokens.Value)), StepwiseMintGas),
            redeem is null ? null : new RoundTrip(bought, redeem.Tao, StepwiseRedeemGas)
        );
    }

    private RpcCall NavAt(ulong block, Action<TaoPerToken> take) =>
        EthCalls.CallAt(contract, CurrentNav, block, bytes => take(TaoPerToken.From(new AbiData(bytes).Wei(0).Value)));
}
