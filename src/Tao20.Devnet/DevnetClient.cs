using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>A transaction of an unlocked account.</summary>
/// <param name="From">The account.</param>
/// <param name="To">The contract; null deploys one.</param>
/// <param name="Data">The call data or code, as 0x and hex digits.</param>
/// <param name="Value">TAO sent along, in wei.</param>
public sealed record DevnetTransaction(Address From, Address? To, string Data, UInt128 Value = default);

/// <summary>Asks and steers a local chain: calls, transactions of unlocked accounts, blocks on demand.</summary>
public sealed class DevnetClient : IDisposable
{
    private const string GasLimit = "0x1c9c380";
    private readonly HttpRpcTransport _transport;
    private readonly RpcEndpoint _endpoint;

    /// <summary>A client of the chain at <paramref name="rpc"/>.</summary>
    public DevnetClient(Uri rpc)
    {
        _transport = new HttpRpcTransport(
            rpc,
            new ChainOptions
            {
                Endpoints = [rpc],
                Contract = default,
                Retries = 0,
                RequestTimeout = TimeSpan.FromMinutes(2),
                MaxReplyBytes = 256 * 1024 * 1024,
            }
        );
        _endpoint = new RpcEndpoint(_transport);
        Pool = new EndpointPool([_transport], NullLogger.Instance);
    }

    /// <summary>Sends one call; its result as JSON.</summary>
    /// <exception cref="ChainException">The chain does not answer or refuses.</exception>
    public async Task<JsonElement> SendAsync(string method, string parameters, CancellationToken cancel) =>
        (await SendAsync([(method, parameters)], cancel).ConfigureAwait(false))[0];

