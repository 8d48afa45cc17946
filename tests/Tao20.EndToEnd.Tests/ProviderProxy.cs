using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tao20.EndToEnd.Tests;

/// <summary>Stands between a process and its chain and does what these providers do, drawn by seed. Its URL has a key in it.</summary>
internal sealed class ProviderProxy : IAsyncDisposable
{
    private static readonly (int Status, string Body)[] Refusals =
    [
        (200, """{"code":-32602,"message":"range 1000000 exceeds limit of 10000"}"""),
        (200, """{"code":-32005,"message":"no"}"""),
        (400, """{"code":-32600,"message":"block range too wide"}"""),
        (413, "Payload Too Large"),
        (422, ""),
        (429, """{"code":-32005,"message":"too wide"}"""),
        (500, "<html>oops</html>"),
        (503, ""),
    ];

    // The selector of totalSupply().
    private const string TotalSupply = "0x18160ddd";

    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Uri _chain;
    private readonly HashSet<ProviderKind> _kinds;
    private readonly Random _random;
    private readonly (int Status, string Body) _refusal;
    private readonly ulong _widest;
    private readonly int _largestBatch;
    private readonly ConcurrentDictionary<ulong, DateTimeOffset> _logsFrom = new();
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private ulong _heightAtStart;

    private ProviderProxy(WebApplication app, Uri chain, IEnumerable<ProviderKind> kinds, int seed, string key)
    {
        (_app, _chain, _kinds, _random, Key) = (app, chain, [.. kinds], new Random(seed), key);
        _refusal = Refusals[_random.Next(Refusals.Length)];
        _widest = (ulong)_random.Next(3, 40);
        _largestBatch = _random.Next(1, 12);
    }

    /// <summary>The key in its URL.</summary>
    public string Key { get; }

    /// <summary>How long the logs of a block may be late.</summary>
    public TimeSpan Latest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether receipts are late with the logs.</summary>
    public bool ReceiptsToo { get; init; } = true;

    /// <summary>Whether headers tell nothing of the logs.</summary>
    public bool WithoutBlooms { get; init; }

    /// <summary>Whether it says one wei more than there is of the supply of tokens: a lie that nothing shows by itself.</summary>
    public bool Lies { get; set; }

    /// <summary>The blocks whose logs it has forgotten; null for none.</summary>
    public (ulong First, ulong Last)? Forgotten { get; init; }

    /// <summary>What a topic of the logs ends with that it has forgotten, and not the receipts; null for all, and the receipts.</summary>
    public string? ForgottenTopic { get; init; }

    /// <summary>The first block whose state it still has; null for all. Of others it says what Frontier and geth say.</summary>
    public ulong? StateFrom { get; init; }

    /// <summary>What it makes of each log of a block; null for nothing.</summary>
    public (ulong Block, Action<JsonObject> Change)? Altered { get; init; }

    public Uri Url =>
        new(
            new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            $"/v3/{Key}?apikey={Key}"
        );

    public static async Task<ProviderProxy> StartAsync(Uri chain, IEnumerable<ProviderKind> kinds, int seed) =>
        await StartAsync(app => new ProviderProxy(app, chain, kinds, seed, KeyOf(seed)));

    /// <summary>A provider that has forgotten the logs of some blocks, of which not even its headers tell.</summary>
    public static async Task<ProviderProxy> ForgettingAsync(Uri chain, ulong first, ulong last) =>
        await StartAsync(app => new ProviderProxy(app, chain, [], 1, KeyOf(1)) { Forgotten = (first, last), WithoutBlooms = true });

    /// <summary>A provider whose index of logs lacks those with one topic in some blocks.</summary>
    public static async Task<ProviderProxy> LackingAsync(Uri chain, ulong first, ulong last, string topic) =>
        await StartAsync(app => new ProviderProxy(app, chain, [], 1, KeyOf(1))
        {
            Forgotten = (first, last),
            ForgottenTopic = topic[2..],
            WithoutBlooms = true,
        });

