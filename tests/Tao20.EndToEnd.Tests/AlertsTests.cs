using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;
using Tao20.Node.Alerts;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A miner whose account runs low says so: in its metrics, over HTTP, to inspection, and to a webhook, once when it fires and once when it
/// is cleared, though the webhook refuses at first and the process is killed in between. And what asks for its health learns it.
/// </summary>
public sealed class AlertsTests : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly Address Account = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("c7", 32))).Address;
    private readonly ConcurrentQueue<(string Id, string Signature, byte[] Body)> _taken = new();
    private ChainFixture _chain = null!;
    private WebApplication _webhook = null!;
    private int _refusals = 2;

    private string Data => System.IO.Path.Combine(Directory, "data");

    private string Secret => System.IO.Path.Combine(Directory, "secret");

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.WithMarketAsync(7, [Account]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _webhook = builder.Build();
        _webhook.Urls.Add("http://127.0.0.1:0");
        _webhook.MapPost("/alerts", TakeAsync);
        await _webhook.StartAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _webhook.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [Fact]
    public async Task It_is_told_once_when_it_fires_and_once_when_it_is_cleared_also_over_a_kill()
    {
        await File.WriteAllTextAsync(Secret, "a secret of some length\n");
        Assert.Equal(5, (await HealthAsync()).ExitCode);
        JsonNode fired;
        await using (var miner = Start())
        {
            fired = Assert.Single(
                (await UntilAsync(miner, page => First(page, "firing")?["notices"]?[0]?.ToString() == "Delivered"))["firing"]!.AsArray()
            )!;
            Assert.Equal(("TaoLow", $"{Account}"), ($"{fired["kind"]}", $"{fired["subject"]}"));
            var (id, signature, body) = Assert.Single(_taken);
            Assert.Equal($"{fired["id"]}-firing", id);
            Assert.Equal(Signed(signature, body), signature);
            Assert.Equal($"{fired["text"]}", $"{JsonNode.Parse(body)!["text"]}");
            Assert.Equal(0, _refusals);
            using var metrics = await miner.GetAsync("/metrics");
            var figures = await metrics.Content.ReadAsStringAsync();
            Assert.Matches(@"tao20_alerts_firing\{[^}]*kind=""TaoLow""[^}]*\} 1\b", figures);
            Assert.Matches(@"tao20_alert_notices_total\{[^}]*outcome=""Delivered""[^}]*\} 1\b", figures);
            using var inspector = new Inspector(Data);
            Assert.Equal($"{fired["id"]}", Assert.Single(await inspector.RowsAsync("node/alerts"))[0]);
            await RequireInspectionAsync(inspector, await miner.StatusAsync(all: true));
            Assert.Equal((0, 0), ((await HealthAsync()).ExitCode, (await HealthAsync("--ready")).ExitCode));
            await miner.KillAsync();
        }

        var (dead, said) = await HealthAsync();
        Assert.Equal(1, dead);
        Assert.Contains("does not answer", said, StringComparison.Ordinal);
        await using var again = Start();
        await UntilAsync(again, page => First(page, "firing")?["id"]?.ToString() == $"{fired["id"]}");
        await _chain.Chain.Client.SendAsync(
            "anvil_setBalance",
            $"[\"{Account}\",\"0x{BigInteger.Pow(10, 25):x}\"]",
            CancellationToken.None
        );
        var cleared = await UntilAsync(again, page => First(page, "alerts")?["notices"]?[1]?.ToString() == "Delivered");
        Assert.Empty(cleared["firing"]!.AsArray());
        Assert.Equal([$"{fired["id"]}-firing", $"{fired["id"]}-cleared"], _taken.Select(one => one.Id));
        await RefusesAsync(again);
    }

    /// <summary>What inspection tells of a live miner is what its status says, and every command is answered.</summary>
    private static async Task RequireInspectionAsync(Inspector inspector, JsonObject status)
    {
        await inspector.RequireAllAnswerAsync();
        var (cursor, traded) = (await inspector.DocumentAsync("node/cursor"), status["miners"]!.AsArray());
        Assert.True(cursor["block"]!.GetValue<ulong>() >= status["cursor"]!["block"]!.GetValue<ulong>());
        Assert.True(cursor["miners"]!.GetValue<int>() >= traded.Count && traded.Count > 0);
        var one = await inspector.DocumentAsync("node/miner", $"{traded[0]!["address"]}");
        Assert.Equal($"{traded[0]!["address"]}", $"{one["address"]}");
        var settings = await inspector.RowsAsync("settings/show", "Webhook");
        Assert.Contains(settings, row => row[0] == "Webhook:Url" && !row[1].Contains("/alerts", StringComparison.Ordinal));
        Assert.Equal(404, (await inspector.AskAsync("cluster/show")).Status);
    }

    private static JsonNode? First(JsonObject page, string list) => page[list]!.AsArray().FirstOrDefault();

    private static async Task RefusesAsync(Tao20Process miner)
    {
        foreach (
            var (query, code, words) in new[]
            {
                ("limit=0", 400, "give 1 to 200"),
                ("limit=201", 400, "give 1 to 200"),
                ("limit=x", 400, "give 1 to 200"),
                ("before=x", 400, "no identifier of an alert"),
                ($"before={0:x32}", 404, "There is no alert"),
            }
        )
        {
            using var answer = await miner.GetAsync($"/alerts?{query}");
            Assert.Equal(code, (int)answer.StatusCode);
            Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private Tao20Process Start() =>
        Tao20Process.Start(
            _chain.MinerArguments(Data, "--dry-run", "--account", Account.ToString()),
            environment: new Dictionary<string, string>
            {
                // As in a container.
                ["TAO20_Http__Host"] = "0.0.0.0",
                ["TAO20_Market__MaxBlockAge"] = "0s",
                ["TAO20_Alerts__MinTaoWei"] = $"{BigInteger.Pow(10, 24)}",
                ["TAO20_Alerts__MarketBasisPoints"] = "0",
                ["TAO20_Alerts__After"] = "24s",
                ["TAO20_Webhook__Url"] = $"{_webhook.Urls.First()}/alerts",
                ["TAO20_Webhook__SecretFile"] = Secret,
            }
        );

    private Task<JsonObject> UntilAsync(Tao20Process miner, Func<JsonObject, bool> wanted) =>
        Eventually.BecomesAsync<JsonObject>(
            async cancel =>
            {
                await _chain.StepAsync();
                using var answer = await miner.GetAsync("/alerts?limit=5");
                return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel))!.AsObject() : null;
            },
            wanted,
            Patience,
            show: page => $"{page}\n{miner.Errors}"
        );

    private async Task<(int ExitCode, string Said)> HealthAsync(params string[] more)
    {
        var (code, _, process) = await Tao20Process.RunAsync(["health", "--data-dir", Data, .. more]);
        return (code, process.Errors);
    }

    private string Signed(string signature, byte[] body) =>
        Webhook.Signature(
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(signature.Split(',')[0]["t=".Length..], null)),
            body,
            System.Text.Encoding.UTF8.GetBytes("a secret of some length")
        );

    private async Task TakeAsync(HttpContext context)
    {
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Interlocked.Increment(ref _refusals);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        _taken.Enqueue(($"{headers[Webhook.IdHeader]}", $"{headers[Webhook.SignatureHeader]}", body.ToArray()));
    }
}
