using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;
using static Tao20.Devnet.Subtensor.RuntimeAnswers;

namespace Tao20.Devnet.Subtensor;

/// <summary>Frontier's ways where they differ from a chain's of geth's kind.</summary>
internal sealed class FrontierAnswers(AskChain ask, MockNode node)
{
    private const int InternalError = -32603;
    private const int MostLogs = 10_000;
    private const string Genesis = "0x0";
    private static readonly string ErrorSelector = Keccak.Selector("Error(string)");
    private static readonly string DispatchFailed = Keccak.Selector("DispatchFailed(string)");
    private readonly ConcurrentDictionary<string, bool> _receiptsAsked = new();

    /// <summary>Whether the chain's reply to a call is also Frontier's, unless it is an error.</summary>
    public static bool CanPassThrough(JsonElement call)
    {
        var parameters = call.TryGetProperty("params", out var given) ? given : default;
        return call.GetProperty("method").GetString() switch
        {
            "eth_call" or "eth_estimateGas" => parameters[0].TryGetProperty("from", out var from)
                && !IsZero(from.GetString()!)
                && (parameters.GetArrayLength() < 2 || parameters[1].ValueKind == JsonValueKind.String),
            "eth_blockNumber" or "eth_chainId" or "eth_gasPrice" or "eth_getTransactionCount" => true,
            "eth_getBlockByNumber" => parameters[0].GetString() != Genesis,
            "eth_getBlockByHash" or "eth_getBlockReceipts" => true,
            _ => false,
        };
    }

