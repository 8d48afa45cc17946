using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Transactions;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Transactions;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>The sender of one account on a real local chain, with a journal of its own and a way to cut it off at any request.</summary>
internal sealed class SenderNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IHost _host;
    private readonly ChainConnection _chain;
    private readonly Anvil _anvil;

    private SenderNode(IHost host, ChainConnection chain, Anvil anvil, CuttableTransport transport)
    {
        (_host, _chain, _anvil, Transport) = (host, chain, anvil, transport);
    }

    public CuttableTransport Transport { get; }

    private IActorRef Sender => _host.Services.GetRequiredService<ActorRegistry>().Get<TransactionSenderKey>();

    public static async Task<SenderNode> StartAsync(
        Anvil anvil,
        string directory,
        PrivateKey key,
        FeePolicy? fees = null,
        int cutAt = 0,
        bool afterwards = false
    )
    {
        var options = new ChainOptions
        {
            Endpoints = [anvil.Rpc],
            Contract = default,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 0,
        };
        var transport = new CuttableTransport(new HttpRpcTransport(anvil.Rpc, options), cutAt, afterwards);
        var chain = new ChainConnection(options, [transport], NullLogger.Instance);
        chain.Head.Start();
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) };
        SqliteJournal.Prepare(journal);
        var guard = new JournalFaultReporter(journal, directory, new FaultSignal(), TimeProvider.System);
        var policy = fees ?? new FeePolicy();
        var rules = new FreeRules(policy);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddAkka(
            "tao20",
            akka =>
                akka.WithTao20Basics().WithJournal(journal).WithTransactions(new SenderSettings(31337, key, policy, rules, guard), chain)
        );
        var host = builder.Build();
        await host.StartAsync();
        return new SenderNode(host, chain, anvil, transport);
    }

    public void Submit(params TransactionIntent[] intents)
    {
        foreach (var intent in intents)
            Sender.Tell(new SubmitIntent(intent));
    }

    public Task<IntentProgress> ProgressAsync(TransactionIntent intent) => Sender.Ask<IntentProgress>(new SubmitIntent(intent), Patience);

    public Task<SenderStatus> StatusAsync() => Sender.Ask<SenderStatus>(GetSenderStatus.Instance, Patience);

    /// <summary>Waits until the status is as wanted; blocks go by meanwhile, unless they are not to.</summary>
    public Task<SenderStatus> UntilAsync(Func<SenderStatus, bool> wanted, bool mine = true) =>
        Eventually.BecomesAsync<SenderStatus>(
            async _ => await StatusAsync(),
            wanted,
            Patience,
            mine ? cancel => _anvil.Client.MineAsync(1, cancel) : null
        );

    /// <summary>Waits until the chain is as wanted, while blocks go by.</summary>
    public Task UntilChainAsync(Func<Task<bool>> wanted) =>
        Eventually.BecomesAsync<object>(
            async _ => await wanted() ? this : null,
            _ => true,
            Patience,
            cancel => _anvil.Client.MineAsync(1, cancel),
            what: "the chain is as wanted"
        );

    public Task<SenderStatus> DoneAsync(int count) => UntilAsync(status => status.Ended >= count);

    public Task<SenderStatus> DoneAsync(int count, TimeSpan patience, Func<CancellationToken, Task> meanwhile) =>
        Eventually.BecomesAsync<SenderStatus>(async _ => await StatusAsync(), status => status.Ended >= count, patience, meanwhile);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _chain.DisposeAsync();
    }
}

/// <summary>Passes requests on until it is cut: from then on nothing comes through, as if the process had been killed there.</summary>
internal sealed class CuttableTransport(IRpcTransport inner, int cutAt, bool afterwards) : IRpcTransport
{
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;

    public EndpointName Name => inner.Name;

    /// <summary>How many requests of the account's own have come this far (looking at the head is not one).</summary>
    public int Sent => _sent;

    /// <summary>Which signed transactions, by their bytes as 0x and hex digits, the node refuses; null for none.</summary>
    public Func<string, bool>? Refuses { get; set; }

    /// <summary>
    /// What becomes of a call, by its method and what tells calls of it apart: <c>null</c> for that result, <c>lag</c> for what it was
    /// two blocks ago, <c>cut</c> for no connection; null lets it be.
    /// </summary>
    public Func<string, string?>? Bends { get; set; }

    /// <summary>What is answered in place of an answer, by the call; null answers as the chain does.</summary>
    public Action<JsonObject, JsonObject>? Rewrites { get; set; }

    /// <summary>Completes when it has been cut.</summary>
    public Task Cut => _cut.Task;

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (_cut.Task.IsCompleted)
            throw new EndpointUnreachableException(Name, "cut off");
        if (
            Refuses is { } refuses
            && body.Span.IndexOf("eth_sendRaw"u8) >= 0
            && refuses(JsonNode.Parse(body.Span)!["params"]![0]!.GetValue<string>())
        )
            return RpcReply.Of("""[{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"exceeds block gas limit"}}]"""u8.ToArray());
        if (Bends is not null && await BendAsync(body, cancel) is { } bent)
            return bent;
        if (Rewrites is { } rewrites)
            return await RewrittenAsync(body, rewrites, cancel);
        var own =
            body.Span.IndexOf("eth_getTransactionCount"u8) >= 0
            || body.Span.IndexOf("eth_sendRaw"u8) >= 0
            || body.Span.IndexOf("eth_estimateGas"u8) >= 0;
        if (own && Interlocked.Increment(ref _sent) == cutAt)
        {
            if (afterwards)
                (await inner.SendAsync(body, cancel)).Dispose();
            _cut.TrySetResult();
            throw new EndpointUnreachableException(Name, "cut off");
        }

