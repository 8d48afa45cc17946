using System.Numerics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tao20.Chain.Abi;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>
/// What an account was charged for its transactions. A receipt shows a price, and a node built on Frontier does not charge by it. Which
/// rule holds is found out: by what the account's balance has gone down by in the block, and where other things have moved that, by what
/// it was before, or by whether the node is one of Substrate.
/// </summary>
internal sealed class ChargedFees(ChainConnection chain, Address account, CancellationToken stop)
{
    private const int MostKnown = 1_024;
    private readonly Dictionary<(Hash256 Transaction, Hash256 Block), Receipt> _known = [];
    private FeeRule? _rule;

    /// <summary>The receipts with what was charged, where that is not by their price.</summary>
    /// <param name="receipts">Receipts of the account's transactions.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<IReadOnlyList<Receipt>> ChargedAsync(IReadOnlyList<Receipt> receipts)
    {
        foreach (var block in receipts.GroupBy(receipt => (receipt.Block, receipt.BlockHash)))
        {
            var fresh = block.Where(receipt => !_known.ContainsKey((receipt.Hash, receipt.BlockHash))).ToList();
            if (fresh.Count == 0 || await ReadAsync(block.Key.Block, block.Key.BlockHash, [.. block]).ConfigureAwait(false) is not { } read)
                continue;
            if (_known.Count > MostKnown)
                _known.Clear();
            var rule = await RuleAsync(read).ConfigureAwait(false);
            foreach (var (receipt, fee) in block.Zip(read.Fees))
                _known[(receipt.Hash, receipt.BlockHash)] = receipt with
                {
                    ChargedWei = rule == FeeRule.EffectivePrice ? null : (UInt128)fee.By(rule),
                };
        }

        return [.. receipts.Select(receipt => _known.GetValueOrDefault((receipt.Hash, receipt.BlockHash)) ?? receipt)];
    }

    /// <summary>What the chain has of a block with transactions of the account; null when it is not, or no longer, that block.</summary>
    private async Task<BlockOfAccount?> ReadAsync(ulong number, Hash256 hash, IReadOnlyList<Receipt> receipts)
    {
        Hash256? found = null;
        BigInteger? baseFee = null,
            before = null,
            after = null;
        var sent = new BigInteger?[receipts.Count];
        List<RpcCall> calls =
        [
            EthCalls.Header(number, header => found = header?.Hash),
            AccountCalls.BaseFee(HexText.Quantity(number - 1), fee => baseFee = fee),
            Optional(AccountCalls.BalanceAt(account, number - 1, wei => before = wei)),
            Optional(AccountCalls.BalanceAt(account, number, wei => after = wei)),
            .. receipts.Select(
                (receipt, i) =>
                    Optional(
                        JsonResult.Of(
                            "eth_getTransactionByHash",
                            $"[\"{receipt.Hash}\"]",
                            transaction => sent[i] = ValueOf(transaction, receipt.Success)
                        )
                    )
            ),
        ];
        await chain.Pool.SendAsync(calls, stop).ConfigureAwait(false);
        if (found != hash)
            return null;
        return new BlockOfAccount(
            [.. receipts.Select(receipt => FeeCandidates.Of(receipt.GasUsed, receipt.GasPrice, baseFee))],
            before - after - sent.Aggregate((BigInteger?)BigInteger.Zero, (sum, value) => sum + value)
        );
    }

    private async Task<FeeRule> RuleAsync(BlockOfAccount read)
    {
        if (read.Paid is { } paid && FeeCandidates.Observed(read.Fees, paid) is { } observed && observed != _rule)
        {
            _rule = chain.Charged = observed;
            chain.Log.LogInformation("The chain charges {Rule}, by the balance of {Account}", WordsOf(observed), account);
        }

        return _rule ??= await ByNodeAsync().ConfigureAwait(false);
    }

    /// <summary>A node of Substrate with these calls is one of Frontier. Who does not say so may only not be asked that.</summary>
    private async Task<FeeRule> ByNodeAsync()
    {
        try
        {
            if ((chain.Runtime.Version ?? await chain.Runtime.RefreshAsync(stop).ConfigureAwait(false)) is { } version)
            {
                chain.Log.LogInformation("The chain runs {Runtime}: it charges {Rule}", version.Name, WordsOf(FeeRule.BaseFeeBefore));
                return FeeRule.BaseFeeBefore;
            }
        }
        catch (ChainException e)
        {
            chain.Log.LogDebug("No endpoint says which runtime the chain has: {Reason}", e.Message);
        }

        return FeeRule.EffectivePrice;
    }

    /// <summary>What a node no longer has, or does not show, is only not compared.</summary>
    private static RpcCall Optional(RpcCall call) =>
        call with
        {
            Refused = static _ => { },
            MayBeNull = call.Method == "eth_getTransactionByHash",
        };

    private static BigInteger? ValueOf(JsonElement transaction, bool success) =>
        transaction.ValueKind != JsonValueKind.Object ? null
        : success ? HexText.BigQuantity(transaction.Text("value"))
        : 0;

    private static string WordsOf(FeeRule rule) =>
        rule == FeeRule.BaseFeeBefore
            ? "the base fee that the header of the block before shows, whatever was offered"
            : "the effective price of the receipt";

    /// <summary>A block with transactions of the account.</summary>
    /// <param name="Fees">What each was charged by each rule.</param>
    /// <param name="Paid">What the account has paid in it beside what it sent, in wei; null where that is not known.</param>
    private sealed record BlockOfAccount(IReadOnlyList<FeeCandidates> Fees, BigInteger? Paid);
}
