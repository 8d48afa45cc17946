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
using Tao20.Chain.Abi;
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
    private readonly Dictionary<string, string> _blooms = [];
    private List<(string Hash, List<JsonObject> Logs)> _logs = [];
    private int _requests;

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

    /// <summary>Whether a block's logs are not there for a method; <c>blockHash</c> is <c>eth_getLogs</c> by hash.</summary>
    public Func<string, ulong, bool> Withholds { get; set; } = (_, _) => false;

    /// <summary>Whether <c>eth_getBlockReceipts</c> is known.</summary>
    public bool KnowsBlockReceipts { get; set; } = true;

    /// <summary>Bends one answer: method, first parameter when it is a text, answer.</summary>
    public Action<string, string?, JsonObject> BendAnswer { get; set; } = (_, _, _) => { };

    /// <summary>Bends the text of a reply.</summary>
    public Func<string, string> BendReply { get; set; } = reply => reply;

    /// <summary>Refuses ranges above so many blocks.</summary>
    public ulong MaxRange { get; set; } = ulong.MaxValue;

    public string RefusalText { get; set; } = "query returned more than 10000 results";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>What follows it alone, from its first block with trades on.</summary>
    public ChainOptions Options() =>
        new()
        {
            Endpoints = [Uri],
            Contract = Contract,
            FromBlock = 1,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 1,
            RetryDelay = TimeSpan.FromMilliseconds(5),
        };

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

    /// <summary>The calls of a request, a batch or a single one.</summary>
    public static List<JsonObject> Calls(string request) =>
        JsonNode.Parse(request)! is JsonArray batch ? [.. batch.Select(call => call!.AsObject())] : [JsonNode.Parse(request)!.AsObject()];

    public static ulong Quantity(JsonNode? node) =>
        ulong.Parse(node!.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Word(UInt128 value) => value.ToString("x64", CultureInfo.InvariantCulture);

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var number = Interlocked.Increment(ref _requests);
        if (await Intercept(number, body, context))
            return;
        string reply;
        lock (_lock)
        {
            var answers = Calls(body).Select(Answer).ToArray();
            reply = BendReply(body.StartsWith('[') ? new JsonArray(answers).ToJsonString() : answers[0].ToJsonString());
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply);
    }

    private JsonObject Answer(JsonObject call)
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
                if (parameters[0]!["blockHash"] is { } hash)
                {
                    var named = Blocks.First(block => block.Hash == hash.GetValue<string>());
                    answer["result"] = new JsonArray([
                        .. Logs(named.Number, named.Number).Where(_ => !Withholds("blockHash", named.Number)),
                    ]);
                    break;
                }

                var (from, to) = (Quantity(parameters[0]!["fromBlock"]), Quantity(parameters[0]!["toBlock"]));
                if (to - from + 1 > MaxRange)
                    answer["error"] = new JsonObject { ["code"] = -32005, ["message"] = RefusalText };
                else
                    answer["result"] = new JsonArray([
                        .. BendLogs(from, to, [.. Logs(from, to).Where(log => !Withholds("eth_getLogs", Quantity(log["blockNumber"])))]),
                    ]);
                break;
            case "eth_getBlockReceipts" when KnowsBlockReceipts:
                var number = Quantity(parameters[0]);
                answer["result"] = Withholds("eth_getBlockReceipts", number)
                    ? null
                    : new JsonArray([.. Transactions(number).Select(Receipt)]);
                break;
            case "eth_getTransactionReceipt":
                var block = ulong.Parse(
                    parameters[0]!.GetValue<string>().AsSpan(2, 32),
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture
                );
                answer["result"] = Withholds("eth_getTransactionReceipt", block)
                    ? null
                    : Receipt(Transactions(block).First(transaction => transaction.Key == parameters[0]!.GetValue<string>()));
                break;
            default:
                answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Method not found" };
                break;
        }

        var first = parameters.Count > 0 && parameters[0] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        BendAnswer(call["method"]!.GetValue<string>(), first, answer);
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
            ["logsBloom"] = Bloom(found),
            ["transactions"] = new JsonArray([.. Transactions(found.Number).Select(transaction => JsonValue.Create(transaction.Key))]),
        };
        BendHeader(header);
        return header;
    }

    /// <summary>A trade and its count are of one transaction.</summary>
    private IEnumerable<IGrouping<string, JsonObject>> Transactions(ulong block) =>
        Logs(block, block).GroupBy(log => log["transactionHash"]!.GetValue<string>());

    private static JsonObject Receipt(IGrouping<string, JsonObject> transaction) =>
        new()
        {
            ["transactionHash"] = transaction.Key,
            ["blockHash"] = transaction.First()["blockHash"]!.DeepClone(),
            ["blockNumber"] = transaction.First()["blockNumber"]!.DeepClone(),
            ["status"] = "0x1",
            ["gasUsed"] = "0x5208",
            ["logs"] = new JsonArray([.. transaction]),
        };

    private string Bloom(ScriptedBlock block)
    {
        if (_blooms.TryGetValue(block.Hash, out var known))
            return known;
        var bloom = new LogBloom();
        foreach (var log in Logs(block.Number, block.Number))
        {
            bloom.Add(Convert.FromHexString(log["address"]!.GetValue<string>().AsSpan(2)));
            foreach (var topic in log["topics"]!.AsArray())
                bloom.Add(Convert.FromHexString(topic!.GetValue<string>().AsSpan(2)));
        }

        return _blooms[block.Hash] = bloom.ToString();
    }

    private List<JsonObject> Logs(ulong from, ulong to)
    {
        if (_logs.Count < Blocks.Count || _logs[^1].Hash != Blocks[^1].Hash)
            _logs = [.. Blocks.Zip(AllLogs(), (block, logs) => (block.Hash, logs))];
        return
        [
            .. _logs.Skip((int)from).Take((int)(to - from + 1)).SelectMany(block => block.Logs).Select(log => (JsonObject)log.DeepClone()),
        ];
    }

    private List<List<JsonObject>> AllLogs()
    {
        var all = new List<List<JsonObject>>();
        var totals = new Dictionary<int, UInt128>();
        foreach (var block in Blocks)
        {
            var logs = new List<JsonObject>();
            all.Add(logs);
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

        return all;
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
            ["transactionHash"] = $"0x{block.Number:x32}{index / 2:x32}",
            ["logIndex"] = $"0x{index:x}",
            ["removed"] = false,
        };
}
