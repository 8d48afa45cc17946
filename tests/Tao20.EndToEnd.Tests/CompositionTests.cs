using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Index;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A validator that is given emissions holds the contract's composition against the index rule, and attests whatever comes of it.
/// </summary>
public sealed class CompositionTests : InDirectory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PrivateKey _key = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("c1", 32)));

    [Fact]
    public async Task A_composition_off_the_rule_warns_one_by_the_rule_does_not_and_emissions_that_cannot_be_used_are_named()
    {
        await using var chain = await ChainFixture.StartAsync(3, miners: 2);
        var (validators, time) = await ValidatorSet.DeployAsync(chain.Economy, [_key], 20, chain.Traders.Time, CancellationToken.None);
        var sunday = CompositionCheck.RebalanceDays(time + 3_700)[0];

        // By the contract's own weights; with another subnet in the place of the last; and a file that is none.
        Write("right", sunday, netuid => (40 - 2 * netuid + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Write(
            "wrong",
            sunday,
            netuid => netuid == 20 ? "0" : (40 - 2 * netuid + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            (99, "1")
        );
        Write("broken", sunday, _ => "-1");
        var names = new[] { "right", "wrong", "broken" };
        var processes = names.Select(name => Start(chain, validators, name)).ToList();
        try
        {
            foreach (var process in processes)
                await process.UntilAsync(status => status["cursor"] is not null && status["check"]?["spec"] is not null, Patience);
            await chain.Chain.Client.ExecuteAsync([chain.Economy.AdvanceEpoch()], time + 3_700, CancellationToken.None);

            // Not before the window for commitments is over, and others are done before that of statements is.
            await chain.Chain.Client.MineAsync(time + 4_400, CancellationToken.None);
            await chain.Chain.Client.MineAsync(3, CancellationToken.None);
            var warnings = new List<string>();
            foreach (var process in processes)
            {
                var status = await process.UntilAsync(
                    status => status["validator"]?["computed"]?.AsArray() is [{ } one] && one["mintPrice"] is not null,
                    Patience
                );
                Assert.NotNull(status["validator"]!["computed"]![0]!["nav"]);
                warnings.Add(
                    string.Join(
                        '\n',
                        status["validator"]!["computed"]![0]!["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>())
                    )
                );
            }

            Assert.Equal("", warnings[0]);
            Assert.Contains("subnet 99 is rank 20 by the rule and not held", warnings[1], StringComparison.Ordinal);
            Assert.Contains("subnet 20 is held and not among the largest 20", warnings[1], StringComparison.Ordinal);
            Assert.Contains("it cannot be checked", warnings[2], StringComparison.Ordinal);
            Assert.Contains("not a number from 0 up", warnings[2], StringComparison.Ordinal);
        }
        finally
        {
            foreach (var process in processes)
                await process.DisposeAsync();
        }

        // The same by a person, at a command line.
        string[] check = ["index", "compose", "--check", "--contract", $"{chain.Economy.Index}"];
        await RequireAsync(0, "is the rule's as of", [.. check, "--rpc", $"{chain.Chain.Rpc}", "--emissions", In("right")]);
        string[] wrong = [.. check, "--rpc", $"{chain.Chain.Rpc}", "--emissions", In("wrong")];
        await RequireAsync(1, "subnet 99 is rank 20 by the rule and not held", wrong);
        await RequireAsync(1, "subnet 99 is rank 20", [.. wrong, "--as-of", $"{sunday:yyyy-MM-dd}", "--json"]);
        await RequireAsync(1, "it cannot be checked", [.. check, "--rpc", $"{chain.Chain.Rpc}", "--emissions", In("broken")]);
        await RequireAsync(2, "--rpc is missing", [.. check, "--emissions", In("right")]);
        await RequireAsync(
            2,
            "--contract is missing",
            ["index", "compose", "--check", "--rpc", $"{chain.Chain.Rpc}", "--emissions", In("right")]
        );

        var (code, _, refused) = await Tao20Process.RunAsync(
            Arguments(chain, validators, "nowhere"),
            environment: Environment(System.IO.Path.Combine(Directory, "nowhere"))
        );
        Assert.Equal(2, code);
        Assert.Contains(
            refused.Lines,
            line =>
                line.Contains("Index:Emissions", StringComparison.Ordinal) && line.Contains("is not a directory", StringComparison.Ordinal)
        );
    }

    private string In(string name) => System.IO.Path.Combine(Directory, name);

    private static async Task RequireAsync(int code, string words, string[] arguments)
    {
        var (ended, output, process) = await Tao20Process.RunAsync(arguments);
        Assert.True(
            ended == code && (output + process.Errors).Contains(words, StringComparison.Ordinal),
            $"{ended}: {output}{process.Errors}"
        );
    }

    private Tao20Process Start(ChainFixture chain, ValidatorSet validators, string name) =>
        Tao20Process.Start(Arguments(chain, validators, name), environment: Environment(System.IO.Path.Combine(Directory, name)));

    private IEnumerable<string> Arguments(ChainFixture chain, ValidatorSet validators, string name)
    {
        var key = System.IO.Path.Combine(Directory, "key");
        File.WriteAllText(key, string.Concat(Enumerable.Repeat("c1", 32)));
        return chain.ValidatorArguments(
            System.IO.Path.Combine(Directory, name + "-data"),
            "--registry",
            validators.Registry.ToString(),
            "--key-file",
            key
        );
    }

    private static Dictionary<string, string> Environment(string emissions) =>
        new()
        {
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Chain__WebSocket"] = "false",
            ["TAO20_Index__Emissions"] = emissions,
        };

    private void Write(string name, DateOnly sunday, Func<int, string> emission, params (int Netuid, string Emission)[] more)
    {
        var directory = System.IO.Directory.CreateDirectory(System.IO.Path.Combine(Directory, name)).FullName;

        // Enough for the Sunday before as well.
        for (var day = 0; day < 2 * IndexComposition.Days; day++)
        {
            var emissions = Enumerable
                .Range(1, 20)
                .Select(netuid => (netuid, emission(netuid)))
                .Concat(more)
                .Select(pair => $"\"{pair.Item1}\":{pair.Item2}");
            File.WriteAllText(
                System.IO.Path.Combine(directory, $"emissions_{sunday.AddDays(-day):yyyyMMdd}.json"),
                $"{{\"emissions\":{{{string.Join(',', emissions)}}}}}"
            );
        }
    }
}
