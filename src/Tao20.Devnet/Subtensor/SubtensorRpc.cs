using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tao20.Devnet.Subtensor;

/// <summary>
/// Stands in front of a local chain and answers as Subtensor's node does, which is Frontier on Substrate: the runtime's own methods on the
/// same port, and Frontier's ways with blocks, logs, receipts, balances and errors (source: frontier, client/rpc/src/eth and
/// client/rpc-core at d553a115; what each method does is in <see cref="FrontierAnswers"/> and <see cref="RuntimeAnswers"/>).
/// </summary>
public sealed class SubtensorRpc : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Uri _chain;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly FrontierAnswers _frontier;
    private readonly RuntimeAnswers _runtime;

    private SubtensorRpc(WebApplication app, Uri chain)
    {
        (_app, _chain) = (app, chain);
        _runtime = new RuntimeAnswers(SendAsync, Node);
        _frontier = new FrontierAnswers(SendAsync, Node);
    }

    /// <summary>How the node is that it stands for; may be changed in a run.</summary>
    public MockNode Node { get; } = new();

    /// <summary>Where it answers.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts it in front of a chain.</summary>
    /// <param name="chain">The chain, with the mock of Subtensor on it.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="DevnetException">The port is taken.</exception>
    public static async Task<SubtensorRpc> StartAsync(Uri chain, int port, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var rpc = new SubtensorRpc(app, chain);
        app.UseWebSockets();
        app.MapPost("/{**path}", rpc.AnswerAsync);
        app.MapGet("/{**path}", rpc.ProxyWebSocketAsync);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw new DevnetException($"Port {port} on 127.0.0.1 is taken ({e.Message}). Give another with --rpc-port.");
        }

        return rpc;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var received = new MemoryStream();
        await context.Request.Body.CopyToAsync(received, context.RequestAborted).ConfigureAwait(false);
        var body = received.ToArray();
        context.Response.ContentType = "application/json";
        var reply = CanPassThrough(body) ? await PassThroughAsync(body, context.RequestAborted).ConfigureAwait(false) : null;
        if (reply is not null && reply.AsSpan().IndexOf("\"error\""u8) < 0)
        {
            await context.Response.Body.WriteAsync(reply, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        var request = JsonNode.Parse(body)!;
        JsonObject[] calls = request is JsonArray batch ? [.. batch.Select(call => call!.AsObject())] : [request.AsObject()];

        // Only errors have to be put otherwise: what was asked is not asked again for them, since a simulation of a trade always fails.
        var answers = reply is null
            ? await AnswerAsync(calls, context.RequestAborted).ConfigureAwait(false)
            : await AdaptAsync(calls, InOrder(calls, JsonNode.Parse(reply)!), context.RequestAborted).ConfigureAwait(false);
        JsonNode answer = request is JsonArray ? new JsonArray([.. answers]) : answers[0];
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Whether a request can go to the chain unchanged, and the reply back unless it has an error.</summary>
    private static bool CanPassThrough(byte[] body)
    {
        using var request = JsonDocument.Parse(body);
        return request.RootElement.ValueKind == JsonValueKind.Array
            ? request.RootElement.EnumerateArray().All(FrontierAnswers.CanPassThrough)
            : FrontierAnswers.CanPassThrough(request.RootElement);
    }

    private async Task<byte[]> PassThroughAsync(byte[] body, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var reply = await _http.PostAsync(_chain, content, cancel).ConfigureAwait(false);
        return await reply.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    private async Task<JsonObject[]> AnswerAsync(IReadOnlyList<JsonObject> calls, CancellationToken cancel)
    {
        var answers = new JsonObject[calls.Count];
        var passed = new List<(int Index, JsonObject Call)>();
        for (var i = 0; i < calls.Count; i++)
        {
            var own = RuntimeAnswers.Knows(calls[i])
                ? await _runtime.AnswerAsync(calls[i], cancel).ConfigureAwait(false)
                : await _frontier.AnswerDirectlyAsync(calls[i], cancel).ConfigureAwait(false);
            if (own is not null)
                answers[i] = Answer(calls[i], own);
            else
                passed.Add((i, calls[i]));
        }

        var asked = passed.Select(one => one.Call).ToList();
        var adapted = await AdaptAsync(asked, await SendAsync(asked, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        for (var i = 0; i < passed.Count; i++)
            answers[passed[i].Index] = adapted[i];
        return answers;
    }

    /// <summary>The chain's replies to calls, as Frontier would give them.</summary>
    private async Task<JsonObject[]> AdaptAsync(IReadOnlyList<JsonObject> calls, JsonObject[] replies, CancellationToken cancel)
    {
        var answers = new JsonObject[calls.Count];
        for (var i = 0; i < calls.Count; i++)
            answers[i] = Answer(calls[i], await _frontier.AdaptReplyAsync(calls[i], replies[i], cancel).ConfigureAwait(false));
        return answers;
    }

    /// <summary>Asks the chain; the replies, in the order of the calls.</summary>
    private async Task<JsonObject[]> SendAsync(IReadOnlyList<JsonObject> calls, CancellationToken cancel)
    {
        if (calls.Count == 0)
            return [];
        JsonObject[] numbered =
        [
            .. calls.Select(
                (call, i) =>
                {
                    var copy = call.DeepClone().AsObject();
                    (copy["id"], copy["jsonrpc"]) = (i, "2.0");
                    return copy;
                }
            ),
        ];
        using var content = new StringContent(new JsonArray([.. numbered]).ToJsonString(), Encoding.UTF8, "application/json");
        using var reply = await _http.PostAsync(_chain, content, cancel).ConfigureAwait(false);
        return InOrder(numbered, JsonNode.Parse(await reply.Content.ReadAsStringAsync(cancel).ConfigureAwait(false))!);
    }

    /// <summary>The replies to calls, in their order: to a batch the chain gives them in any.</summary>
    private static JsonObject[] InOrder(JsonObject[] calls, JsonNode reply)
    {
        if (reply is not JsonArray batch)
            return [reply.AsObject()];
        var byId = batch.ToDictionary(one => Id(one!), one => one!);
        return [.. calls.Select(call => byId[Id(call)].DeepClone().AsObject())];

        static string Id(JsonNode one) => one["id"]!.ToJsonString();
    }

    private static JsonObject Answer(JsonObject call, JsonObject result)
    {
        result["jsonrpc"] = "2.0";
        result["id"] = call["id"]?.DeepClone();
        return result;
    }

    /// <summary>Subscriptions are proxied unchanged.</summary>
    private async Task ProxyWebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using var client = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var chain = new ClientWebSocket();
        await chain.ConnectAsync(new UriBuilder(_chain) { Scheme = "ws" }.Uri, context.RequestAborted).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Task[] both = [CopyAsync(client, chain, ending.Token), CopyAsync(chain, client, ending.Token)];
        await Task.WhenAny(both).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        static async Task CopyAsync(WebSocket from, WebSocket to, CancellationToken cancel)
        {
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var part = await from.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, cancel).ConfigureAwait(false);
            }
        }
    }
}
