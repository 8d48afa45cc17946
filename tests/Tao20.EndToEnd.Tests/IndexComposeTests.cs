using System.Text.Json.Nodes;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 index compose</c> on files as people have them.</summary>
public sealed class IndexComposeTests : InDirectory
{
    [Fact]
    public async Task Twenty_constituents_with_weights_that_sum_to_one()
    {
        for (var day = 9; day <= 22; day++)
            await WriteAsync(
                $"202611{day:00}",
                string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"{i}\":{(i == 0 ? "5e3" : $"0.0{i:00}{day:00}")}"))
            );
        var (code, output, process) = await Tao20Process.RunAsync([
            "index",
            "compose",
            "--emissions",
            Directory,
            "--as-of",
            "2026-11-22",
            "--json",
        ]);
        Assert.True(code == 0, process.Errors);
        var document = JsonNode.Parse(output)!;
        var constituents = document["constituents"]!.AsArray();
        Assert.Equal(Enumerable.Range(20, 20).Reverse(), constituents.Select(constituent => constituent!["netuid"]!.GetValue<int>()));
        Assert.Equal(1_000_000_000_000_000_000, constituents.Sum(constituent => long.Parse(constituent!["weight"]!.GetValue<string>())));
        Assert.Equal(0.039155m, constituents[0]!["avgEmission"]!.GetValue<decimal>());
        Assert.Empty(document["missingDays"]!.AsArray());
    }

    [Fact]
    public async Task Missing_days_are_named_and_the_others_averaged()
    {
        await WriteAsync("20261122", "\"1\":2,\"2\":1");
        await WriteAsync("20261120", "\"1\":4");
        var (code, output, process) = await Tao20Process.RunAsync([
            "index",
            "compose",
            "--emissions",
            Directory,
            "--as-of",
            "2026-11-22",
            "--json",
        ]);
        Assert.Equal(0, code);
        Assert.Equal(12, JsonNode.Parse(output)!["missingDays"]!.AsArray().Count);
        Assert.Contains(process.Lines, line => line.StartsWith("emissions_20261121.json is missing", StringComparison.Ordinal));
        Assert.Equal(3m, JsonNode.Parse(output)!["constituents"]![0]!["avgEmission"]!.GetValue<decimal>());
    }

    [Theory]
    [InlineData("""{"emissions":{"1":1,"1":2}}""", "netuid 1 stands twice")]
    [InlineData("""{"emissions":{"1":-1}}""", "the emission of netuid 1 is -1")]
    [InlineData("""{"emissions":{"x":1}}""", "'x' is not a netuid")]
    [InlineData("""{"emissions":[]}""", "'emissions' is not an object")]
    [InlineData("""{"other":1}""", "it has no 'emissions'")]
    [InlineData("""{"emissions":{"1":1}""", "cannot be used")]
    [InlineData("nothing", "cannot be used")]
    public async Task A_malformed_file_is_named_with_what_is_wrong(string content, string expected)
    {
        await File.WriteAllTextAsync(System.IO.Path.Combine(Directory, "emissions_20261122.json"), content);
        var (code, _, process) = await Tao20Process.RunAsync(["index", "compose", "--emissions", Directory, "--as-of", "2026-11-22"]);
        Assert.Equal(1, code);
        var line = Assert.Single(process.Lines);
        Assert.Contains("emissions_20261122.json", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_that_is_none_and_a_directory_that_is_not_there_are_named()
    {
        var (code, _, process) = await Tao20Process.RunAsync(["index", "compose", "--emissions", Directory, "--as-of", "22.11.2026"]);
        Assert.Equal((2, "--as-of = 22.11.2026 is not a day: give YYYY-MM-DD."), (code, Assert.Single(process.Lines)));
        var (missing, _, other) = await Tao20Process.RunAsync(["index", "compose", "--emissions", "/nowhere", "--as-of", "2026-11-22"]);
        Assert.Equal((2, "The directory /nowhere is not there: correct --emissions."), (missing, Assert.Single(other.Lines)));
    }

    private Task WriteAsync(string day, string emissions) =>
        File.WriteAllTextAsync(System.IO.Path.Combine(Directory, $"emissions_{day}.json"), $"{{\"emissions\":{{{emissions}}}}}");
}
