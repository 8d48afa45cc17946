using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tao20.Chain.Tests.Following;

/// <summary>How the nodes of these tests lie and refuse.</summary>
public sealed partial class FollowingTests
{
    private static List<JsonObject> Bend(string lie, List<JsonObject> logs, ulong to)
    {
        if (logs.Count < 20)
            return logs;
        switch (lie)
        {
            case "wrong range":
                logs[^1]["blockNumber"] = $"0x{to + 1:x}";
                break;
            case "missing trade":
                logs.RemoveAt(8);
                break;
            case "missing trade and count":
                logs.RemoveRange(8, 2);
                break;
            case "duplicate":
                logs.Insert(9, (JsonObject)logs[8].DeepClone());
                break;
            case "unordered":
                (logs[8], logs[10]) = (logs[10], logs[8]);
                break;
            case "removed":
                logs[8]["removed"] = true;
                break;
            case "other address":
                logs[8]["address"] = "0x" + new string('1', 40);
                break;
            case "other topic":
                logs[8]["topics"]![0] = "0x" + new string('1', 64);
                break;
            case "other block hash":
                logs[8]["blockHash"] = "0x" + new string('1', 64);
                break;
            case "no block number":
                logs[8].Remove("blockNumber");
                break;
        }

        return logs;
    }

    private static async Task<bool> Refuse(bool refuse, HttpContext context, int status)
    {
        if (!refuse)
            return false;
        context.Response.StatusCode = status;
        await context.Response.WriteAsync("later");
        return true;
    }
}