    /// <summary>Sends several calls in one request; their results as JSON.</summary>
    /// <exception cref="ChainException">The chain does not answer or refuses one.</exception>
    public async Task<JsonElement[]> SendAsync(IReadOnlyList<(string Method, string Parameters)> requests, CancellationToken cancel)
    {
        var results = new JsonElement[requests.Count];
        var calls = requests
            .Select(
                (request, i) =>
                    new RpcCall(
                        request.Method,
                        request.Parameters,
                        (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => results[i] = JsonElement.ParseValue(ref reader)
                    )
                    {
                        MayBeNull = true,
                    }
            )
            .ToList();
        foreach (var chunk in calls.Chunk(500))
            await _endpoint.SendAsync(chunk, cancel).ConfigureAwait(false);
        return results;
    }

    /// <summary>What readers of the chain ask through.</summary>
    public EndpointPool Pool { get; }

    /// <summary>What a unit of gas costs in the blocks that are mined here, in wei. 0 at first.</summary>
    public ulong BaseFee { get; set; }

    /// <summary>The height of the latest block.</summary>
    public async Task<ulong> BlockNumberAsync(CancellationToken cancel)
    {
        ulong number = 0;
        await _endpoint.SendAsync([EthCalls.BlockNumber(n => number = n)], cancel).ConfigureAwait(false);
        return number;
    }

    /// <summary>How many transactions an account has sent, those in the pool included.</summary>
    public async Task<ulong> NonceAsync(Address account, CancellationToken cancel)
    {
        ulong nonce = 0;
        await _endpoint.SendAsync([AccountCalls.Nonce(account, "pending", next => nonce = next)], cancel).ConfigureAwait(false);
        return nonce;
    }

    /// <summary>The header of the latest block.</summary>
    public async Task<BlockHeader> LatestAsync(CancellationToken cancel)
    {
        BlockHeader? header = null;
        await _endpoint
            .SendAsync([EthCalls.Header(await BlockNumberAsync(cancel).ConfigureAwait(false), found => header = found)], cancel)
            .ConfigureAwait(false);
        return header!;
    }

    /// <summary>The unlocked accounts.</summary>
    public async Task<IReadOnlyList<Address>> AccountsAsync(CancellationToken cancel) =>
        [
            .. (await SendAsync("eth_accounts", "[]", cancel).ConfigureAwait(false))
                .EnumerateArray()
                .Select(account => Address.Parse(account.GetString()!)),
        ];

    /// <summary>Calls views at a block; the bytes each returns.</summary>
    public async Task<byte[][]> CallAsync(IReadOnlyList<(Address To, string Data)> views, CancellationToken cancel, string block = "latest")
    {
        var results = new byte[views.Count][];
        var calls = views.Select((view, i) => EthCalls.Call(view.To, view.Data, block, bytes => results[i] = bytes)).ToList();
        foreach (var chunk in calls.Chunk(500))
            await _endpoint.SendAsync(chunk, cancel).ConfigureAwait(false);
        return results;
    }

    /// <summary>Puts transactions into the pool, each account's in this order; their hashes.</summary>
    /// <remarks>
    /// The chain handles what is in one request side by side: left to count by itself, it can give two of an account one nonce.
    /// </remarks>
    public async Task<IReadOnlyList<string>> SubmitAsync(IReadOnlyList<DevnetTransaction> transactions, CancellationToken cancel)
    {
        var nonces = new Dictionary<Address, ulong>();
        foreach (var accounts in transactions.Select(tx => tx.From).Distinct().Chunk(500))
            await _endpoint
                .SendAsync([.. accounts.Select(account => AccountCalls.Nonce(account, "pending", next => nonces[account] = next))], cancel)
                .ConfigureAwait(false);
        var requests = transactions
            .Select(tx =>
                (
                    "eth_sendTransaction",
                    $"[{{\"from\":\"{tx.From}\","
                        + $"{(tx.To is { } to ? $"\"to\":\"{to}\"," : "")}\"nonce\":\"{HexText.Quantity(nonces[tx.From]++)}\","
                        + $"\"gas\":\"{GasLimit}\",\"gasPrice\":\"{HexText.Quantity(BaseFee)}\","
                        + $"\"value\":\"0x{tx.Value:x}\",\"data\":\"{tx.Data}\"}}]"
                )
            )
            .ToList();
        return [.. (await SendAsync(requests, cancel).ConfigureAwait(false)).Select(hash => hash.GetString()!)];
    }

    /// <summary>Mines one block with this time and all pending transactions.</summary>
    public async Task MineAsync(ulong timestamp, CancellationToken cancel)
    {
        // One after the other: what is in one request is handled side by side.
        if (BaseFee > 0)
            await SendAsync("anvil_setNextBlockBaseFeePerGas", $"[\"{HexText.Quantity(BaseFee)}\"]", cancel).ConfigureAwait(false);
        await SendAsync([("evm_setNextBlockTimestamp", $"[\"{HexText.Quantity(timestamp)}\"]"), ("evm_mine", "[]")], cancel)
            .ConfigureAwait(false);
        if (BaseFee > 0)
            await Tips.ReturnAsync(this, cancel).ConfigureAwait(false);
    }

    /// <summary>Mines empty blocks, one second of chain time each.</summary>
    /// <returns>The time of the last one: the chain adds the seconds that have passed for real.</returns>
    public async Task<ulong> MineAsync(int blocks, CancellationToken cancel)
    {
        await SendAsync("anvil_mine", $"[\"{HexText.Quantity((ulong)blocks)}\",\"0x1\"]", cancel).ConfigureAwait(false);
        var last = await SendAsync("eth_getBlockByNumber", "[\"latest\",false]", cancel).ConfigureAwait(false);
        return (ulong)HexText.BigQuantity(last.GetProperty("timestamp").GetString()!);
    }

    /// <summary>Submits transactions, mines one block and requires that all succeeded; the addresses of contracts they deployed.</summary>
    /// <exception cref="DevnetException">One was reverted.</exception>
    public async Task<IReadOnlyList<Address?>> ExecuteAsync(
        IReadOnlyList<DevnetTransaction> transactions,
        ulong timestamp,
        CancellationToken cancel
    )
    {
        var hashes = await SubmitAsync(transactions, cancel).ConfigureAwait(false);
        await MineAsync(timestamp, cancel).ConfigureAwait(false);
        var receipts = await ReceiptsAsync(hashes, cancel).ConfigureAwait(false);
        for (var i = 0; i < receipts.Length; i++)
        {
            if (receipts[i].ValueKind != JsonValueKind.Object || receipts[i].GetProperty("status").GetString() != "0x1")
                throw new DevnetException(
                    $"A transaction of the set-up was reverted: to {transactions[i].To}, data "
                        + $"{transactions[i].Data[..Math.Min(74, transactions[i].Data.Length)]}."
                );
        }

        return
        [
            .. receipts.Select(receipt =>
                receipt.GetProperty("contractAddress").GetString() is { } created ? Address.Parse(created) : (Address?)null
            ),
        ];
    }

    /// <summary>The receipts of transactions; JSON null for one that is not mined.</summary>
    public Task<JsonElement[]> ReceiptsAsync(IReadOnlyList<string> hashes, CancellationToken cancel) =>
        SendAsync([.. hashes.Select(hash => ("eth_getTransactionReceipt", $"[\"{hash}\"]"))], cancel);

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();
}
