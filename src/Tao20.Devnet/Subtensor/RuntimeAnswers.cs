using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;

namespace Tao20.Devnet.Subtensor;

/// <summary>Sends calls to the local chain; the replies, in the order of the calls.</summary>
internal delegate Task<JsonObject[]> AskChain(IReadOnlyList<JsonObject> calls, CancellationToken cancel);

/// <summary>Answers the methods of Substrate's own, from the mock's state: <c>state_*</c>, <c>chain_*</c>, <c>system_*</c>.</summary>
internal sealed class RuntimeAnswers(AskChain ask)
{
    // The numbers of precompiles as root switches them (source: Subtensor, pallets/admin-utils, PrecompileEnum).
    private static readonly IReadOnlyDictionary<byte, ulong> Precompiles = new Dictionary<byte, ulong>
    {
        [0] = 0x800,
        [1] = 0x805,
        [2] = 0x803,
        [3] = 0x802,
        [4] = 0x804,
        [5] = 0x806,
        [6] = 0x808,
        [10] = 0x80C,
        [17] = 0x813,
    };

    private static readonly IReadOnlyDictionary<string, byte> PrecompileKeys = Precompiles.Keys.ToDictionary(
        number => "0x" + Convert.ToHexStringLower(RuntimeStorage.PrecompileEnable.Key(KeyPart.Variant(number))),
        number => number
    );

    /// <summary>Whether a method is one of these.</summary>
    public static bool Knows(JsonObject call) => call["method"]!.GetValue<string>().Split('_')[0] is "state" or "chain" or "system";

    /// <summary>The answer, with its result or its error.</summary>
    public async Task<JsonObject> AnswerAsync(JsonObject call, CancellationToken cancel)
    {
        var parameters = call["params"] as JsonArray ?? [];
        return call["method"]!.GetValue<string>() switch
        {
            "state_getRuntimeVersion" => Result(
                new JsonObject
                {
                    ["specName"] = "node-subtensor",
                    ["implName"] = "node-subtensor",
                    ["specVersion"] = await SpecAsync(await BlockOfAsync(parameters, 0, cancel).ConfigureAwait(false), cancel)
                        .ConfigureAwait(false),
                    ["transactionVersion"] = 1,
                }
            ),
            "state_getStorage" => await StorageAsync(
                    parameters[0]!.GetValue<string>().ToLowerInvariant(),
                    await BlockOfAsync(parameters, 1, cancel).ConfigureAwait(false),
                    cancel
                )
                .ConfigureAwait(false),
            "chain_getBlockHash" => Result((await BlockAsync(Number(parameters), cancel).ConfigureAwait(false))?["hash"]?.DeepClone()),
            "system_health" => Result(
                new JsonObject
                {
                    ["peers"] = 0,
                    ["isSyncing"] = false,
                    ["shouldHavePeers"] = false,
                }
            ),
            _ => Error(-32601, "Method not found"),
        };
    }

    /// <summary>A result.</summary>
    public static JsonObject Result(JsonNode? result) => new() { ["result"] = result };

    /// <summary>An error.</summary>
    public static JsonObject Error(int code, string message, string? data = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (data is not null)
            error["data"] = data;
        return new JsonObject { ["error"] = error };
    }

    private async Task<ulong> SpecAsync(string block, CancellationToken cancel) =>
        (ulong)AbiWords.BigInteger(await ReadAsync(SubtensorMock.Data("getRules"), block, cancel).ConfigureAwait(false), 0);

    private async Task<JsonObject> StorageAsync(string key, string block, CancellationToken cancel)
    {
        if (await OfOtherPalletsAsync(key, block, cancel).ConfigureAwait(false) is { } known)
            return known;
        var data = SubtensorMock.GetStorage(Convert.FromHexString(key.AsSpan(2)));
        var value = new AbiData(await ReadAsync(data, block, cancel).ConfigureAwait(false)).Bytes(0);
        return Result(value.Length == 0 ? null : "0x" + Convert.ToHexStringLower(value));
    }

    /// <summary>Keys of pallets that the mock has no state for; null for all others.</summary>
    private async Task<JsonObject?> OfOtherPalletsAsync(string key, string block, CancellationToken cancel)
    {
        if (PrecompileKeys.TryGetValue(key, out var number))
        {
            var data = SubtensorMock.Data("isDisabled", $"0x{Precompiles[number].ToString("x40", CultureInfo.InvariantCulture)}");
            var off = AbiWords.BigInteger(await ReadAsync(data, block, cancel).ConfigureAwait(false), 0);
            return Result(off.IsZero ? null : "0x00");
        }

        if (Is(RuntimeStorage.ChainId))
        {
            var id = await OneAsync("eth_chainId", [], cancel).ConfigureAwait(false);
            return Result(Little(HexText.BigQuantity(id!.GetValue<string>()), sizeof(ulong)));
        }

        if (Is(RuntimeStorage.BaseFeePerGas))
        {
            var header = await OneAsync("eth_getBlockByNumber", [block, false], cancel).ConfigureAwait(false);
            return Result(Little(HexText.BigQuantity(header!["baseFeePerGas"]!.GetValue<string>()), 32));
        }

        return Is(RuntimeStorage.Elasticity) ? Result(Little(125_000, sizeof(uint)))
            : Is(RuntimeStorage.DisableWhitelistCheck) ? Result("0x01")
            : Is(RuntimeStorage.EnteredUntil) || Is(RuntimeStorage.WhitelistedCreators) ? Result(null)
            : null;

        bool Is(StorageItem item) => key == "0x" + Convert.ToHexStringLower(item.Key());

        static string Little(BigInteger value, int bytes)
        {
            var little = new byte[bytes];
            value.TryWriteBytes(little, out _, isUnsigned: true);
            return "0x" + Convert.ToHexStringLower(little);
        }
    }

    private async Task<byte[]> ReadAsync(string data, string block, CancellationToken cancel)
    {
        var answer = await OneAsync("eth_call", [new JsonObject { ["to"] = $"{SubtensorMock.State}", ["data"] = data }, block], cancel)
            .ConfigureAwait(false);
        return Convert.FromHexString(answer!.GetValue<string>().AsSpan(2));
    }

    /// <summary>The block a hash among the parameters names; the latest without one.</summary>
    private async Task<string> BlockOfAsync(JsonArray parameters, int at, CancellationToken cancel)
    {
        if (parameters.Count <= at || parameters[at] is not { } hash)
            return "latest";
        var block = await OneAsync("eth_getBlockByHash", [hash.DeepClone(), false], cancel).ConfigureAwait(false);
        return block?["number"]?.GetValue<string>() ?? throw new DevnetException($"state discarded or unknown block {hash}");
    }

    private async Task<JsonNode?> BlockAsync(string number, CancellationToken cancel) =>
        await OneAsync("eth_getBlockByNumber", [number, false], cancel).ConfigureAwait(false);

    private static string Number(JsonArray parameters) =>
        parameters.Count == 0 || parameters[0] is null ? "latest" : HexText.Quantity(parameters[0]!.GetValue<ulong>());

    private async Task<JsonNode?> OneAsync(string method, JsonArray parameters, CancellationToken cancel)
    {
        var call = new JsonObject { ["method"] = method, ["params"] = parameters };
        var answer = (await ask([call], cancel).ConfigureAwait(false))[0];
        return answer["error"] is { } error ? throw new DevnetException(error.ToJsonString()) : answer["result"];
    }
}
