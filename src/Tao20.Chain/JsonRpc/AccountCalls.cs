using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.JsonRpc;

/// <summary>A log of a transaction.</summary>
/// <param name="Address">The contract that wrote it.</param>
/// <param name="Topic">Its first topic; zero when it has none.</param>
/// <param name="Subject">The address in its second topic; zero when there is none.</param>
/// <param name="Data">What it says.</param>
public sealed record ReceiptLog(Address Address, Hash256 Topic, Address Subject, ReadOnlyMemory<byte> Data);

/// <summary>The <c>eth_</c> calls around an account's transactions.</summary>
public static class AccountCalls
{
    /// <summary><c>eth_getTransactionCount</c>: the nonce of the account's next transaction.</summary>
    /// <param name="account">The account.</param>
    /// <param name="block">A quantity, or <c>latest</c>.</param>
    /// <param name="take">Takes it.</param>
    public static RpcCall Nonce(Address account, string block, Action<ulong> take) =>
        new(
            "eth_getTransactionCount",
            $"[\"{account}\",\"{block}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Quantity(ref reader))
        );

    /// <summary><c>eth_getTransactionCount</c> at a height.</summary>
    public static RpcCall Nonce(Address account, ulong block, Action<ulong> take) => Nonce(account, HexText.Quantity(block), take);

    /// <summary>The transactions of an account in a block, by <c>eth_getBlockByNumber</c>.</summary>
    /// <param name="account">The account.</param>
    /// <param name="block">The block.</param>
    /// <param name="take">Takes each of them, by its nonce and its hash.</param>
    public static RpcCall TransactionsOf(Address account, ulong block, Action<ulong, Hash256, JsonElement> take) =>
        JsonResult.Of(
            "eth_getBlockByNumber",
            $"[\"{HexText.Quantity(block)}\",true]",
            found =>
            {
                foreach (var transaction in found.GetProperty("transactions").EnumerateArray())
                {
                    if (Address.Parse(transaction.Text("from")) == account)
                        take((ulong)HexText.BigQuantity(transaction.Text("nonce")), Hash256.Parse(transaction.Text("hash")), transaction);
                }
            }
        );

    /// <summary>Whether a node knows a transaction, or its receipt: whether a method gives anything for its hash.</summary>
    public static RpcCall IsKnown(string method, Hash256 hash, Action<bool> take) =>
        new(
            method,
            $"[\"{hash}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
            {
                take(reader.TokenType != JsonTokenType.Null);
                reader.Skip();
            }
        )
        {
            MayBeNull = true,
        };

    /// <summary><c>eth_getBalance</c> at a height, in wei.</summary>
    public static RpcCall BalanceAt(Address account, ulong block, Action<BigInteger> take) =>
        new(
            "eth_getBalance",
            $"[\"{account}\",\"{HexText.Quantity(block)}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.BigQuantity(reader.GetString()!))
        );

    /// <summary>The logs of a transaction that is in a block, by <c>eth_getTransactionReceipt</c>.</summary>
    public static RpcCall Logs(Hash256 hash, Action<IReadOnlyList<ReceiptLog>> take) =>
        JsonResult.Of(
            "eth_getTransactionReceipt",
            $"[\"{hash}\"]",
            receipt =>
            {
                if (receipt.ValueKind != JsonValueKind.Object || !receipt.TryGetProperty("logs", out var logs))
                    throw new FormatException($"no receipt of {hash} with logs");
                take([.. logs.EnumerateArray().Select(ReadLog)]);
            }
        );

    /// <summary>The latest block's base fee, in wei per gas; 0 where the chain has none.</summary>
    public static RpcCall BaseFee(Action<BigInteger> take) => BaseFee("latest", fee => take(fee ?? BigInteger.Zero));

    /// <summary>The base fee that a block's header shows, in wei per gas; null where it shows none.</summary>
    /// <param name="block">A quantity, or <c>latest</c>.</param>
    /// <param name="take">Takes it.</param>
    public static RpcCall BaseFee(string block, Action<BigInteger?> take) =>
        JsonResult.Of(
            "eth_getBlockByNumber",
            $"[\"{block}\",false]",
            header =>
                take(
                    header.TryGetProperty("baseFeePerGas", out var fee) && fee.ValueKind == JsonValueKind.String
                        ? HexText.BigQuantity(fee.GetString()!)
                        : null
                )
        );

    private static ReceiptLog ReadLog(JsonElement log)
    {
        var topics = log.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()!).ToList();
        return new ReceiptLog(
            Address.Parse(log.Text("address")),
            topics.Count > 0 ? Hash256.Parse(topics[0]) : default,
            topics.Count > 1 ? Address.Parse("0x" + topics[1][^(2 * Address.Length)..]) : default,
            Convert.FromHexString(log.Text("data").AsSpan(2))
        );
    }
}
