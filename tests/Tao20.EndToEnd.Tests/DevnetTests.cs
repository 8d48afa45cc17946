using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Tests;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 devnet</c>, as a new user runs it.</summary>
public sealed class DevnetTests : InDirectory
{
    private static readonly string[] Short =
    [
        "devnet",
        "--miners",
        "5",
        "--duration",
        "6s",
        "--epoch",
        "2s",
        "--block-time",
        "50ms",
        "--http-port",
        "0",
        "--json",
    ];

    [Theory]
    [InlineData("425")]
    [InlineData("473")]
    public async Task Five_miners_trade_and_are_ranked_and_the_document_adds_up(string spec)
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            .. Short,
            "--seed",
            "7",
            "--chain-spec",
            spec,
            "--washers",
            "1",
            "--wash-tao",
            "60",
            "--data-dir",
            System.IO.Path.Combine(Directory, "data"),
        ]);
        Assert.True(code == 0, process.Errors);
        var summary = JsonNode.Parse(output)!.AsObject();
        Assert.Empty(summary["faults"]!.AsArray());
        Assert.True(summary["trades"]!.GetValue<int>() > 100);
        var miners = summary["miners"]!.AsArray();
        Assert.Equal(6, miners.Count);
        Assert.All(miners, miner => Assert.Equal(Text(miner, "chainWei"), Text(miner, "foldedWei")));
        Assert.Equal(summary["trades"]!.GetValue<long>(), miners.Sum(miner => miner!["trades"]!.GetValue<long>()));

        var epochs = summary["epochs"]!.AsArray();
        Assert.True(epochs.Count >= 3);
        Assert.Equal(Enumerable.Range(0, epochs.Count), epochs.Select(epoch => epoch!["epoch"]!.GetValue<int>()));
        foreach (var epoch in epochs)
        {
            var ranked = epoch!["ranked"]!.AsArray();
            var paid = ranked.Aggregate(BigInteger.Zero, (sum, miner) => sum + BigInteger.Parse(Text(miner, "payoutRao")));
            Assert.Equal(
                BigInteger.Parse(Text(epoch, "emissionRao")) + BigInteger.Parse(Text(epoch, "carriedInRao")),
                paid + BigInteger.Parse(Text(epoch, "validatorPoolRao")) + BigInteger.Parse(Text(epoch, "carriedOutRao"))
            );
            Assert.Equal(Enumerable.Range(1, ranked.Count), ranked.Select(miner => miner!["rank"]!.GetValue<int>()));
            Assert.Equal(66, Text(epoch, "rankingRoot").Length);
            Assert.Equal(ranked.Count == 0 ? 0 : 65535, ranked.Select(miner => miner!["weight"]!.GetValue<int>()).DefaultIfEmpty().Max());
        }

        // Who trades for volume alone has all of it counted, pays the fee, and gets a share that is more than nothing.
        var washer = Assert.Single(summary["washing"]!.AsArray());
        var washed = miners.Single(miner => Text(miner, "address") == Text(washer, "address"));
        Assert.Equal(Text(washed, "foldedWei"), Text(washed, "eligibleWei"));
        Assert.Equal(Text(washed, "foldedWei"), Text(washer, "volumeWei"));
        Assert.InRange(washer!["costBps"]!.GetValue<double>(), -30, 11);
        Assert.All(washer["shares"]!.AsArray().SkipLast(1), share => Assert.InRange(share!.GetValue<double>(), 0.01, 0.9));
    }

    [Theory]
    [InlineData("425")]
    [InlineData("473")]
    public async Task A_window_is_seen_through_and_a_subnet_is_dissolved_and_every_trade_is_counted(string spec)
    {
        string[] economy = ["devnet", "--miners", "2", "--duration", "12s", "--epoch", "20s", "--block-time", "100ms", "--http-port", "0"];
        string[] events = ["--rebalance", "--dissolve", "11", "--chain-spec", spec, "--json"];
        var (code, output, process) = await Tao20Process.RunAsync([
            .. economy,
            .. events,
            "--data-dir",
            System.IO.Path.Combine(Directory, "data"),
        ]);
        Assert.True(code == 0, process.Errors + output);
        var summary = JsonNode.Parse(output)!;
        Assert.Empty(summary["faults"]!.AsArray());
        Assert.All(summary["miners"]!.AsArray(), miner => Assert.Equal(Text(miner, "chainWei"), Text(miner, "foldedWei")));
        var rebalancing = summary["rebalancing"]!;
        Assert.True(rebalancing["closedAt"]!.GetValue<ulong>() > rebalancing["openedAt"]!.GetValue<ulong>());
        Assert.True(rebalancing["steps"]!.GetValue<int>() > 0);
        Assert.InRange(rebalancing["mostOffBps"]!.GetValue<int>(), 0, 200);
        Assert.Equal([11], rebalancing["dissolved"]!.AsArray().Select(netuid => netuid!.GetValue<int>()));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_rankings_and_another_seed_others()
    {
        var first = await RootsAsync(11);
        Assert.Equal(first, await RootsAsync(11));
        Assert.NotEqual(first, await RootsAsync(12));
    }

    [Fact]
    public async Task A_directory_with_an_older_journal_is_refused()
    {
        await File.WriteAllTextAsync(System.IO.Path.Combine(Directory, "journal.db"), "");
        var (code, _, process) = await Tao20Process.RunAsync([.. Short, "--data-dir", Directory]);
        Assert.Equal(5, code);
        Assert.Contains("give an empty directory with --data-dir", Assert.Single(process.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_node_it_says_what_is_missing()
    {
        var empty = System.IO.Directory.CreateDirectory(System.IO.Path.Combine(Directory, "bin")).FullName;
        File.CreateSymbolicLink(System.IO.Path.Combine(empty, "dotnet"), Process.GetCurrentProcess().MainModule!.FileName);
        var (code, _, process) = await Tao20Process.RunAsync(
            Short,
            environment: new Dictionary<string, string>
            {
                ["PATH"] = empty,
                ["TAO20_TOOLS_DIR"] = System.IO.Path.Combine(Directory, "tools"),
            }
        );
        Assert.Equal(1, code);
        Assert.Contains("'node' is not installed: the local chain needs Node 20", process.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_no_chain_behind()
    {
        var process = Tao20Process.Start([
            "devnet",
            "--duration",
            "60s",
            "--http-port",
            "0",
            "--data-dir",
            System.IO.Path.Combine(Directory, "data"),
        ]);
        var status = await process.UntilAsync(status => status["cursor"] is not null, TimeSpan.FromSeconds(60));
        var rpc = new Uri("http://" + status["chain"]!["endpoints"]![0]!["name"]!.GetValue<string>().Split(' ')[1]);
        var started = Descendants(process.Id).ToList();
        Assert.Contains(started, id => Path(id).EndsWith("anvil", StringComparison.Ordinal));
        await process.KillAsync();
        await Eventually.HoldsAsync(
            () => !Listening(rpc) && !started.Any(id => Path(id).EndsWith("anvil", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(20)
        );

        static IEnumerable<int> Descendants(int id) =>
            System
                .IO.Directory.GetDirectories($"/proc/{id}/task")
                .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, null))
                .SelectMany(child => Descendants(child).Prepend(child));

        static string Path(int id) => new FileInfo($"/proc/{id}/exe").LinkTarget ?? "";
    }

    [Theory]
    [InlineData("--miners", "0")]
    [InlineData("--miners", "many")]
    [InlineData("--duration", "soon")]
    [InlineData("--epoch", "1ms")]
    [InlineData("--chain-spec", "474")]
    [InlineData("--colour", "red")]
    public async Task A_wrong_option_is_named_with_what_to_give(string option, string value)
    {
        var (code, _, process) = await Tao20Process.RunAsync(["devnet", option, value]);
        Assert.Equal(2, code);
        Assert.Contains(
            process.Lines,
            line => line.Contains(option, StringComparison.Ordinal) || line.Contains(value, StringComparison.Ordinal)
        );
    }

    private static bool Listening(Uri uri)
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient(uri.Host, uri.Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private async Task<string> RootsAsync(int seed)
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            .. Short,
            "--seed",
            $"{seed}",
            "--data-dir",
            System.IO.Path.Combine(Directory, $"{Guid.NewGuid():n}"),
        ]);
        Assert.True(code == 0, process.Errors);
        return string.Join(' ', JsonNode.Parse(output)!["epochs"]!.AsArray().Select(epoch => Text(epoch, "rankingRoot")));
    }
}
