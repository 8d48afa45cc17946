using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;

namespace Tao20.Chain.Tests.Following;

/// <summary>The nodes these tests read, honest and not, and how they are read.</summary>
public sealed partial class FollowingTests
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));
    private ScriptedNode _honest = null!;
    private ScriptedNode _bent = null!;

    public async Task InitializeAsync()
    {
        _honest = (await ScriptedNode.StartAsync()).Grow(200);
        _bent = (await ScriptedNode.StartAsync()).Grow(200);
    }

    public async Task DisposeAsync()
    {
        await _honest.DisposeAsync();
        await _bent.DisposeAsync();
        _timeout.Dispose();
    }

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
            TargetReplyBytes = 128 * 1024,
        };

    private static ChainConnection Open(ChainOptions options) => ChainConnection.Http(options, NullLogger.Instance);

    private async Task<List<TradeRange>> ReadAsync(ChainOptions options, Cursor? cursor = null)
    {
        await using var chain = Open(options);
        return await ReadAsync(chain, cursor);
    }

    private Task<List<TradeRange>> ReadAsync(ChainConnection chain, ulong from) => ReadAsync(chain, new Cursor(from, null));

    private async Task<List<TradeRange>> ReadAsync(ChainConnection chain, Cursor? cursor = null)
    {
        await chain.Head.RefreshAsync(_timeout.Token);
        var ranges = new List<TradeRange>();
        await foreach (var range in chain.Ranges.ReadAsync(cursor ?? new Cursor(1, null), chain.Head.Finalized!.Number, _timeout.Token))
            ranges.Add(range);
        return ranges;
    }

    private void AssertWhole(List<TradeRange> ranges)
    {
        var expected = _honest
            .Blocks.Skip(1)
            .Take(199)
            .SelectMany(block =>
                block.Trades.Select((trade, i) => (new Position(block.Number, (uint)(2 * i)), block.Timestamp, trade.IsMint))
            );
        Assert.Equal(
            expected,
            ranges
                .SelectMany(range => range.Trades.ToArray())
                .Select(trade => (trade.Position, trade.Timestamp, trade.Side == TradeSide.Mint))
        );
    }
}
