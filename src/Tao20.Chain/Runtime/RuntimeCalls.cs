using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Chain.Runtime;

/// <summary>
/// The calls of Substrate's own that are made here. A node of Frontier has two hashes for a block, and these take and give Substrate's:
/// <see cref="BlockHash"/> says which is a height's. Gateways for EVM clients may not have them at all.
/// </summary>
public static class RuntimeCalls
{
    /// <summary><c>state_getRuntimeVersion</c>: the rules that hold for the block after this one.</summary>
    /// <param name="take">Takes the version.</param>
    /// <param name="block">Substrate's hash of the block; null for the latest.</param>
    public static RpcCall Version(Action<RuntimeVersion> take, Hash256? block = null) =>
        JsonResult.Of(
            "state_getRuntimeVersion",
            block is { } hash ? $"[\"{hash}\"]" : "[]",
            version => take(new RuntimeVersion(version.Text("specName"), version.GetProperty("specVersion").GetUInt32()))
        );

    /// <summary><c>state_getMetadata</c>.</summary>
    /// <param name="block">Substrate's hash of the block; null for the latest.</param>
    /// <param name="take">Takes what is declared.</param>
    public static RpcCall Metadata(Hash256? block, Action<RuntimeMetadata> take) =>
        new(
            "state_getMetadata",
            block is { } hash ? $"[\"{hash}\"]" : "[]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(MetadataReader.Read(HexText.Bytes(ref reader)))
        );

    /// <summary><c>state_getStorage</c> of a key at a block: null when it has no value.</summary>
    public static RpcCall Storage(byte[] key, Hash256 block, Action<byte[]?> take) =>
        new(
            "state_getStorage",
            $"[\"0x{Convert.ToHexStringLower(key)}\",\"{block}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
                take(reader.TokenType == JsonTokenType.Null ? null : HexText.Bytes(ref reader))
        )
        {
            MayBeNull = true,
        };

    /// <summary><c>state_getStorageHash</c> of a key at a block: null when it has no value.</summary>
    public static RpcCall StorageHash(byte[] key, Hash256 block, Action<Hash256?> take) =>
        Hash("state_getStorageHash", $"[\"0x{Convert.ToHexStringLower(key)}\",\"{block}\"]", take);

    /// <summary><c>chain_getBlockHash</c>: Substrate's hash of a height; null for one that is not there yet.</summary>
    public static RpcCall BlockHash(ulong number, Action<Hash256?> take) => Hash("chain_getBlockHash", $"[{number}]", take);

    /// <summary><c>system_health</c>: whether the node is still fetching old blocks.</summary>
    public static RpcCall IsSyncing(Action<bool> take) =>
        JsonResult.Of("system_health", "[]", health => take(health.GetProperty("isSyncing").GetBoolean()));

    private static RpcCall Hash(string method, string parameters, Action<Hash256?> take) =>
        new(
            method,
            parameters,
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
                take(reader.TokenType == JsonTokenType.Null ? null : HexText.Hash(ref reader))
        )
        {
            MayBeNull = true,
        };
}
