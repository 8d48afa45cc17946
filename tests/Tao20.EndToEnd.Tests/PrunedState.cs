using System.Globalization;
using System.Text.Json.Nodes;

namespace Tao20.EndToEnd.Tests;

/// <summary>What a node says that no longer has the state of old blocks.</summary>
internal static class PrunedState
{
    /// <summary>The error of a call for the state of a block that is pruned; null where it is there, or none is asked for.</summary>
    /// <remarks>
    /// In Substrate's words (sc-client-db, "State already discarded") and in those of geth (trie.MissingNodeError), by turns.
    /// </remarks>
    /// <param name="stateFrom">The first block whose state is there; null for all.</param>
    /// <param name="method">The method called.</param>
    /// <param name="parameters">Its parameters.</param>
    public static JsonObject? ErrorOf(ulong? stateFrom, string method, JsonNode? parameters) =>
        stateFrom is not { } kept || BlockOf(method, parameters) is not { } block || block >= kept ? null
        : block % 2 == 0
            ? new JsonObject
            {
                ["code"] = -32603,
                ["message"] = $"Api called for an unknown Block: State already discarded for 0x{block:x64}",
            }
        : new JsonObject { ["code"] = -32000, ["message"] = $"missing trie node {block:x64} (path ) state is not available" };

    private static ulong? BlockOf(string method, JsonNode? parameters)
    {
        var place = method switch
        {
            "eth_call" or "eth_getCode" or "eth_getBalance" => 1,
            "eth_getStorageAt" => 2,
            _ => int.MaxValue,
        };
        return
            parameters is JsonArray all
            && all.Count > place
            && all[place] is JsonValue value
            && value.ToString() is var text
            && text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : null;
    }
}
