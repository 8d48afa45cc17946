using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A miner whose only node goes away in the middle of its trading: it stands still and says why, and goes on when the node is back.
/// </summary>
public sealed class MinerOutageTests : InDirectory
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";

    /// <summary>As long as a feed may be silent: five minutes, or two seconds where there is no time for that.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(Soak ? 300 : 2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_the_node_is_gone_it_stands_still_and_says_why_and_goes_on_afterwards()
    {
        var secret = string.Concat(Enumerable.Repeat("e9", 32));
        var account = PrivateKey.FromHex(secret).Address;
        await using var chain = await ChainFixture.WithMarketAsync(11, [account], noisePerMinute: 0.04);
        await using var proxy = new KillingProxy(chain.Node.Url);
        List<string> arguments = [.. chain.MinerArguments(Directory)];
        arguments[arguments.IndexOf("--rpc") + 1] = proxy.Url.ToString();
        await using var miner = Tao20Process.Start(
            arguments,
            environment: new Dictionary<string, string>
            {
                ["TAO20_MINER_PRIVATE_KEY"] = secret,
                ["TAO20_Market__MaxBlockAge"] = "0s",
                ["TAO20_Chain__PollInterval"] = "50ms",
                ["TAO20_Arbitrage__StaleSeconds"] = StaleAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            }
        );
        using var stop = new CancellationTokenSource();
        var playing = chain.PlayUntilAsync(stop.Token);
        await miner.UntilAsync(status => Confirmed(status) >= 2, Patience);

        await proxy.TrapAsync("eth_", 1, afterwards: false).WaitAsync(Patience);
        var down = await miner.UntilAsync(
            status =>
                Breakers(status).Any(breaker => Text(breaker, "breaker") == "FeedStale") && Faults(status).Contains("ChainUnavailable"),
            StaleAfter + Patience
        );
        Assert.Equal($"there was no tick for {StaleAfter.TotalSeconds:0} s", Text(down["market"]!["feed"], "problem"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await miner.GetAsync("health/ready")).StatusCode);
        var confirmed = Confirmed(down);

        proxy.Open();
        await miner.UntilAsync(
            status => Confirmed(status) > confirmed && Breakers(status).Count == 0 && Faults(status).Count == 0,
            Patience
        );
        await Tao20Process.RunAsync(["miner", "pause", "--data-dir", Directory]);
        await miner.UntilAsync(
            status => Text(status["market"]!["trader"], "state") == "Stopped" && status["market"]!["trader"]!["open"] is null,
            Patience
        );
        await stop.CancelAsync();
        await playing;
        var (code, json, process) = await Tao20Process.RunAsync(["miner", "report", "--data-dir", Directory, "--json"]);
        Assert.True(code == 0, process.Errors);
        await chain.RequireBooksAsync(account, Assert.Single(JsonNode.Parse(json)!.AsArray())!);
    }

    private static int Confirmed(JsonObject status) => status["market"]?["trader"]?["totals"]?["confirmed"]?.GetValue<int>() ?? 0;

    private static JsonArray Breakers(JsonObject status) => status["market"]!["trader"]!["breakers"]!.AsArray();

    private static IReadOnlyList<string> Faults(JsonObject status) => [.. status["faults"]!.AsArray().Select(fault => Text(fault, "kind"))];
}
