using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.JsonRpc;

/// <summary>What became of a transaction.</summary>
/// <param name="Hash">The transaction.</param>
/// <param name="Block">The block it is in.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Success">Whether it did what it was sent for; false when it was reverted.</param>
/// <param name="GasUsed">The gas it used.</param>
/// <param name="GasPrice">What it paid for each, in wei.</param>
public sealed record Receipt(Hash256 Hash, ulong Block, Hash256 BlockHash, bool Success, ulong GasUsed, UInt128 GasPrice)
{
    /// <summary>What it cost, in wei.</summary>
    public UInt128 FeeWei => GasUsed * GasPrice;
}

/// <summary>The <c>eth_</c> calls around an account's transactions.</summary>
public static class AccountCalls
{
    /// <summary><c>eth_getTransactionCount</c>: the nonce of the account's next transaction.</summary>
    /// <param name="account">The account.</param>
    /// <param name="block">A quantity, or <c>latest</c>.</param>
    /// <param name="take">Takes it.</param>
    public static RpcCall Nonce(Address account, string block, Action<ulong> take) =>
        new("eth_getTransactionCount", $"[\"{account}\",\"{block}\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Quantity(ref reader)));

    /// <summary><c>eth_getBalance</c> at the latest block, in wei.</summary>
    public static RpcCall Balance(Address account, Action<BigInteger> take) =>
        new("eth_getBalance", $"[\"{account}\",\"latest\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(Big(reader.GetString()!)));

    /// <summary><c>eth_getTransactionReceipt</c>: null when it is in no block.</summary>
    public static RpcCall Receipt(Hash256 hash, Action<Receipt?> take) =>
        new("eth_getTransactionReceipt", $"[\"{hash}\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
        {
            using var document = JsonDocument.ParseValue(ref reader);
            take(document.RootElement.ValueKind == JsonValueKind.Null ? null : ReadReceipt(document.RootElement));
        });

    /// <summary>The latest block's base fee, in wei per gas; 0 where the chain has none.</summary>
    public static RpcCall BaseFee(Action<BigInteger> take) =>
        new("eth_getBlockByNumber", "[\"latest\",false]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
        {
            using var document = JsonDocument.ParseValue(ref reader);
            take(document.RootElement.TryGetProperty("baseFeePerGas", out var fee) && fee.ValueKind == JsonValueKind.String ? Big(fee.GetString()!) : BigInteger.Zero);
        });

    /// <summary><c>eth_call</c> as this account: an <see cref="RpcErrorException"/> says that it would be reverted, and why.</summary>
    public static RpcCall Simulate(Address from, Address to, BigInteger wei, ReadOnlyMemory<byte> data) =>
        new("eth_call", $"[{Transaction(from, to, wei, data)},\"latest\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => reader.Skip());

    /// <summary><c>eth_estimateGas</c> at the latest block.</summary>
    public static RpcCall EstimateGas(Address from, Address to, BigInteger wei, ReadOnlyMemory<byte> data, Action<ulong> take) =>
        new("eth_estimateGas", $"[{Transaction(from, to, wei, data)},\"latest\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Quantity(ref reader)));

    /// <summary><c>eth_sendRawTransaction</c>.</summary>
    public static RpcCall SendRaw(ReadOnlyMemory<byte> raw) =>
        new("eth_sendRawTransaction", $"[\"0x{Convert.ToHexStringLower(raw.Span)}\"]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => reader.Skip());

    private static string Transaction(Address from, Address to, BigInteger wei, ReadOnlyMemory<byte> data) =>
        $"{{\"from\":\"{from}\",\"to\":\"{to}\",\"value\":\"0x{Digits(wei)}\",\"data\":\"0x{Convert.ToHexStringLower(data.Span)}\"}}";

    private static string Digits(BigInteger value) => value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    private static BigInteger Big(string quantity) => BigInteger.Parse("0" + quantity[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Receipt ReadReceipt(JsonElement receipt) => new(
        Hash256.Parse(Text(receipt, "transactionHash")),
        (ulong)Big(Text(receipt, "blockNumber")),
        Hash256.Parse(Text(receipt, "blockHash")),
        Text(receipt, "status") == "0x1",
        (ulong)Big(Text(receipt, "gasUsed")),
        (UInt128)Big(receipt.TryGetProperty("effectiveGasPrice", out var price) && price.ValueKind == JsonValueKind.String ? price.GetString()! : "0x0"));

    private static string Text(JsonElement receipt, string name) =>
        receipt.TryGetProperty(name, out var value) && value.GetString() is { } text ? text : throw new FormatException($"a receipt without {name}");
}
