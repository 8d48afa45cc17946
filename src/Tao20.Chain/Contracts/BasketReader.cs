using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Reads what an account needs to trade without a router, and to redeem tokens.</summary>
public sealed class BasketReader(
    EndpointPool pool,
    Address contract,
    MarketAddresses market,
    Address account,
    RuntimeWatch runtime,
    FeePolicy fees
)
{
    private readonly NavReader _nav = new(pool, contract);
    private readonly ITokenMarket _market = market.TradedIn(contract, account);

    /// <summary>Reads at a block.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<BasketReading> ReadAsync(BlockHeader block, CancellationToken cancel)
    {
        var inputs = await _nav.ReadAsync(block, runtime.Profile, cancel).ConfigureAwait(false);
        var (staked, allowed, poolAllowed) = (new AlphaHeld[inputs.Holdings.Count], new BigInteger[inputs.Holdings.Count], BigInteger.Zero);
        List<RpcCall> calls =
        [
            At(contract, new AllowanceFunction(account, _market.Spender).Encode(), words => poolAllowed = words.Integer(0)),
        ];
        var coldkey = Coldkey.Of(account);
        for (var i = 0; i < staked.Length; i++)
        {
            var (at, netuid, hotkey) = (i, inputs.Holdings[i].Netuid, inputs.Holdings[i].Hotkey);
            calls.Add(
                At(
                    Precompiles.Staking,
                    new GetStakeFunction(hotkey, coldkey, netuid).Encode(),
                    words => staked[at] = new AlphaHeld(netuid, words.UInt64(0))
                )
            );
            calls.Add(
                At(
                    Precompiles.Staking,
                    new StakeAllowanceFunction(account, contract, netuid).Encode(),
                    words => allowed[at] = words.Integer(0)
                )
            );
        }

        await SendAsync(calls).ConfigureAwait(false);
        return new BasketReading(inputs, LegRules.Of(runtime.Profile, fees.LegGas), staked, allowed, poolAllowed);

        Task SendAsync(IReadOnlyList<RpcCall> asked) => pool.SendAtAsync(block.Number, block.Hash, asked, cancel);

        RpcCall At(Address to, string data, Action<AbiData> take) =>
            EthCalls.CallAt(to, data, block.Number, bytes => take(new AbiData(bytes)));
    }

    /// <summary>The tokens that a mint of the account has created, or a purchase has bought, by the logs of its transaction.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">There is no such log.</exception>
    public async Task<Wei> TokensAsync(Receipt receipt, CancellationToken cancel)
    {
        IReadOnlyList<ReceiptLog> logs = [];
        await pool.SendAsync([AccountCalls.Logs(receipt.Hash, found => logs = found)], cancel).ConfigureAwait(false);
        foreach (var log in logs)
        {
            if (log.Address == contract && log.Topic == Tao20Events.Minted)
                return new AbiData(log.Data).Wei(0);
            if (_market.SwapOf(log) is { } swap && swap.Tokens.Value > Int128.Zero)
                return Wei.From((UInt128)swap.Tokens.Value);
        }

        throw new FormatException($"the transaction {receipt.Hash} has created no tokens");
    }

    /// <summary>How an account's TAO and tokens changed in these final blocks, taken together.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<(WeiDelta Tao, WeiDelta Tokens)> MovedAsync(IReadOnlyCollection<ulong> blocks, CancellationToken cancel)
    {
        if (blocks.Count == 0)
            return (WeiDelta.Zero, WeiDelta.Zero);
        var ends = blocks.SelectMany(block => new[] { block - 1, block }).Distinct().Order().ToList();
        var (tao, tokens) = (new Dictionary<ulong, Wei>(), new Dictionary<ulong, Wei>());
        var balanceOf = new BalanceOfFunction(account).Encode();
        await pool.SendAsync(
                [
                    .. ends.Select(block => AccountCalls.BalanceAt(account, block, wei => tao[block] = Wei.From((UInt128)wei))),
                    .. ends.Select(block =>
                        EthCalls.Call(contract, balanceOf, HexText.Quantity(block), bytes => tokens[block] = new AbiData(bytes).Wei(0))
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return (
            blocks.Aggregate(WeiDelta.Zero, (sum, block) => sum + WeiDelta.Between(tao[block - 1], tao[block])),
            blocks.Aggregate(WeiDelta.Zero, (sum, block) => sum + WeiDelta.Between(tokens[block - 1], tokens[block]))
        );
    }
}
