using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>What a log of a market says that an account has swapped.</summary>
/// <param name="Tao">By how much its TAO has changed.</param>
/// <param name="Tokens">By how much its tokens have.</param>
/// <param name="IsExact">Whether that is what arrives, to the wei; otherwise balances tell.</param>
public readonly record struct MarketSwap(WeiDelta Tao, WeiDelta Tokens, bool IsExact);

/// <summary>A market of the index's token and TAO, in which an account trades: a constant product with a fee of 0.3 %.</summary>
public interface ITokenMarket
{
    /// <summary>Whose reserves make the price.</summary>
    Address Address { get; }

    /// <summary>Who takes the account's tokens when they are sold.</summary>
    Address Spender { get; }

    /// <summary>The first of the chain's specs at which it can be traded in from an account that holds stake.</summary>
    uint LeastSpec { get; }

    /// <summary>Asks for its reserves at a block; where it is none, or refuses, nothing is taken.</summary>
    IReadOnlyList<RpcCall> Reserves(ulong block, Action<Func<PoolReserves, PoolReserves>> change);

    /// <summary>Buys tokens for the TAO sent along.</summary>
    /// <param name="least">The least that is accepted.</param>
    /// <param name="deadline">Until when, in Unix seconds of the chain.</param>
    (Address To, string Data) Buy(Wei least, ulong deadline);

    /// <summary>Sells tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="least">The least TAO that is accepted.</param>
    /// <param name="deadline">Until when, in Unix seconds of the chain.</param>
    (Address To, string Data) Sell(Wei tokens, Wei least, ulong deadline);

    /// <summary>What a log of a transaction of the account says that it has swapped itself; null where it says nothing of that.</summary>
    MarketSwap? SwapOf(ReceiptLog log);
}

/// <summary>The pool that is deployed with an index (source: Contracts/Index/Pool.sol).</summary>
/// <param name="Address">The pool.</param>
/// <param name="Account">Who trades in it.</param>
internal sealed record IndexPool(Address Address, Address Account) : ITokenMarket
{
    // Encoded once: a tick at each head asks the same again and again.
    private static readonly string ReserveTao = new ReserveTaoFunction().Encode();
    private static readonly string ReserveToken = new ReserveTokenFunction().Encode();

    public Address Spender => Address;

    // It calls nobody but the index and the precompile that pays.
    public uint LeastSpec => 0;

    public IReadOnlyList<RpcCall> Reserves(ulong block, Action<Func<PoolReserves, PoolReserves>> change) =>
        [
            EthCalls.TryCallAt(Address, ReserveTao, block, words => change(held => held with { Tao = words.Wei(0) })),
            EthCalls.TryCallAt(Address, ReserveToken, block, words => change(held => held with { Tokens = words.Wei(0) })),
        ];

    public (Address To, string Data) Buy(Wei least, ulong deadline) => (Address, new BuyFunction(least.Value, deadline).Encode());

    public (Address To, string Data) Sell(Wei tokens, Wei least, ulong deadline) => (Address, RouterCalls.Sell(tokens, least, deadline));

    public MarketSwap? SwapOf(ReceiptLog log)
    {
        if (log.Address != Address || log.Topic != RouterCalls.SwapTopic || log.Subject != Account)
            return null;
        var words = new AbiData(log.Data);
        var (paid, got) = (WeiDelta.Between(words.Wei(1), Wei.Zero), WeiDelta.Between(Wei.Zero, words.Wei(2)));
        return words.UInt64(0) == 1 ? new MarketSwap(paid, got, true) : new MarketSwap(got, paid, true);
    }
}
