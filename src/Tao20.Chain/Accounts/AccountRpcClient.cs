using System.Numerics;
using Nethereum.Hex.HexTypes;
using Nethereum.JsonRpc.Client;
using Nethereum.RPC.Eth.Blocks;
using Nethereum.RPC.Eth.DTOs;
using Nethereum.RPC.Eth.Transactions;
using Nethereum.Web3;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>
/// What is asked of the chain for one account's transactions, by Nethereum's <c>Web3</c> over the connection's endpoints.
/// </summary>
public sealed class AccountRpcClient
{
    // The version is asked for with each new block; several signatures of one block need not ask each.
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(500);
    private readonly ChainConnection _chain;
    private readonly BlockParameter _simulatedAt;
    private readonly Web3 _web3;
    private readonly CancellationToken _stop;
    private readonly NonceSearch _nonces;
    private readonly SentTransactions _sent;
    private readonly ChargedFees _fees;

    /// <summary>A client for an account.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="account">The account.</param>
    /// <param name="seesPending">Whether intents are simulated on top of what waits to be mined, and not of the latest block.</param>
    /// <param name="stop">Cancels requests.</param>
    public AccountRpcClient(ChainConnection chain, Address account, bool seesPending, CancellationToken stop)
    {
        (_chain, Account, _stop) = (chain, account, stop);
        _simulatedAt = seesPending ? BlockParameter.CreatePending() : BlockParameter.CreateLatest();
        _web3 = new Web3(new PoolClient(chain.Pool, stop));
        _nonces = new NonceSearch(chain.Pool, account, stop);
        _sent = new SentTransactions(chain.Pool, account, stop);
        _fees = new ChargedFees(chain, account, stop);
    }

    /// <summary>The account.</summary>
    public Address Account { get; }

    /// <summary>Where the account and these transactions stand: one request to one node.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<AccountView> ViewAsync(IReadOnlyList<Hash256> hashes)
    {
        if (_chain.Head.Finalized is null)
            await _chain.Head.RefreshAsync(_stop).ConfigureAwait(false);
        var finalized = _chain.Head.Finalized!;
        var ids = 0;
        var count = new EthGetTransactionCount(_web3.Client);
        var block = new EthGetBlockWithTransactionsHashesByNumber(_web3.Client);
        var receipt = new EthGetTransactionReceipt(_web3.Client);
        var nonceLatest = new RpcRequestResponseBatchItem<EthGetTransactionCount, HexBigInteger>(
            count,
            count.BuildRequest(Account.ToString(), BlockParameter.CreateLatest(), ++ids)
        );
        var nonceFinal = new RpcRequestResponseBatchItem<EthGetTransactionCount, HexBigInteger>(
            count,
            count.BuildRequest(Account.ToString(), new BlockParameter(finalized.Number), ++ids)
        );
        var head = new RpcRequestResponseBatchItem<EthGetBlockWithTransactionsHashesByNumber, BlockWithTransactionHashes>(
            block,
            block.BuildRequest(BlockParameter.CreateLatest(), ++ids)
        );
        var receipts = hashes.Select(hash => receipt.CreateBatchItem(hash.ToString(), ++ids)).ToList();
        await _web3
            .Client.SendBatchRequestAsync(new RpcRequestResponseBatch { BatchItems = [nonceLatest, nonceFinal, head, .. receipts] })
            .ConfigureAwait(false);
        var mined = receipts.Where(item => item.Response is not null).Select(item => Read(item.Response)).ToList();
        return new AccountView(
            (await _fees.ChargedAsync(mined).ConfigureAwait(false)).ToDictionary(found => found.Hash),
            (ulong)nonceLatest.Response.Value,
            (ulong)nonceFinal.Response.Value,
            (ulong)head.Response.Number.Value,
            (ulong)head.Response.Timestamp.Value,
            finalized.Number,
            head.Response.BaseFeePerGas?.Value ?? BigInteger.Zero
        );
    }

    /// <summary>Looks up which transactions have used the nonces of what has no receipt.</summary>
    /// <param name="view">The chain.</param>
    /// <param name="unexplained">What was signed, with nonces that are used up in final blocks.</param>
    public async Task<AccountView> ExplainAsync(AccountView view, IReadOnlyList<OutboxEntry> unexplained) =>
        view with
        {
            Used = await _nonces.FindAsync(unexplained, view.Finalized).ConfigureAwait(false),
        };

    /// <summary>What the account has sent from a nonce on in the latest final blocks.</summary>
    /// <param name="from">The nonce.</param>
    /// <param name="view">The chain.</param>
    /// <exception cref="ChainException">No endpoint shows it.</exception>
    public Task<IReadOnlyList<SentTransaction>> SentAsync(ulong from, AccountView view) => _sent.FindAsync(from, view.Finalized);

