using System.Text.Json.Nodes;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>The chain's runtime becomes another under validators and miners that run on it.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task From_425_to_473_no_trade_is_missed_no_weight_is_wrong_and_nothing_is_sent_before_the_check_of_the_new_runtime()
    {
        var summary = await RunAsync("--chain-spec", "425", "--upgrade-to", "473");
        Assert.Empty(summary["faults"]!.AsArray());
        Assert.All(Nodes(summary), node => Assert.Empty(node!["off"]!.AsArray()));
        Assert.All(summary["weights"]!.AsArray(), set => Assert.Equal("Set", Text(set, "stage")));
        Assert.Equal(3, summary["weights"]!.AsArray().Count);

        // Who stood still for the upgrade has traded on.
        Assert.True(Traders(summary).Sum(trader => trader!["confirmed"]!.GetValue<long>()) >= 10);
    }

    [Fact]
    public async Task By_rules_that_nobody_has_seen_it_counts_and_attests_and_refuses_the_rest_by_name()
    {
        var summary = await RunAsync("--upgrade-to", "500");
        Assert.All(
            Nodes(summary),
            node => Assert.Equal(["mint", "redeem", "weights"], node!["off"]!.AsArray().Select(off => off!.GetValue<string>()))
        );

        // Each node names what it does itself and is off, with the row of the check.
        var faults = summary["faults"]!.AsArray();
        Assert.All(faults, fault => Assert.Equal("ChainNotAsAssumed", Text(fault, "kind")));
        Assert.Equal(3, Naming("Off: weights, mint. row 5 of the chain check, items exist as read: SubtensorModule.BlockAtRegistration"));
        Assert.Equal(3, Naming("Off: mint, redeem. row 14 of the chain check, transfer minimum: 300,000 rao"));
        Assert.All(summary["weights"]!.AsArray(), set => Assert.Equal("Waiting", Text(set, "stage")));

        int Naming(string words) => faults.Count(fault => Text(fault, "message").StartsWith(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("425", "425")]
    [InlineData("473", "474")]
    public async Task A_spec_that_the_chain_has_already_or_that_is_none_is_named(string from, string to)
    {
        var (code, _, process) = await Tao20Process.RunAsync(["devnet", "--chain-spec", from, "--upgrade-to", to]);
        Assert.Equal(2, code);
        Assert.Contains($"--upgrade-to = {to} is out of range: give 425 or 473 or 500", process.Lines[^1], StringComparison.Ordinal);
    }

    /// <summary>Three validators and three miners through an upgrade, and what holds whatever the chain becomes.</summary>
    private static async Task<JsonNode> RunAsync(params string[] options)
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            "devnet",
            "--validators",
            "3",
            "--miners",
            "2",
            "--arbitrageurs",
            "3",
            "--market-noise",
            "6%",
            "--duration",
            "3s",
            "--block-time",
            "50ms",
            "--seed",
            "1",
            "--http-port",
            "0",
            "--json",
            .. options,
        ]);
        Assert.True(code == 0, $"{process.Errors}\n{output}");
        var summary = JsonNode.Parse(output)!;
        Assert.All(summary["miners"]!.AsArray(), miner => Assert.Equal(Text(miner, "chainWei"), Text(miner, "foldedWei")));
        Assert.All(Traders(summary), trader => Assert.True(trader!["booksRight"]!.GetValue<bool>()));
        Assert.All(summary["rounds"]!.AsArray(), round => Assert.Equal("Settled", Text(round, "state")));
        Assert.All(summary["rounds"]!.AsArray(), round => Assert.Equal(3, round!["attested"]!.GetValue<int>()));
        Assert.True(summary["booksEqual"]!.GetValue<bool>() && summary["weightsOnChain"]!.GetValue<bool>());
        Assert.True(summary["conservation"]!["exact"]!.GetValue<bool>());

        // The first check that an upgrade allows is at its own block, two blocks later: until then nobody sends anything.
        var upgraded = summary["upgrade"]!["block"]!.GetValue<ulong>();
        Assert.Equal(6, Nodes(summary).Count());
        Assert.All(Nodes(summary), node => Assert.InRange(node!["checkedAt"]!.GetValue<ulong>(), upgraded, upgraded + 2));
        Assert.All(Nodes(summary), node => Assert.Equal(0, node!["sentUnchecked"]!.GetValue<int>()));
        return summary;
    }

    private static IEnumerable<JsonNode?> Nodes(JsonNode summary) => summary["upgrade"]!["nodes"]!.AsArray();

    private static IEnumerable<JsonNode?> Traders(JsonNode summary) =>
        summary["miners"]!.AsArray().Where(miner => miner!["profitWei"] is not null);
}
