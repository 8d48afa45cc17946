using Microsoft.Extensions.Configuration;
using Tao20.Actors.Inspection;
using Tao20.Node.Configuration;
using Tao20.Node.Inspection;

namespace Tao20.Actors.Tests.Inspection;

/// <summary>What <c>settings show</c> tells of a node, and what it does not.</summary>
public sealed class SettingsPaletteTests
{
    [Fact]
    public async Task Passwords_and_what_follows_the_host_of_a_url_are_not_shown()
    {
        var settings = NodeSettings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["DataDir"] = "node",
                        ["Chain:Endpoints"] = "https://rpc.test/v3/hidden-key,https://user:hidden-user@other.test",
                        ["Chain:Contract"] = $"0x{1:x40}",
                        ["Webhook:Url"] = "https://hooks.test/hidden-hook",
                        ["Webhook:SecretFile"] = "/etc/tao20/webhook",
                        ["Journal:Kind"] = "PostgreSql",
                        ["Journal:ConnectionString"] =
                            "Host=db;Database=tao20;Username=tao20;PWD=hidden-word;SSL Certificate=c.pem;SSL Password=hidden-ssl",
                    }
                )
                .Build()
        );
        var show = SettingsPalette.Of(settings).Commands.Single();
        var rows = (await show.Run(Invocation.Read(show, []), CancellationToken.None)).Rows;
        Assert.DoesNotContain(rows, row => row[1].Contains("hidden", StringComparison.Ordinal));
        Assert.Contains("rpc.test", Value("Chain:Endpoints"), StringComparison.Ordinal);
        Assert.Contains("hooks.test", Value("Webhook:Url"), StringComparison.Ordinal);
        Assert.Contains("Host=db;", Value("Journal:ConnectionString"), StringComparison.Ordinal);

        string Value(string key) => Assert.Single(rows, row => row[0] == key)[1];
    }

    [Theory]
    [InlineData("Validator")]
    [InlineData("Miner")]
    public async Task Every_setting_of_the_reference_is_shown(string role)
    {
        var given = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["DataDir"] = "node",
                    ["Chain:Endpoints"] = "https://rpc.test",
                    ["Chain:Contract"] = $"0x{1:x40}",
                    ["Market:Pools"] = role == "Miner" ? $"0x{2:x40}" : null,
                }
            )
            .Build();
        var show = SettingsPalette.Of(NodeSettings.Read(given, Enum.Parse<NodeRole>(role), keyGiven: role == "Miner")).Commands.Single();
        var rows = (await show.Run(Invocation.Read(show, []), CancellationToken.None)).Rows.Select(row => row[0]).ToList();
        string[] others = role == "Miner" ? ["Validator:"] : ["Miner:", "Market:", "Arbitrage:"];
        var expected = SettingsReference.Keys.Where(key => !others.Any(other => key.StartsWith(other, StringComparison.Ordinal)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }
}
