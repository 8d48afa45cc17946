using System.Text;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>
/// What one block has logged, where its bloom says that there may be logs and <c>eth_getLogs</c> gave none: a node's index may lag
/// behind its blocks, and one that has pruned them says nothing of it. The block is asked for its logs by hash, and then for the
/// receipts of its transactions, which prove what there is: one for each transaction, and together they make the block's bloom.
/// </summary>
/// <param name="endpoint">Who is asked.</param>
/// <param name="filter">The logs that are sought.</param>
/// <param name="header">The block.</param>
internal sealed class BlockLogs(RpcEndpoint endpoint, LogFilter filter, BlockHeader header)
{
    /// <summary>Whether the receipts made the block's bloom. Where they do not, the bloom is wrong, or they are.</summary>
    public bool Proven { get; private set; }

    /// <summary>The sought logs that were read, as a JSON list; empty when the endpoint says that there are none.</summary>
    public byte[] Sought { get; private set; } = [.. "[]"u8];

    /// <summary>How many they are.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the sought logs by the block's hash, and from the receipts when there are none.</summary>
    /// <exception cref="IncompleteAnswerException">The endpoint cannot say, or not yet.</exception>
    /// <exception cref="EndpointException">It does not answer.</exception>
    public async Task ReadAsync(CancellationToken cancel)
    {
        await ReadByHashAsync(cancel).ConfigureAwait(false);
        if (Count == 0)
            await ReadReceiptsAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Reads the sought logs from the receipts, which may prove that these are all, and by the hash where that fails.</summary>
    /// <exception cref="EndpointException">It does not answer.</exception>
    public async Task ReadAllAsync(CancellationToken cancel)
    {
        try
        {
            await ReadReceiptsAsync(cancel).ConfigureAwait(false);
        }
        catch (EndpointException)
        {
            // It has no receipts, or not all of them: its index may still have the logs.
            await ReadByHashAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task ReadReceiptsAsync(CancellationToken cancel)
    {
        var (transactions, bloom) = await BlockAsync(cancel).ConfigureAwait(false);
        var logs =
            await BlockReceiptsAsync(transactions.Count, cancel).ConfigureAwait(false)
            ?? await ReceiptsAsync(transactions, cancel).ConfigureAwait(false);
        var made = new LogBloom();
        foreach (var log in logs)
            log.AddTo(made);
        Proven = bloom.Length > 0 && made.Is(bloom);
        var sought = logs.Where(log => log.Topics.Count > 0 && filter.Matches(log.Address, log.Topics[0])).Select(log => log.Json).ToList();
        (Sought, Count) = (Encoding.UTF8.GetBytes($"[{string.Join(',', sought)}]"), sought.Count);
    }

    private async Task ReadByHashAsync(CancellationToken cancel)
    {
        var call = EthCalls.Logs(
            filter,
            header.Hash,
            list => (Sought, Count) = (Encoding.UTF8.GetBytes(list.GetRawText()), list.GetArrayLength())
        ) with
        {
            // Some nodes do not know a block by its hash before their index has it.
            Refused = _ => Count = 0,
        };
        await endpoint.SendAsync([call], cancel).ConfigureAwait(false);
    }

    private async Task<(IReadOnlyList<Hash256> Transactions, byte[] Bloom)> BlockAsync(CancellationToken cancel)
    {
        var (hash, bloom) = (default(Hash256), Array.Empty<byte>());
        List<Hash256> transactions = [];
        var call = JsonResult.Of(
            "eth_getBlockByNumber",
            $"[\"{HexText.Quantity(header.Number)}\",false]",
            block =>
            {
                hash = Hash256.Parse(block.Text("hash"));
                bloom = block.TryGetProperty("logsBloom", out var bits) ? Convert.FromHexString(bits.GetString().AsSpan(2)) : [];
                transactions = [.. block.GetProperty("transactions").EnumerateArray().Select(item => Hash256.Parse(item.GetString()!))];
            }
        );
        await endpoint.SendAsync([call], cancel).ConfigureAwait(false);
        return hash == header.Hash
            ? (transactions, bloom)
            : throw new IncompleteAnswerException(endpoint.Name, $"block {header.Number} has hash {hash}, and a moment ago {header.Hash}");
    }

    /// <summary>The logs of all transactions at once; null where the node knows no such question.</summary>
    private async Task<List<LoggedHere>?> BlockReceiptsAsync(int transactions, CancellationToken cancel)
    {
        List<List<LoggedHere>>? receipts = null;
        var call = JsonResult.Of(
            "eth_getBlockReceipts",
            $"[\"{HexText.Quantity(header.Number)}\"]",
            list => receipts = [.. list.EnumerateArray().Select(LogsOf)]
        ) with
        {
            Refused = _ => receipts = null,
        };
        await endpoint.SendAsync([call], cancel).ConfigureAwait(false);
        if (receipts is not null && receipts.Count != transactions)
            throw new IncompleteAnswerException(
                endpoint.Name,
                $"block {header.Number} has {transactions} transactions and {receipts.Count} receipts"
            );
        return receipts?.SelectMany(logs => logs).ToList();
    }

    private async Task<List<LoggedHere>> ReceiptsAsync(IReadOnlyList<Hash256> transactions, CancellationToken cancel)
    {
        var logs = new List<LoggedHere>[transactions.Count];
        if (transactions.Count > 0)
            await endpoint
                .SendAsync(
                    [
                        .. transactions.Select(
                            (hash, i) => JsonResult.Of("eth_getTransactionReceipt", $"[\"{hash}\"]", receipt => logs[i] = LogsOf(receipt))
                        ),
                    ],
                    cancel
                )
                .ConfigureAwait(false);
        return [.. logs.SelectMany(receipt => receipt)];
    }

    private List<LoggedHere> LogsOf(JsonElement receipt) =>
        Hash256.Parse(receipt.Text("blockHash")) == header.Hash
            ? [.. receipt.GetProperty("logs").EnumerateArray().Select(LoggedHere.Of)]
            : throw new FormatException($"a receipt of another block than {header.Hash}");

    private sealed record LoggedHere(Address Address, IReadOnlyList<Hash256> Topics, string Json)
    {
        public static LoggedHere Of(JsonElement log) =>
            new(
                Address.Parse(log.Text("address")),
                [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!))],
                log.GetRawText()
            );

        public void AddTo(LogBloom bloom)
        {
            bloom.Add(Address.ToBytes());
            foreach (var topic in Topics)
                bloom.Add(topic.ToBytes());
        }
    }
}