        return await inner.SendAsync(body, cancel);
    }

    private async Task<RpcReply?> BendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var request = JsonNode.Parse(body.Span)!;
        var calls = request is JsonArray batch ? batch.Select(call => call!.AsObject()).ToList() : [request.AsObject()];
        var bends = calls.ToDictionary(call => call["id"]!.GetValue<int>(), call => Bends!(KindOf(call)));
        if (bends.Values.All(bend => bend is null))
            return null;
        if (bends.ContainsValue("cut"))
            throw new EndpointUnreachableException(Name, "cut off");
        foreach (var call in calls.Where(call => bends[call["id"]!.GetValue<int>()] == "lag"))
            call["params"]![1] = $"0x{await HeightAsync(cancel) - 2:x}";
        using var reply = await inner.SendAsync(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), cancel);
        var answers = JsonNode.Parse(reply.Bytes.Span)!;
        foreach (var answer in answers is JsonArray all ? all.Select(answer => answer!.AsObject()).ToList() : [answers.AsObject()])
        {
            if (bends[answer["id"]!.GetValue<int>()] == "null")
                answer["result"] = null;
        }

        return RpcReply.Of(System.Text.Encoding.UTF8.GetBytes(answers.ToJsonString()));
    }

    private async Task<RpcReply> RewrittenAsync(
        ReadOnlyMemory<byte> body,
        Action<JsonObject, JsonObject> rewrites,
        CancellationToken cancel
    )
    {
        using var reply = await inner.SendAsync(body, cancel);
        var (asked, answered) = (JsonNode.Parse(body.Span)!, JsonNode.Parse(reply.Bytes.Span)!);
        var calls = (asked is JsonArray batch ? batch.Select(call => call!.AsObject()) : [asked.AsObject()]).ToDictionary(call =>
            call["id"]!.GetValue<int>()
        );
        foreach (var answer in answered is JsonArray all ? all.Select(one => one!.AsObject()).ToList() : [answered.AsObject()])
            rewrites(calls[answer["id"]!.GetValue<int>()], answer);
        return RpcReply.Of(System.Text.Encoding.UTF8.GetBytes(answered.ToJsonString()));
    }

    private async Task<ulong> HeightAsync(CancellationToken cancel)
    {
        ulong height = 0;
        await new RpcEndpoint(inner).SendAsync([EthCalls.BlockNumber(number => height = number)], cancel);
        return Math.Max(2, height);
    }

    private static string KindOf(JsonObject call)
    {
        var (method, parameters) = (call["method"]!.GetValue<string>(), call["params"]!.AsArray());
        return method switch
        {
            "eth_getBlockByNumber" when parameters[1]!.GetValue<bool>() => method + " full",
            "eth_getTransactionCount" when parameters[1]!.GetValue<string>() == "latest" => method + " latest",
            _ => method,
        };
    }
}

/// <summary>What the tests ask of the chain.</summary>
internal static class AnvilQuestions
{
    public static async Task<BigInteger> BalanceAsync(this Anvil anvil, Address account) =>
        Big((await anvil.Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", CancellationToken.None)).GetString()!);

    public static async Task<ulong> NonceAsync(this Anvil anvil, Address account) =>
        (ulong)Big(
            (await anvil.Client.SendAsync("eth_getTransactionCount", $"[\"{account}\",\"latest\"]", CancellationToken.None)).GetString()!
        );

    /// <summary>How many transactions in all blocks go from one account to another.</summary>
    public static async Task<int> SentAsync(this Anvil anvil, Address from, Address to)
    {
        var sent = 0;
        for (var block = await anvil.Client.BlockNumberAsync(CancellationToken.None); block > 0; block--)
        {
            var found = await anvil.Client.SendAsync("eth_getBlockByNumber", $"[\"0x{block:x}\",true]", CancellationToken.None);
            sent += found
                .GetProperty("transactions")
                .EnumerateArray()
                .Count(transaction => Is(transaction.GetProperty("from"), from) && Is(transaction.GetProperty("to"), to));
        }

        return sent;

        static bool Is(JsonElement told, Address account) => told.GetString() is { } text && Address.Parse(text) == account;
    }

    public static Task FundAsync(this Anvil anvil, Address account, BigInteger wei) =>
        anvil.Client.SendAsync(
            "anvil_setBalance",
            $"[\"{account}\",\"0x{wei.ToString("x", CultureInfo.InvariantCulture).TrimStart('0').PadLeft(1, '0')}\"]",
            CancellationToken.None
        );

    private static BigInteger Big(string quantity) => BigInteger.Parse("0" + quantity[2..], NumberStyles.HexNumber, null);
}
