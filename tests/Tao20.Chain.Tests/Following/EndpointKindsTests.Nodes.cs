using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;

namespace Tao20.Chain.Tests.Following;

/// <summary>The nodes these tests read, how they are bent, and how they are read.</summary>
public sealed partial class EndpointKindsTests
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));
    private ScriptedNode _odd = null!;
    private ScriptedNode _plain = null!;

    public async Task InitializeAsync()
    {
        _odd = (await ScriptedNode.StartAsync()).Grow(200);
        _plain = (await ScriptedNode.StartAsync()).Grow(200);
    }

    public async Task DisposeAsync()
    {
        await _odd.DisposeAsync();
        await _plain.DisposeAsync();
        _timeout.Dispose();
    }

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

    private static ChainOptions Options(params ScriptedNode[] nodes) =>
        new()
        {
            Endpoints = [.. nodes.Select(node => node.Uri)],
            Contract = ScriptedNode.Contract,
            FromBlock = 1,
            WebSocket = false,
            Retries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            PollInterval = TimeSpan.FromMilliseconds(50),
        };

    private static ChainConnection Open(ChainOptions options) => ChainConnection.Http(options, NullLogger.Instance);

    private async Task<List<TradeRange>> ReadAsync(ChainOptions options)
    {
        await using var chain = Open(options);
        return await ReadAsync(chain);
    }

    private async Task<List<TradeRange>> ReadAsync(ChainConnection chain)
    {
        await chain.Head.RefreshAsync(_timeout.Token);
        var ranges = new List<TradeRange>();
        await foreach (var range in chain.Ranges.ReadAsync(new Cursor(1, null), chain.Head.Finalized!.Number, _timeout.Token))
            ranges.Add(range);
        return ranges;
    }

    private void AssertWhole(List<TradeRange> ranges) =>
        Assert.Equal(
            _plain
                .Blocks.Skip(1)
                .Take(199)
                .SelectMany(block => block.Trades.Select((trade, i) => (new Position(block.Number, (uint)(2 * i)), trade.IsMint))),
            ranges.SelectMany(range => range.Trades.ToArray()).Select(trade => (trade.Position, trade.Side == TradeSide.Mint))
        );
}
