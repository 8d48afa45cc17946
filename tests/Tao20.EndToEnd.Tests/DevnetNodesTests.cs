using System.Text.Json.Nodes;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 devnet --nodes</c>: a validator as several processes, of which one is killed now and then.</summary>
public sealed class DevnetNodesTests
{
    [Fact]
    public async Task A_registered_validator_on_three_nodes_survives_their_kills_and_comes_to_what_the_others_come_to()
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            "devnet",
            "--miners",
            "2",
            "--validators",
            "3",
            "--nodes",
            "3",
            "--kill-every",
            "60s",
            "--duration",
            "12s",
            "--epoch",
            "10s",
            "--http-port",
            "0",
            "--json",
        ]);
        Assert.True(code == 0, $"{code}\n{process.Errors}\n{output}");
        var summary = JsonNode.Parse(output)!;
        var cluster = summary["cluster"]!;
        Assert.True(cluster["kills"]!.GetValue<int>() > 0);
        foreach (var equal in (string[])["totalsEqual", "epochsEqual", "bookEqual"])
            Assert.True(cluster[equal]!.GetValue<bool>(), equal);

        // The one that is killed states what the others state, and loses nothing.
        Assert.NotEmpty(summary["rounds"]!.AsArray());
        Assert.All(summary["rounds"]!.AsArray(), round => Assert.Equal(3, round!["attested"]!.GetValue<int>()));
        Assert.All(summary["validators"]!.AsArray(), validator => Assert.Equal("0", Text(validator, "slashedWei")));
    }

    [Theory]
    [InlineData("--nodes", "6", "1 to 5")]
    [InlineData("--kill-every", "5s", "with --nodes 2 or more")]
    [InlineData("--nodes", "3", "not the last, which has several nodes", "--validators", "3", "--byzantine", "3:late")]
    public async Task What_cannot_be_is_named(string option, string value, string words, params string[] more)
    {
        var (code, _, process) = await Tao20Process.RunAsync(["devnet", option, value, .. more]);
        Assert.Equal(2, code);
        Assert.Contains(words, process.Lines[^1], StringComparison.Ordinal);
    }
}