    /// <summary>The answer where the chain is not asked; null where it is, after the call has been adapted.</summary>
    public async Task<JsonObject?> AnswerDirectlyAsync(JsonObject call, CancellationToken cancel)
    {
        var parameters = call["params"] as JsonArray ?? [];
        switch (call["method"]!.GetValue<string>())
        {
            case "eth_getBlockByNumber" when node.FirstBlock > 0 && parameters[0]!.GetValue<string>() == Genesis:
                parameters[0] = HexText.Quantity(node.FirstBlock);
                var first = (await ask([call], cancel).ConfigureAwait(false))[0]["result"]!.DeepClone();
                first["number"] = Genesis;
                return Result(first);
            case "eth_call" or "eth_estimateGas" when parameters[0]!["from"]?.GetValue<string>() is not { } from || IsZero(from):
                return Error(InternalError, "evm error: Other(\"origin is the zero address\")", "0x");
            case "eth_call" or "eth_estimateGas":
                // A block by a hash that is not known is the pending one, without a word.
                if (Hash(parameters, 1) is { } hash)
                    parameters[1] = await NumberOfAsync(hash, cancel).ConfigureAwait(false) ?? "pending";
                return null;
            case "eth_getBalance" or "eth_getStorageAt":
                var last = parameters.Count - 1;
                if (Hash(parameters, last) is not { } balanceAt)
                    return null;
                if (await NumberOfAsync(balanceAt, cancel).ConfigureAwait(false) is not { } number)
                    return Result(call["method"]!.GetValue<string>() == "eth_getBalance" ? "0x0" : $"{Hash256.Zero}");
                parameters[last] = number;
                return null;
            case "eth_getLogs":
                // Of the tags only the earliest means what it says; all others are the best block.
                foreach (var end in (string[])["fromBlock", "toBlock"])
                {
                    if (parameters[0]![end]?.GetValue<string>() is "finalized" or "safe" or "pending")
                        parameters[0]![end] = "latest";
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>The chain's reply, as Frontier would give it.</summary>
    public async Task<JsonObject> AdaptReplyAsync(JsonObject call, JsonObject reply, CancellationToken cancel)
    {
        var method = call["method"]!.GetValue<string>();
        if (reply["error"] is JsonObject error)
            return method is "eth_call" or "eth_estimateGas" ? await FailedAsync(call, error, cancel).ConfigureAwait(false) : reply;
        switch (method)
        {
            // Balances are reducible balances, without the existential deposit.
            case "eth_getBalance":
                var balance = HexText.BigQuantity(reply["result"]!.GetValue<string>());
                return Result(Quantity(BigInteger.Max(0, balance - SubtensorMock.ExistentialDepositWei)));

            // Frontier maps transactions to blocks in a separate task: at first a receipt is null.
            case "eth_getTransactionReceipt" when reply["result"] is JsonObject receipt:
                return _receiptsAsked.TryAdd(receipt["transactionHash"]!.GetValue<string>(), true) ? Result(null) : reply;
            case "eth_getLogs" when reply["result"] is JsonArray { Count: > MostLogs }:
                return Error(InternalError, $"query returned more than {MostLogs} results");
            default:
                return reply;
        }
    }

    /// <summary>A revert has data; a precompile called directly tells the name of what failed; the rest is told in a word.</summary>
    private async Task<JsonObject> FailedAsync(JsonObject call, JsonObject error, CancellationToken cancel)
    {
        var data = error["data"] is JsonValue value ? value.ToString() : null;
        var message = error["message"]!.GetValue<string>();
        if (data is not null || error["code"]!.GetValue<int>() == 3)
        {
            var reason = data?.StartsWith(ErrorSelector, StringComparison.Ordinal) == true ? " " + Text(data) : "";
            return Error(InternalError, $"VM Exception while processing transaction: revert{reason}", data ?? "0x");
        }

        if (message.Contains("gas required exceeds", StringComparison.OrdinalIgnoreCase))
            return Error(InternalError, message);
        if (await NameOfFailureAsync(call, cancel).ConfigureAwait(false) is { } name)
            return Error(InternalError, $"evm error: Other(\"dispatch execution failed: {name}\")", "0x");
        return message.Contains("out of gas", StringComparison.OrdinalIgnoreCase) || message.Contains("OutOfGas", StringComparison.Ordinal)
            ? Error(InternalError, "out of gas")
            : Error(InternalError, "evm error: DesignatedInvalid", "0x");
    }

    private async Task<string?> NameOfFailureAsync(JsonObject call, CancellationToken cancel)
    {
        var parameters = call["params"]!.AsArray();
        var sent = parameters[0]!;
        if (sent["to"]?.GetValue<string>() is not { } to || !SubtensorMock.Addresses.Contains(Address.Parse(to)))
            return null;
        var input = (sent["data"] ?? sent["input"])?.GetValue<string>() ?? "0x";
        var caller = Address.Parse(sent["from"]!.GetValue<string>());
        var value = sent["value"]?.GetValue<string>() is { } text ? HexText.BigQuantity(text) : 0;
        var past = new JsonObject
        {
            ["method"] = "eth_call",
            ["params"] = new JsonArray(
                new JsonObject
                {
                    ["from"] = $"{caller}",
                    ["to"] = $"{SubtensorMock.State}",
                    ["data"] = SubtensorMock.Dispatch(Address.Parse(to), input, caller, value),
                },
                parameters.Count > 1 ? parameters[1]!.DeepClone() : "latest"
            ),
        };
        var answer = (await ask([past], cancel).ConfigureAwait(false))[0];
        var data = answer["error"]?["data"]?.ToString();
        return data?.StartsWith(DispatchFailed, StringComparison.Ordinal) == true ? Text(data) : null;
    }

    private async Task<string?> NumberOfAsync(string hash, CancellationToken cancel)
    {
        var call = new JsonObject { ["method"] = "eth_getBlockByHash", ["params"] = new JsonArray(hash, false) };
        return (await ask([call], cancel).ConfigureAwait(false))[0]["result"]?["number"]?.GetValue<string>();
    }

    private static string? Hash(JsonArray parameters, int at) =>
        parameters.Count > at && parameters[at] is JsonObject block ? block["blockHash"]?.GetValue<string>() : null;

    private static bool IsZero(string address) => address.AsSpan(2).TrimStart('0').IsEmpty;

    private static string Text(string data) => Encoding.UTF8.GetString(new AbiData(Convert.FromHexString(data.AsSpan(10))).Bytes(0));

    private static string Quantity(BigInteger value) =>
        value.IsZero ? "0x0" : "0x" + value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
}