    /// <summary>A provider whose index of logs lags, while it has the receipts.</summary>
    public static async Task<ProviderProxy> LateAsync(Uri chain, int seed, TimeSpan latest) =>
        await StartAsync(app => new ProviderProxy(app, chain, [ProviderKind.LateLogs], seed, KeyOf(seed))
        {
            Latest = latest,
            ReceiptsToo = false,
        });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private static string KeyOf(int seed) => $"Key{seed:x8}SECRET{~seed:x8}";

    private static async Task<ProviderProxy> StartAsync(Func<WebApplication, ProviderProxy> make)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var proxy = make(app);
        app.MapPost("/{**path}", proxy.AnswerAsync);
        await app.StartAsync();
        using var asked = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}""",
            Encoding.UTF8,
            "application/json"
        );
        using var height = await proxy._http.PostAsync(proxy._chain, asked);
        proxy._heightAtStart = Quantity(JsonNode.Parse(await height.Content.ReadAsStringAsync())!["result"]);
        return proxy;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var request = JsonNode.Parse(body)!;
        var calls = request is JsonArray batch ? batch.Select(call => call!.AsObject()).ToList() : [request.AsObject()];
        if (await RefuseAsync(context, calls))
            return;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await _http.PostAsync(_chain, content, context.RequestAborted);
        var node = JsonNode.Parse(await reply.Content.ReadAsStringAsync(context.RequestAborted))!;
        var answers = node is JsonArray all ? all.Select(answer => answer!.DeepClone().AsObject()).ToList() : [node.DeepClone().AsObject()];
        foreach (var answer in answers)
            Bend(calls[answer["id"]!.GetValue<int>() - 1], answer);
        if (_kinds.Contains(ProviderKind.IdsAsTexts))
        {
            answers.Reverse();
            answers.ForEach(answer => answer["id"] = answer["id"]!.ToString());
        }

        var text = node is JsonArray ? new JsonArray([.. answers]).ToJsonString() : answers[0].ToJsonString();
        if (_kinds.Contains(ProviderKind.Blinks) && Draw(12))
            text = Next(3) switch
            {
                0 => $"<html>502 for {context.Request.Path}</html>",
                1 => "",
                _ => text[..(text.Length / 2)],
            };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>The state of blocks before one is pruned; logs are there.</summary>
    public static Task<ProviderProxy> PrunedAsync(Uri chain, ulong stateFrom) =>
        StartAsync(app => new ProviderProxy(app, chain, [], 0, KeyOf(0)) { StateFrom = stateFrom });

    /// <summary>A provider that lies about the logs of a block.</summary>
    public static Task<ProviderProxy> AlteringAsync(Uri chain, ulong block, Action<JsonObject> change) =>
        StartAsync(app => new ProviderProxy(app, chain, [], 0, KeyOf(0)) { Altered = (block, change) });

    /// <summary>What it does instead of asking the chain.</summary>
    private async Task<bool> RefuseAsync(HttpContext context, List<JsonObject> calls)
    {
        if (_kinds.Contains(ProviderKind.Breaks) && Draw(8))
        {
            if (Draw(2))
                context.Abort();
            else
                context.Response.StatusCode = 502;
            return true;
        }

        if (_kinds.Contains(ProviderKind.RetryTomorrow) && Draw(8))
        {
            context.Response.StatusCode = Draw(2) ? 429 : 503;
            context.Response.Headers.RetryAfter = "86400";
            return true;
        }

        var widest = calls.Find(call => Width(call) > _widest);
        if (widest is not null && _kinds.Contains(ProviderKind.RangesTimeOut))
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        if (widest is not null && _kinds.Contains(ProviderKind.RangesRefused))
        {
            context.Response.StatusCode = _refusal.Status;
            var json = _refusal.Body.StartsWith('{');
            await context.Response.WriteAsync(
                json ? $$"""{"jsonrpc":"2.0","id":{{widest["id"]}},"error":{{_refusal.Body}}}""" : _refusal.Body
            );
            return true;
        }

        if (calls.Count > _largestBatch && _kinds.Contains(ProviderKind.BatchesLimited))
        {
            context.Response.StatusCode = Draw(2) ? 200 : 400;
            await context.Response.WriteAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}""");
            return true;
        }

        return false;
    }

    private void Bend(JsonObject call, JsonObject answer)
    {
        var method = call["method"]!.GetValue<string>();
        var tag = call["params"] is JsonArray { Count: > 0 } parameters && parameters[0] is JsonValue value ? value.ToString() : "";
        if (PrunedState.ErrorOf(StateFrom, method, call["params"]) is { } error)
        {
            answer.Remove("result");
            answer["error"] = error;
            return;
        }

        switch (method)
        {
            case "eth_getBlockByNumber" when answer["result"] is JsonObject header:
                if (WithoutBlooms)
                    header.Remove("logsBloom");
                if (tag == "finalized" && _kinds.Contains(ProviderKind.NoFinalized) && Draw(3))
                    answer["result"] = null;
                else if (_kinds.Contains(ProviderKind.Blinks) && Draw(60))
                    answer["result"] = null;
                else if (tag is "finalized" or "latest" && _kinds.Contains(ProviderKind.FalseHead) && Draw(3))
                    (header["number"], header["hash"]) = ("0x7fffffff", "0x" + new string('d', 64));
                break;
            case "eth_call" when Lies && call["params"]![0]!["data"]?.GetValue<string>() == TotalSupply:
                var supply = BigInteger.Parse("0" + answer["result"]!.GetValue<string>()[2..], NumberStyles.HexNumber) + 1;
                answer["result"] = $"0x{supply.ToString("x64", CultureInfo.InvariantCulture)[^64..]}";
                break;
            case "eth_call" when answer["result"] is not null && _kinds.Contains(ProviderKind.NonsenseCalls) && Draw(3):
                answer["result"] = Draw(2) ? 12 : "0xzz";
                break;
            case "eth_getLogs" when answer["result"] is JsonArray logs:
                var late = logs.Where(log => IsForgotten(log!) || IsLate(Quantity(log!["blockNumber"]), receipts: false)).ToList();
                late.ForEach(log => logs.Remove(log));
                if (Altered is var (altered, change))
                    foreach (var log in logs.Where(log => Quantity(log!["blockNumber"]) == altered))
                        change(log!.AsObject());
                if (logs.Count > 0 && _kinds.Contains(ProviderKind.MalformedLogs) && Draw(10))
                    logs[0]!.AsObject().Remove("data");
                break;
            case "eth_getBlockReceipts" when answer["result"] is JsonArray { Count: > 0 } receipts:
                if (IsLate(Quantity(receipts[0]!["blockNumber"]), receipts: true))
                    answer["result"] = null;
                break;
            case "eth_getTransactionReceipt" when answer["result"] is JsonObject receipt:
                if (IsLate(Quantity(receipt["blockNumber"]), receipts: true))
                    answer["result"] = null;
                break;
        }
    }

    /// <summary>
    /// Whether the logs of a block are not there: one in four comes late, counted from the start, or from when a later block is first
    /// asked for, which is when it is final.
    /// </summary>
    private bool IsLate(ulong block, bool receipts)
    {
        if (ForgottenTopic is null && Forgotten is { } gone && gone.First <= block && block <= gone.Last)
            return true;
        if (!_kinds.Contains(ProviderKind.LateLogs) || (receipts && !ReceiptsToo))
            return false;
        var now = TimeProvider.System.GetUtcNow();
        var final = block <= _heightAtStart ? _began : now;
        return now < _logsFrom.GetOrAdd(block, _ => Draw(4) ? final + Latest * (Next(100) / 100.0) : final);
    }

    private bool IsForgotten(JsonNode log) =>
        Forgotten is { } gone
        && ForgottenTopic is { } ending
        && Quantity(log["blockNumber"]) is var block
        && gone.First <= block
        && block <= gone.Last
        && log["topics"]!.AsArray().Any(topic => topic!.GetValue<string>().EndsWith(ending, StringComparison.Ordinal));

    private static ulong Width(JsonObject call) =>
        call["method"]!.GetValue<string>() == "eth_getLogs" && call["params"]![0] is JsonObject filter && filter.ContainsKey("fromBlock")
            ? Quantity(filter["toBlock"]) - Quantity(filter["fromBlock"]) + 1
            : 0;

    private static ulong Quantity(JsonNode? node) =>
        ulong.Parse(node!.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private bool Draw(int oneIn) => Next(oneIn) == 0;

    private int Next(int below)
    {
        lock (_random)
            return _random.Next(below);
    }
}