    /// <summary>
    /// Simulates an intent: the gas it needs, or why it would be refused. Where that gas is known, it is simulated with the limit it would
    /// be signed with: what the chain demands to be there, it may not charge for. Then it is asked once more by which rules the chain runs.
    /// </summary>
    /// <param name="intent">The intent.</param>
    /// <param name="rules">What is demanded of gas limits.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<Simulation> SimulateAsync(TransactionIntent intent, ITransactionRules rules)
    {
        var simulation =
            intent.Gas > 0 && await SucceedsWithAsync(intent, rules.GasLimit(intent, intent.Gas)).ConfigureAwait(false)
                ? new Simulation(intent.Gas)
                : await EstimateAsync(intent).ConfigureAwait(false);
        await _chain.Runtime.RefreshIfOlderAsync(FreshFor, _stop).ConfigureAwait(false);
        return simulation;
    }

    private async Task<bool> SucceedsWithAsync(TransactionIntent intent, ulong limit)
    {
        try
        {
            await _web3.Eth.Transactions.Call.SendRequestAsync(CallOf(intent, limit), _simulatedAt).ConfigureAwait(false);
            return true;
        }
        catch (RpcErrorException)
        {
            // Why is said by the simulation without a limit, or by none: then it is only the limit that was too low.
            return false;
        }
    }

    private CallInput CallOf(TransactionIntent intent, ulong? gas = null) =>
        new(
            "0x" + Convert.ToHexStringLower(intent.Data.Span),
            intent.MakesContract ? null : intent.To.ToString(),
            Account.ToString(),
            gas is { } limit ? new HexBigInteger(limit) : null,
            new HexBigInteger((BigInteger)intent.ValueWei)
        );

    private async Task<Simulation> EstimateAsync(TransactionIntent intent)
    {
        try
        {
            var call = CallOf(intent);
            await _web3.Eth.Transactions.Call.SendRequestAsync(call, _simulatedAt).ConfigureAwait(false);

            // Nethereum's estimate names no block: the one that was simulated at is meant.
            var estimate = await _web3
                .Client.SendRequestAsync<HexBigInteger>("eth_estimateGas", null, call, _simulatedAt)
                .ConfigureAwait(false);
            return new Simulation((ulong)estimate.Value);
        }
        catch (RpcErrorException refused)
        {
            return new Simulation(0, refused.Text, refused.RevertData, BroadcastAnswers.Of(refused), BroadcastAnswers.IsRevert(refused));
        }
    }

    /// <summary>What can be signed instead of a transaction that no node accepts.</summary>
    /// <param name="entry">The intent, and what has been signed for it.</param>
    /// <param name="refusal">What the node has said.</param>
    /// <param name="rules">What is demanded of gas limits.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<ReplacementTransaction> FindReplacementAsync(OutboxEntry entry, string refusal, ITransactionRules rules)
    {
        if (entry.Attempts[^1].Cancels)
            return new ReplacementTransaction(entry, refusal, null, 0);
        if (entry.Attempts.Count == 1 && await SimulateAsync(entry.Intent, rules).ConfigureAwait(false) is { Refusal: null } same)
            return new ReplacementTransaction(entry, refusal, entry.Intent, same.Gas);
        var nothing = new TransactionIntent(entry.Intent.Id, Account, 0, default);
        var cancellation = await SimulateAsync(nothing, rules).ConfigureAwait(false);
        return new ReplacementTransaction(
            entry,
            refusal,
            cancellation.Refusal is null ? nothing : null,
            cancellation.Gas,
            cancellation.Refusal
        );
    }

    /// <summary>Hands signed bytes to a node; what it says.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<(BroadcastAnswer Answer, string Text)> BroadcastAsync(Attempt attempt)
    {
        try
        {
            await _web3
                .Eth.Transactions.SendRawTransaction.SendRequestAsync("0x" + Convert.ToHexStringLower(attempt.Raw.Span))
                .ConfigureAwait(false);
            return (BroadcastAnswer.Taken, "");
        }
        catch (RpcErrorException refused)
        {
            return (BroadcastAnswers.Of(refused), refused.Text);
        }
    }

    private static Receipt Read(TransactionReceipt receipt) =>
        new(
            Hash256.Parse(receipt.TransactionHash),
            (ulong)receipt.BlockNumber.Value,
            Hash256.Parse(receipt.BlockHash),
            receipt.Status.Value.IsOne,
            (ulong)receipt.GasUsed.Value,
            (UInt128)(receipt.EffectiveGasPrice?.Value ?? BigInteger.Zero)
        );
}
