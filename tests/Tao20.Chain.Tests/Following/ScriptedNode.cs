using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tao20.Chain.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Following;

/// <summary>A block of a scripted chain.</summary>
internal sealed record ScriptedBlock(
    ulong Number,
    string Hash,
    string ParentHash,
    ulong Timestamp,
    IReadOnlyList<(int Miner, ulong Milli, bool IsMint)> Trades
);

/// <summary>
/// A real JSON-RPC server over HTTP whose chain is made up and whose answers can be bent: what it does wrong is the test's to say.
/// </summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    public static readonly Address Contract = Address.Parse("0x00000000000000000000000000000000000020c0");
    private readonly WebApplication _app;
    private readonly Lock _lock = new();

    private ScriptedNode(WebApplication app) => _app = app;

    public List<ScriptedBlock> Blocks { get; } = [];

    public ulong Finalized { get; set; }

    public ulong ChainId { get; set; } = 964;

    /// <summary>Bends the logs of an answer before it is sent: range asked for, logs.</summary>
    public Func<ulong, ulong, List<JsonObject>, List<JsonObject>> BendLogs { get; set; } = (_, _, logs) => logs;

    /// <summary>Bends a header before it is sent.</summary>
    public Action<JsonObject> BendHeader { get; set; } = _ => { };

    /// <summary>Answers a request in another way than by its result: null lets it be.</summary>
    public Func<int, string, HttpContext, Task<bool>> Intercept { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Bends the text of a reply.</summary>
    public Func<string, string> BendReply { get; set; } = reply => reply;

    /// <summary>Refuses ranges above so many blocks.</summary>
    public ulong MaxRange { get; set; } = ulong.MaxValue;

    public string RefusalText { get; set; } = "query returned more than 10000 results";

    public int Requests { get; private set; }

    public Uri Uri => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<ScriptedNode> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var node = new ScriptedNode(app);
        app.MapPost("/", node.AnswerAsync);
        await app.StartAsync();
        return node;
    }

    /// <summary>Adds blocks, each with a trade of each of so many miners, all final but the last few.</summary>
    public ScriptedNode Grow(int blocks, int miners = 3, int unfinalized = 0, string fork = "a")
    {
        lock (_lock)
        {
            for (var i = 0; i < blocks; i++)
            {
                var number = (ulong)Blocks.Count;
                var parent = Blocks.Count > 0 ? Blocks[^1].Hash : Hash256.Zero.ToString();
                var trades = Enumerable
                    .Range(0, number == 0 ? 0 : miners)
                    .Select(miner => (miner, 1000 + number, (number + (ulong)miner) % 3 != 2))
                    .ToList();
                Blocks.Add(new ScriptedBlock(number, HashOf(number, fork), parent, 1_700_000_000 + number * 12, trades));
            }

            Finalized = (ulong)Math.Max(0, Blocks.Count - 1 - unfinalized);
        }

        return this;
    }

    /// <summary>Replaces the blocks from a height on by others.</summary>
    public void Reorg(ulong from, int blocks, int unfinalized)
    {
        lock (_lock)
        {
            Blocks.RemoveRange((int)from, Blocks.Count - (int)from);
            Grow(blocks, miners: 2, unfinalized, fork: "b");
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static string HashOf(ulong number, string fork) => $"0x{fork.PadLeft(8, '0')}{number:x56}";

    private static ulong Quantity(JsonNode? node) =>
        ulong.Parse(node!.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Word(UInt128 value) => value.ToString("x64", CultureInfo.InvariantCulture);

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var number = ++Requests;
        if (await Intercept(number, body, context))
            return;
        string reply;
        lock (_lock)
        {
            var answers = JsonNode.Parse(body)!.AsArray().Select(call => Answer(call!.AsObject())).ToArray();
            reply = BendReply(new JsonArray(answers).ToJsonString());
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply);
    }

    private JsonNode Answer(JsonObject call)
    {
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call["id"]!.GetValue<int>() };
        var parameters = call["params"]!.AsArray();
        switch (call["method"]!.GetValue<string>())
        {
            case "eth_chainId":
                answer["result"] = $"0x{ChainId:x}";
                break;
            case "eth_blockNumber":
                answer["result"] = $"0x{Blocks.Count - 1:x}";
                break;
            case "eth_getCode":
                answer["result"] = "0x6001";
                break;
            case "eth_getBlockByNumber":
                answer["result"] = Header(parameters[0]!.GetValue<string>());
                break;
            case "eth_getLogs":
                var (from, to) = (Quantity(parameters[0]!["fromBlock"]), Quantity(parameters[0]!["toBlock"]));
                if (to - from + 1 > MaxRange)
                    answer["error"] = new JsonObject { ["code"] = -32005, ["message"] = RefusalText };
                else
                    answer["result"] = new JsonArray([.. BendLogs(from, to, Logs(from, to))]);
                break;
            default:
                answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Method not found" };
                break;
        }

        return answer;
    }

    private JsonObject? Header(string block)
    {
        var number = block switch
        {
            "latest" => (ulong)Blocks.Count - 1,
            "finalized" => Finalized,
            _ => Quantity(JsonValue.Create(block)),
        };
        if (number >= (ulong)Blocks.Count)
            return null;
        var found = Blocks[(int)number];
        var header = new JsonObject
        {
            ["number"] = $"0x{found.Number:x}",
            ["hash"] = found.Hash,
            ["parentHash"] = found.ParentHash,
            ["timestamp"] = $"0x{found.Timestamp:x}",
        };
        BendHeader(header);
        return header;
    }

    private List<JsonObject> Logs(ulong from, ulong to)
    {
        var logs = new List<JsonObject>();
        var totals = new Dictionary<int, UInt128>();
        foreach (var block in Blocks)
        {
            var index = 0;
            foreach (var (miner, milli, isMint) in block.Trades)
            {
                UInt128 value = (UInt128)milli * 1_000_000_000_000_000;
                totals[miner] = totals.GetValueOrDefault(miner) + value;
                var address = Word((UInt128)(0xa0 + miner));
                logs.Add(
                    isMint
                        ? Log(
                            block,
                            index++,
                            [Tao20Events.Minted.ToString(), "0x" + address, "0x" + address, "0x" + Word(0)],
                            Word(value) + Word(value) + Word(1) + Word(7)
                        )
                        : Log(
                            block,
                            index++,
                            [Tao20Events.Redeemed.ToString(), "0x" + address, "0x" + address],
                            Word(value) + Word(value) + Word(1)
                        )
                );
                logs.Add(
                    Log(
                        block,
                        index++,
                        [Tao20Events.Activity.ToString(), "0x" + address],
                        Word(value) + Word(isMint ? 1 : (UInt128)0) + Word(block.Timestamp) + Word(totals[miner]) + Word(0)
                    )
                );
            }
        }

        return [.. logs.Where(log => Quantity(log["blockNumber"]) >= from && Quantity(log["blockNumber"]) <= to)];
    }

    private static JsonObject Log(ScriptedBlock block, int index, string[] topics, string data) =>
        new()
        {
            ["address"] = Contract.ToString(),
            ["topics"] = new JsonArray([.. topics.Select(topic => JsonValue.Create(topic))]),
            ["data"] = "0x" + data,
            ["blockNumber"] = $"0x{block.Number:x}",
            ["blockHash"] = block.Hash,
            ["blockTimestamp"] = $"0x{block.Timestamp:x}",
            ["transactionHash"] = $"0x{block.Number:x32}{index:x32}",
            ["logIndex"] = $"0x{index:x}",
            ["removed"] = false,
        };
}
