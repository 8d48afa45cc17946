using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tao20.Chain.Following;

namespace Tao20.Chain.Tests.Following;

/// <summary>How the nodes are bent.</summary>
public sealed partial class EndpointKindsTests
{
    private static string StateOf(ChainConnection chain, int endpoint) => chain.Pool.Status[endpoint].State.ToString().ToLowerInvariant();

    /// <summary>How many blocks the widest range of logs asked for has; 0 without one.</summary>
    private static ulong Widest(string request) =>
        ScriptedNode
            .Calls(request)
            .Where(call => call["method"]!.GetValue<string>() == "eth_getLogs" && call["params"]![0]!["fromBlock"] is not null)
            .Select(call =>
                ScriptedNode.Quantity(call["params"]![0]!["toBlock"]) - ScriptedNode.Quantity(call["params"]![0]!["fromBlock"]) + 1
            )
            .DefaultIfEmpty()
            .Max();

    private static int CallsIn(string request) => request.StartsWith('[') ? ScriptedNode.Calls(request).Count : 1;

    private static async Task<bool> RefuseAsync(bool refuse, HttpContext context, int status, string body)
    {
        if (!refuse)
            return false;
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
        return true;
    }

    private static async Task<bool> SilentAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    private static string BendIds(string kind, string reply)
    {
        var node = JsonNode.Parse(reply)!;
        var answers = node is JsonArray all ? all.Select(a => a!.DeepClone().AsObject()).ToList() : [node.DeepClone().AsObject()];
        foreach (var answer in answers)
        {
            var id = answer["id"]!.GetValue<int>();
            answer["id"] = kind switch
            {
                "text" => JsonValue.Create($"{id}"),
                "fraction" => JsonNode.Parse($"{id}.0"),
                _ => JsonValue.Create(id),
            };
        }

        if (kind == "reversed")
            answers.Reverse();
        return node is JsonArray ? new JsonArray([.. answers]).ToJsonString() : answers[0].ToJsonString();
    }

    private static string NullHeader(string reply)
    {
        var answers = JsonNode.Parse(reply)!.AsArray();
        answers[^1]!["result"] = null;
        return answers.ToJsonString();
    }
}
