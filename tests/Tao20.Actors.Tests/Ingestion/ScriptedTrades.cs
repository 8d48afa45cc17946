using System.Text.Json.Nodes;
using Tao20.Chain.Contracts;

namespace Tao20.Actors.Tests.Ingestion;

/// <summary>What is known of the trades of a scripted node, and how an epoch ends among them.</summary>
internal static class ScriptedTrades
{
    /// <summary>What each miner has traded in these blocks, in TAO wei.</summary>
    public static UInt128 Total(ulong from, ulong to)
    {
        UInt128 sum = 0;
        for (var block = Math.Max(1, from); block <= to; block++)
            sum += (1000 + block) * (UInt128)1_000_000_000_000_000;
        return sum;
    }

    /// <summary>Whether a log is the last of a block.</summary>
    public static bool IsLastOf(JsonObject log, int block) =>
        log["blockNumber"]!.GetValue<string>() == $"0x{block:x}" && log["logIndex"]!.GetValue<string>() == "0x5";

    /// <summary>The end of an epoch, right behind a block's last log.</summary>
    public static JsonObject EpochAdvanced(JsonObject last, int epoch, int block)
    {
        var advanced = (JsonObject)last.DeepClone();
        advanced["topics"] = new JsonArray(Tao20Events.EpochAdvanced.ToString());
        advanced["data"] = $"0x{epoch:x64}{epoch + 1:x64}{1_700_000_000 + (block + 1) * 12:x64}";
        advanced["logIndex"] = "0x6";
        return advanced;
    }

    /// <summary>The same logs, with the ends of two epochs behind blocks 39 and 129.</summary>
    public static List<JsonObject> WithTwoEpochs(IEnumerable<JsonObject> logs) =>
        [
            .. logs.SelectMany(log =>
                IsLastOf(log, 39) ? [log, EpochAdvanced(log, 0, 39)]
                : IsLastOf(log, 129) ? [log, EpochAdvanced(log, 1, 129)]
                : new[] { log }
            ),
        ];
}
