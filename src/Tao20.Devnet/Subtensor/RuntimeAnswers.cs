using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;

namespace Tao20.Devnet.Subtensor;

/// <summary>Sends calls to the local chain; the replies, in the order of the calls.</summary>
internal delegate Task<JsonObject[]> AskChain(IReadOnlyList<JsonObject> calls, CancellationToken cancel);

/// <summary>How the node is that the mock's RPC stands for, and what root has set in pallets that the mock has no state for.</summary>
public sealed class MockNode
{
    /// <summary>Whether it has Substrate's own methods; gateways for EVM clients do not.</summary>
    public bool HasRuntimeMethods { get; set; } = true;

    /// <summary>Whether it is still fetching old blocks.</summary>
    public bool IsSyncing { get; set; }

    /// <summary>Where the local chain begins: that block is also shown as block 0, which every chain of Substrate has.</summary>
    public ulong FirstBlock { get; set; }

    /// <summary>The first block whose state it has not discarded.</summary>
    public ulong StateKeptFrom { get; set; }

    /// <summary>The block until which safe mode holds; null when it is off.</summary>
    public uint? SafeModeUntil { get; set; }

    /// <summary>Whether anybody may deploy contracts.</summary>
    public bool AnybodyDeploys { get; set; } = true;

    /// <summary>How far the base fee moves, in parts per million; 0 when it does not.</summary>
    public uint Elasticity { get; set; } = 125_000;

    /// <summary>What every account keeps and no balance shows, as its metadata has it, in rao.</summary>
    public ulong ExistentialDepositRao { get; set; } = (ulong)(SubtensorMock.ExistentialDepositWei / BigInteger.Pow(10, 9));

    /// <summary>What the build of the runtime is told apart by; null for that of its spec.</summary>
    public string? Build { get; set; }
}

/// <summary>Answers the methods of Substrate's own, from the mock's state: <c>state_*</c>, <c>chain_*</c>, <c>system_*</c>.</summary>
internal sealed class RuntimeAnswers(AskChain ask, MockNode node)
{
    // Substrate's hash of a block is not the one that EVM clients see; here each is the other with all bits turned.
    private const string CodeKey = "0x3a636f6465";
    private static readonly IReadOnlyList<string> ItemNames =
    [
        .. typeof(RuntimeStorage).GetFields().Select(field => ((StorageItem)field.GetValue(null)!).Name),
    ];

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
        try
        {
            return await AnswerKnownAsync(call, cancel).ConfigureAwait(false);
        }
        catch (UnknownBlockException e)
        {
            return Error(4003, $"Client error: {e.Message}");
        }
    }

    private async Task<JsonObject> AnswerKnownAsync(JsonObject call, CancellationToken cancel)
    {
        var parameters = call["params"] as JsonArray ?? [];
        if (!node.HasRuntimeMethods)
            return Error(-32601, "Method not found");
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
            "state_getMetadata" => Result(
                "0x"
                    + Convert.ToHexStringLower(
                        await MetadataAsync(await BlockOfAsync(parameters, 0, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false)
                    )
            ),
            "state_getStorageHash" => Result(
                await StorageHashAsync(
                        parameters[0]!.GetValue<string>(),
                        await BlockOfAsync(parameters, 1, cancel).ConfigureAwait(false),
                        cancel
                    )
                    .ConfigureAwait(false)
            ),
            "chain_getBlockHash" => Result(
                (await BlockAsync(Number(parameters), cancel).ConfigureAwait(false))?["hash"] is { } hash
                    ? Turned(hash.GetValue<string>())
                    : null
            ),
            "system_health" => Result(
                new JsonObject
                {
                    ["peers"] = 0,
                    ["isSyncing"] = node.IsSyncing,
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
        (await RulesAsync(block, cancel).ConfigureAwait(false)).UInt64(0);

    private async Task<AbiData> RulesAsync(string block, CancellationToken cancel) =>
        new(await ReadAsync(SubtensorMock.Data("getRules"), block, cancel).ConfigureAwait(false));

    /// <summary>What the runtime declares by its rules: an item that has been dropped is not declared.</summary>
    private async Task<byte[]> MetadataAsync(string block, CancellationToken cancel)
    {
        var rules = await RulesAsync(block, cancel).ConfigureAwait(false);
        var asked = SubtensorMock.Data("areDropped", ItemNames.ToList());
        var (flags, count) = new AbiData(await ReadAsync(asked, block, cancel).ConfigureAwait(false)).List(0);
        var dropped = Enumerable.Range(0, count).Where(i => flags.UInt64(i) > 0).Select(i => ItemNames[i]).ToHashSet();
        var later = rules.UInt64(5) > 0;
        List<(string, string, ulong)> constants =
        [
            ("SubtensorModule", "InitialMinStake", rules.UInt64(7)),
            ("Balances", "ExistentialDeposit", node.ExistentialDepositRao),
        ];
        if (later)
            constants.Add(("SubtensorModule", "InitialMinTransfer", rules.UInt64(8)));
        return MockMetadata.Of(later, foreignCurves: later, dropped, constants);
    }

    /// <summary>Only the runtime's code is asked for by its hash: one for each spec.</summary>
    private async Task<string> StorageHashAsync(string key, string block, CancellationToken cancel) =>
        key == CodeKey
            ? node.Build ?? $"{SubtensorMock.BuildOf((uint)await SpecAsync(block, cancel).ConfigureAwait(false))}"
            : throw new DevnetException($"no hash of {key} is known");

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

        return Is(RuntimeStorage.Elasticity) ? Result(Little(node.Elasticity, sizeof(uint)))
            : Is(RuntimeStorage.DisableWhitelistCheck) ? Result(node.AnybodyDeploys ? "0x01" : null)
            : Is(RuntimeStorage.EnteredUntil) ? Result(node.SafeModeUntil is { } until ? Little(until, sizeof(uint)) : null)
            : Is(RuntimeStorage.WhitelistedCreators) ? Result(null)
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
        var block = await OneAsync("eth_getBlockByHash", [Turned(hash.GetValue<string>()), false], cancel).ConfigureAwait(false);
        var number =
            block?["number"]?.GetValue<string>() ?? throw new UnknownBlockException($"Unknown block: Header was not found: {hash}");
        return HexText.BigQuantity(number) >= node.StateKeptFrom
            ? number
            : throw new UnknownBlockException($"Unknown block: State already discarded for {hash}");
    }

    private static string Turned(string hash)
    {
        var bytes = Convert.FromHexString(hash.AsSpan(2));
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= 0xff;
        return "0x" + Convert.ToHexStringLower(bytes);
    }

    private async Task<JsonNode?> BlockAsync(string number, CancellationToken cancel) =>
        await OneAsync("eth_getBlockByNumber", [number, false], cancel).ConfigureAwait(false);

    private string Number(JsonArray parameters) =>
        parameters.Count == 0 || parameters[0] is null
            ? "latest"
            : HexText.Quantity(parameters[0]!.GetValue<ulong>() is var number and > 0 ? number : node.FirstBlock);

    private async Task<JsonNode?> OneAsync(string method, JsonArray parameters, CancellationToken cancel)
    {
        var call = new JsonObject { ["method"] = method, ["params"] = parameters };
        var answer = (await ask([call], cancel).ConfigureAwait(false))[0];
        return answer["error"] is { } error ? throw new DevnetException(error.ToJsonString()) : answer["result"];
    }

    private sealed class UnknownBlockException(string message) : Exception(message);
}
