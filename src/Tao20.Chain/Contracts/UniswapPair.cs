using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// A pair of the token and wrapped TAO as Uniswap's second version has them, traded in through its router (source: v2-core
/// UniswapV2Pair.sol, v2-periphery UniswapV2Router02.sol). Its code is not ours: it is traded in step by step from the miner's own account.
/// </summary>
/// <param name="Address">The pair.</param>
/// <param name="Router">The router, which is allowed to take the account's tokens.</param>
/// <param name="Wrapped">The contract that wraps TAO.</param>
/// <param name="Token">The token.</param>
/// <param name="Account">Who trades.</param>
internal sealed record UniswapPair(Address Address, Address Router, Address Wrapped, Address Token, Address Account) : ITokenMarket
{
    private static readonly string Reserve = new GetReservesFunction().Encode();
    private static readonly Hash256 Swapped = Keccak.Topic("Swap(address,uint256,uint256,uint256,uint256,address)");

    /// <summary>Whether the token is the pair's first: tokens are in the order of their addresses.</summary>
    private bool IsTokenFirst => Number(Token) < Number(Wrapped);

    public Address Spender => Router;

    // Before, foreign code that is called could act as who calls it, and move its stake (source: the index contract's design, section 2).
    public uint LeastSpec => 452;

    public IReadOnlyList<RpcCall> Reserves(ulong block, Action<Func<PoolReserves, PoolReserves>> change) =>
        [
            EthCalls.TryCallAt(
                Address,
                Reserve,
                block,
                words => change(_ => IsTokenFirst ? new(words.Wei(1), words.Wei(0)) : new(words.Wei(0), words.Wei(1)))
            ),
        ];

    public (Address To, string Data) Buy(Wei least, ulong deadline) =>
        (Router, new SwapExactEthForTokensFunction(least.Value, [Wrapped, Token], Account, deadline).Encode());

    public (Address To, string Data) Sell(Wei tokens, Wei least, ulong deadline) =>
        (Router, new SwapExactTokensForEthFunction(tokens.Value, least.Value, [Token, Wrapped], Account, deadline).Encode());

    public MarketSwap? SwapOf(ReceiptLog log)
    {
        if (log.Address != Address || log.Topic != Swapped)
            return null;

        // In and out of the first token, and of the second; what the chain rounds away of TAO is not in it.
        var words = new AbiData(log.Data);
        var (token, tao) = IsTokenFirst ? (0, 1) : (1, 0);
        return new MarketSwap(
            WeiDelta.Between(words.Wei(tao), words.Wei(2 + tao)),
            WeiDelta.Between(words.Wei(token), words.Wei(2 + token)),
            IsExact: false
        );
    }

    private static BigInteger Number(Address address) => new(address.ToBytes(), isUnsigned: true, isBigEndian: true);
}

/// <summary>Holds a pair against what it is configured to be, before anything is traded in it.</summary>
public static class UniswapPairCheck
{
    /// <summary>What is otherwise, in words; null when nothing is.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="market">Where it is traded; it names a pair.</param>
    /// <param name="token">The token.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public static async Task<string?> DifferenceAsync(EndpointPool pool, MarketAddresses market, Address token, CancellationToken cancel)
    {
        var (pair, router, wrapped) = (market.Pair!.Value, market.PairRouter!.Value, market.WrappedTao!.Value);
        (string Name, Address Address)[] contracts = [("Market:Pair", pair), ("Market:PairRouter", router), ("Market:WrappedTao", wrapped)];
        var codes = new Hash256?[contracts.Length];
        var answers = new Address?[4];
        ulong block = 0;
        await pool.SendAsync([EthCalls.BlockNumber(found => block = found)], cancel).ConfigureAwait(false);
        await pool.SendAsync(
                [
                    .. contracts.Select(
                        (one, i) => EthCalls.CodeAt(one.Address, block, code => codes[i] = code.Length == 0 ? null : Keccak.Hash(code))
                    ),
                    Ask(pair, new Token0Function().Encode(), 0),
                    Ask(pair, new Token1Function().Encode(), 1),
                    Ask(router, new WethFunction().Encode(), 2),
                    Ask(router, new FactoryFunction().Encode(), 3),
                ],
                cancel
            )
            .ConfigureAwait(false);
        for (var i = 0; i < contracts.Length; i++)
        {
            if (codes[i]?.ToString() is var found && found != market.PairCodes![i].ToLowerInvariant())
                return $"the code at {contracts[i].Name} = {contracts[i].Address} has the hash {found ?? "of nothing"}, and "
                    + $"Market:PairCodes says {market.PairCodes[i]}";
        }

        var tokens = (answers[0], answers[1]);
        if (tokens != (token, wrapped) && tokens != (wrapped, token))
            return $"Market:Pair = {pair} is of {Text(answers[0])} and {Text(answers[1])}, not of {token} and {wrapped}";
        if (answers[2] != wrapped)
            return $"Market:PairRouter = {router} wraps TAO in {Text(answers[2])}, not in Market:WrappedTao = {wrapped}";
        Address? known = null;
        if (answers[3] is { } factory)
            await pool.SendAsync(
                    [EthCalls.TryCallAt(factory, new GetPairFunction(token, wrapped).Encode(), block, words => known = words.Address(0))],
                    cancel
                )
                .ConfigureAwait(false);
        return known == pair ? null : $"Market:PairRouter = {router} trades in {Text(known)}, not in Market:Pair = {pair}";

        RpcCall Ask(Address of, string data, int i) => EthCalls.TryCallAt(of, data, block, words => answers[i] = words.Address(0));

        static string Text(Address? address) => address?.ToString() ?? "nothing";
    }
}
