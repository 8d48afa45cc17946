using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// The executable behind providers that do what providers do: all trades are folded, totals equal the contract's, and no key is shown.
/// </summary>
public sealed class ProviderTests(ITestOutputHelper output, ProviderTests.Traded traded) : InDirectory, IClassFixture<ProviderTests.Traded>
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";

    // What cannot be right costs an endpoint its place for minutes: one of two has to be truthful.
    private static readonly ProviderKind[] Lies = [ProviderKind.FalseHead, ProviderKind.NonsenseCalls, ProviderKind.MalformedLogs];

    private static readonly Dictionary<string, string> Quick = new()
    {
        ["TAO20_Chain__RequestTimeout"] = "1s",
        ["TAO20_Chain__PollInterval"] = "200ms",
        ["TAO20_Chain__RetryDelay"] = "20ms",
        ["TAO20_Chain__WebSocket"] = "false",
        ["TAO20_LOG_LEVEL"] = "Debug",
    };

    private const int Blocks = 120;
    private readonly ChainFixture _chain = traded.Chain;

    /// <summary>The chain behind all providers.</summary>
    public sealed class Traded() : TradedChain(5, Blocks);

    [Fact]
    public async Task Behind_two_endpoints_that_do_two_to_four_of_these_things_all_trades_are_folded_and_no_key_is_shown()
    {
        var first = Environment.GetEnvironmentVariable("TAO20_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000_000);
        for (var seed = first; seed < first + (Soak ? 200 : 10); seed++)
        {
            var kinds = KindsOf(seed);
            var began = TimeProvider.System.GetTimestamp();
            output.WriteLine($"TAO20_SEED={seed}: {string.Join(", ", kinds[0])} | {string.Join(", ", kinds[1])}");
            await using var one = await ProviderProxy.StartAsync(_chain.Chain.Rpc, kinds[0], seed);
            await using var two = await ProviderProxy.StartAsync(_chain.Chain.Rpc, kinds[1], ~seed);
            await using var process = Tao20Process.Start(
                _chain.ValidatorArgumentsBehind($"{one.Url},{two.Url}", System.IO.Path.Combine(Directory, $"{seed}")),
                environment: Quick
            );
            await RequireWholeAsync(process);
            await RequireNoKeyAsync(process, one.Key, two.Key);
            output.WriteLine($"  {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        }
    }

    [Theory]
    [InlineData((int)ProviderKind.RangesRefused)]
    [InlineData((int)ProviderKind.RangesTimeOut)]
    [InlineData((int)ProviderKind.BatchesLimited)]
    [InlineData((int)ProviderKind.IdsAsTexts)]
    [InlineData((int)ProviderKind.NoFinalized)]
    [InlineData((int)ProviderKind.LateLogs)]
    [InlineData((int)ProviderKind.Blinks)]
    [InlineData((int)ProviderKind.Breaks)]
    public async Task One_endpoint_that_does_one_of_these_things_is_enough(int kind)
    {
        await using var proxy = await ProviderProxy.StartAsync(_chain.Chain.Rpc, [(ProviderKind)kind], 7 + kind);
        await using var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(proxy.Url.ToString(), Directory), environment: Quick);
        await RequireWholeAsync(process);
        await RequireNoKeyAsync(process, proxy.Key);
    }

    [Fact]
    public async Task Logs_that_come_late_after_finality_hold_up_nothing_where_the_receipts_are_there()
    {
        await using var proxy = await ProviderProxy.LateAsync(_chain.Chain.Rpc, 3, TimeSpan.FromSeconds(Soak ? 30 : 5));
        await using var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(proxy.Url.ToString(), Directory), environment: Quick);
        await using var direct = Tao20Process.Start(
            _chain.ValidatorArguments(System.IO.Path.Combine(Directory, "direct")),
            environment: Quick
        );
        await RequireWholeAsync(process);
        await RequireWholeAsync(direct);
        var (late, prompt) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var block = 0; block < (Soak ? 500 : 20); block++)
        {
            await _chain.TradeAsync(1);
            var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
            await Task.WhenAll(FoldedAsync(process, final, late), FoldedAsync(direct, final, prompt));
        }

        output.WriteLine($"folded after {Of(late)} behind logs that come late, {Of(prompt)} without");
        await _chain.Traders.FinishAsync(CancellationToken.None);
        var status = await RequireWholeAsync(process);
        Assert.Empty(status["faults"]!.AsArray());
        using var metrics = await process.GetAsync("/metrics");
        Assert.Matches("tao20_chain_blocks_withheld[^\n]* [1-9]", await metrics.Content.ReadAsStringAsync());
    }

    private static async Task FoldedAsync(Tao20Process process, ulong block, List<TimeSpan> after)
    {
        var began = TimeProvider.System.GetTimestamp();
        await process.UntilAsync(status => status["cursor"]?["block"]?.GetValue<ulong>() >= block, TimeSpan.FromSeconds(40));
        after.Add(TimeProvider.System.GetElapsedTime(began));
    }

    private static string Of(List<TimeSpan> times)
    {
        times.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{times[times.Count / 2].TotalMilliseconds:0} ms (median; nine of ten {times[times.Count * 9 / 10].TotalMilliseconds:0} ms, "
                + $"at most {times[^1].TotalMilliseconds:0} ms)"
        );
    }

    [Fact]
    public async Task A_history_without_its_beginning_is_named_with_the_miner_the_amount_and_the_blocks()
    {
        // No epoch ends in these blocks: that would be named first.
        var first = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - Blocks;
        await using var proxy = await ProviderProxy.ForgettingAsync(_chain.Chain.Rpc, 0, first + 20);
        await using var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(proxy.Url.ToString(), Directory), environment: Quick);
        var status = await process.UntilAsync(status => status["faults"]!.AsArray().Count > 0, TimeSpan.FromSeconds(60));
        var fault = status["faults"]![0]!;
        Assert.Equal("HistoryMissing", fault["kind"]!.GetValue<string>());
        Assert.Matches("had counted [0-9]+ wei for miner 0x[0-9a-f]{40} before", fault["message"]!.GetValue<string>());
        Assert.Matches("trades worth [0-9]+ wei in blocks [0-9]+ to [0-9]+ are missing", fault["message"]!.GetValue<string>());
        await RequireNoKeyAsync(process, proxy.Key);
    }

    [Fact]
    public async Task A_start_that_fails_shows_no_key()
    {
        var arguments = _chain.ValidatorArgumentsBehind("http://user:SECRETpass@127.0.0.1:1/v3/SECRETSECRET", Directory);
        var (code, text, process) = await Tao20Process.RunAsync(arguments, environment: Quick);
        Assert.Equal(3, code);
        Assert.Contains("#1 127.0.0.1:1 cannot be used", process.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", text + process.Errors, StringComparison.Ordinal);
    }

    private static List<ProviderKind>[] KindsOf(int seed)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<ProviderKind>();
        random.Shuffle(kinds);
        var liar = random.Next(2);
        List<ProviderKind>[] drawn =
        [
            [],
            [],
        ];
        foreach (var kind in kinds.Take(random.Next(2, 5)))
        {
            var both = random.Next(3) == 0 && !Lies.Contains(kind);
            var at = Lies.Contains(kind) ? liar : random.Next(2);
            drawn[at].Add(kind);
            if (both)
                drawn[1 - at].Add(kind);
        }

        return drawn;
    }

    private async Task<JsonObject> RequireWholeAsync(Tao20Process process)
    {
        var head = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None);
        await process.UntilAsync(status => status["cursor"]?["block"]?.GetValue<ulong>() >= head - 2, TimeSpan.FromSeconds(90));
        var status = await process.StatusAsync(all: true);
        var volumes = (await _chain.Economy.VolumesAsync(CancellationToken.None)).Where(volume => volume.Value > 0).ToList();
        var folded = status["miners"]!
            .AsArray()
            .ToDictionary(miner => miner!["address"]!.GetValue<string>(), miner => miner!["foldedWei"]!.GetValue<string>());
        Assert.Equal(
            volumes.Select(volume => (volume.Key.ToString(), volume.Value.ToString(CultureInfo.InvariantCulture))).Order(),
            folded.Select(miner => (miner.Key, miner.Value)).Order()
        );
        return status;
    }

    /// <summary>Nothing that it prints, logs or serves has a key in it.</summary>
    private static async Task RequireNoKeyAsync(Tao20Process process, params string[] keys)
    {
        var said = new List<string> { process.Errors };
        foreach (var path in (string[])["/status?all=true", "/metrics", "/health/ready", "/health/live"])
        {
            using var reply = await process.GetAsync(path);
            said.Add(await reply.Content.ReadAsStringAsync());
        }

        await process.KillAsync();
        said.Add(process.Errors);
        foreach (var key in keys)
            Assert.All(said, text => Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(said, text => Assert.DoesNotContain("SECRET", text, StringComparison.OrdinalIgnoreCase));
    }
}
