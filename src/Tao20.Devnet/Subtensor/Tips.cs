using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;

namespace Tao20.Devnet.Subtensor;

/// <summary>
/// What a block's author is offered for gas: a local chain charges it, and Bittensor's does not (source: Frontier at d553a115,
/// frame/evm/src/runner/stack.rs, line 232). So it goes back from the author to who paid it, before the next block.
/// </summary>
internal static class Tips
{
    /// <summary>Gives back what the latest block's transactions have paid beyond its base fee.</summary>
    /// <param name="client">The chain.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public static async Task ReturnAsync(DevnetClient client, CancellationToken cancel)
    {
        var block = await client.SendAsync("eth_getBlockByNumber", "[\"latest\",true]", cancel).ConfigureAwait(false);
        var baseFee = Number(block, "baseFeePerGas");
        var offering = block.GetProperty("transactions").EnumerateArray().Where(transaction => Number(transaction, "gasPrice") > baseFee);
        var hashes = offering.Select(transaction => transaction.GetProperty("hash").GetString()!).ToList();
        if (hashes.Count == 0)
            return;
        var all = BigInteger.Zero;
        var author = block.GetProperty("miner").GetString()!;
        var receipts = await client.ReceiptsAsync(hashes, cancel).ConfigureAwait(false);
        foreach (var paid in receipts.GroupBy(receipt => receipt.GetProperty("from").GetString()!))
        {
            var tips = paid.Aggregate(
                BigInteger.Zero,
                (sum, receipt) => sum + Number(receipt, "gasUsed") * (Number(receipt, "effectiveGasPrice") - baseFee)
            );
            await AddAsync(client, paid.Key, tips, cancel).ConfigureAwait(false);
            all += tips;
        }

        await AddAsync(client, author, -all, cancel).ConfigureAwait(false);
    }

    private static async Task AddAsync(DevnetClient client, string account, BigInteger wei, CancellationToken cancel)
    {
        var balance = await client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", cancel).ConfigureAwait(false);
        var sum = HexText.BigQuantity(balance.GetString()!) + wei;
        await client.SendAsync("anvil_setBalance", $"[\"{account}\",\"0x{sum:x}\"]", cancel).ConfigureAwait(false);
    }

    private static BigInteger Number(JsonElement item, string name) => HexText.BigQuantity(item.GetProperty(name).GetString()!);
}
