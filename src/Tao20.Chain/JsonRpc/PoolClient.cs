using System.Text.Json;
using Nethereum.JsonRpc.Client;
using Nethereum.JsonRpc.Client.RpcMessages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// Lets Nethereum's <c>Web3</c> send through an <see cref="EndpointPool"/>: its limits, its fail-over and its errors hold for these calls,
/// too. A batch is one request, so that one node answers all of it at one moment.
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="stop">Cancels requests.</param>
/// <remarks>
/// Errors of the node are thrown as <see cref="RpcErrorException"/>. What a transaction would do, or whether it is accepted, is
/// answered by an error, too: then no other endpoint is asked. Quantities are checked before Nethereum reads them: it takes
/// <c>0x</c> for zero.
/// </remarks>
internal sealed class PoolClient(EndpointPool pool, CancellationToken stop) : ClientBase
{
    private const int HashDigits = 66;
    private static readonly JsonSerializerSettings Settings = DefaultJsonSerializerSettingsFactory.BuildDefaultJsonSerializerSettings();

    /// <inheritdoc/>
    public override async Task<RpcResponseMessage> SendAsync(RpcRequestMessage request, string? route = null) =>
        (await SendAsync([request]).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    protected override async Task<RpcResponseMessage[]> SendAsync(RpcRequestMessage[] requests)
    {
        var results = new JToken[requests.Length];
        var calls = requests
            .Select(
                (request, i) =>
                    new RpcCall(
                        request.Method,
                        JsonConvert.SerializeObject(request.RawParameters, Settings),
                        (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => results[i] = Read(request.Method, ref reader)
                    )
                    {
                        MayBeNull = request.Method is "eth_getTransactionReceipt" or "eth_getTransactionByHash",
                    }
            )
            .ToList();
        await pool.SendAsync(calls, stop, errorsAreAnswers: requests.All(request => IsOfTransaction(request.Method))).ConfigureAwait(false);
        return [.. requests.Select((request, i) => new RpcResponseMessage(request.Id, results[i]))];
    }

    private static bool IsOfTransaction(string method) => method is "eth_call" or "eth_estimateGas" or "eth_sendRawTransaction";

    private static JToken Read(string method, ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var result = document.RootElement;
        switch (method)
        {
            case "eth_getTransactionCount" or "eth_estimateGas" or "eth_gasPrice" or "eth_getBalance":
                RequireQuantity(method, result);
                break;
            case "eth_getBlockByNumber":
                foreach (var name in (string[])["number", "timestamp"])
                    RequireQuantity(name, Field(name, result));
                if (result.TryGetProperty("baseFeePerGas", out var fee) && fee.ValueKind != JsonValueKind.Null)
                    RequireQuantity("baseFeePerGas", fee);
                break;
            case "eth_getTransactionReceipt" when result.ValueKind != JsonValueKind.Null:
                RequireHash("transactionHash", result);
                RequireHash("blockHash", result);
                foreach (var name in (string[])["blockNumber", "status", "gasUsed"])
                    RequireQuantity(name, Field(name, result));
                break;
        }

        return JToken.Parse(result.GetRawText());
    }

    private static void RequireQuantity(string what, JsonElement value)
    {
        if (
            value.ValueKind != JsonValueKind.String
            || value.GetString() is not ['0', 'x', _, ..] text
            || text.AsSpan(2).ContainsAnyExcept("0123456789abcdefABCDEF")
        )
            throw new FormatException($"{what} is no quantity");
    }

    private static void RequireHash(string name, JsonElement receipt)
    {
        if (Field(name, receipt) is not { ValueKind: JsonValueKind.String } value || value.GetString() is not { Length: HashDigits })
            throw new FormatException($"{name} is no hash");
    }

    private static JsonElement Field(string name, JsonElement receipt) =>
        receipt.ValueKind == JsonValueKind.Object && receipt.TryGetProperty(name, out var value)
            ? value
            : throw new FormatException($"an answer without {name}");
}
