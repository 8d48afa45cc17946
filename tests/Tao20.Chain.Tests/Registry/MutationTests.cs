using System.Text.Json;
using Tao20.Chain.Tests.Devnet;
using Tao20.Devnet;
using Tao20.Tests;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tao20.Chain.Tests.Registry;

/// <summary>
/// Each rule of the registry is needed: without it, the contract is compiled anew and a scenario fails (source: consensus.md, "a mutation
/// test must show each rule that is left to be needed").
/// </summary>
public sealed class MutationTests(RegistryTests.Chains chains, ITestOutputHelper output) : IClassFixture<RegistryTests.Chains>
{
    private const int InCi = 5;
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";

    [Fact]
    public void Every_rule_stands_in_the_contract_once()
    {
        foreach (var rule in RegistryRuleTable.Rules)
        {
            var parts = File.ReadAllText(PathOf(rule.File)).Split(rule.Text);
            Assert.True(parts.Length == 2, $"{rule.File} has {parts.Length - 1} times: {rule.Text}");
            Assert.Contains(rule.Scenario, RegistryRuleTable.Scenarios.Keys);
        }
    }

    [Fact]
    public async Task Without_any_rule_a_scenario_fails()
    {
        var random = new Random(TestSeed.Of(output));
        var rules = RegistryRuleTable.Rules.OrderBy(_ => random.Next()).Take(Soak ? int.MaxValue : InCi).ToList();
        List<string> survived = [];
        foreach (var rule in rules)
        {
            await chains.Chain.AnewAsync(await CompileAsync(rule));
            var failed = await Record.ExceptionAsync(() => RegistryRuleTable.Scenarios[rule.Scenario](chains.Chain));
            output.WriteLine($"{rule.File}: {rule.Text} -> {rule.Scenario}: {failed?.Message.Split('\n')[0] ?? "nothing"}");
            if (failed is not (XunitException or DevnetException))
                survived.Add($"{rule.File}: {rule.Text} ({rule.Scenario}: {failed?.GetType().Name ?? "holds"})");
        }

        Assert.Empty(survived);
    }

    /// <summary>The code of the contract without a rule.</summary>
    private static async Task<string> CompileAsync(RegistryRule rule)
    {
        var directory = Directory.CreateTempSubdirectory("tao20-mutant-");
        try
        {
            var contracts = Path.Combine(directory.FullName, "contracts");
            string[] files =
            [
                "Interfaces.sol",
                .. new[] { "ChainCalls", "ChainStorage", "Twox64" }.Select(name => Path.Combine("Index", $"{name}.sol")),
                .. Directory.GetFiles(PathOf(""), "*.sol").Select(path => Path.Combine("Registry", Path.GetFileName(path))),
            ];
            foreach (var file in files)
            {
                var text = await File.ReadAllTextAsync(Path.Combine(PathOf(""), "..", file));
                if (Path.GetFileName(file) == rule.File)
                    text = text.Replace(rule.Text, rule.Without, StringComparison.Ordinal);
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(contracts, file))!);
                await File.WriteAllTextAsync(Path.Combine(contracts, file), text);
            }

            var artifacts = Path.Combine(directory.FullName, "artifacts");
            await SolidityCompiler.RunAsync(contracts, artifacts, "--warnings");
            using var artifact = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(artifacts, "ValidatorRegistry.json")));
            return artifact.RootElement.GetProperty("bytecode").GetString()!;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string PathOf(params string[] names) =>
        RepositoryFiles.PathOf(["src", "Tao20.Devnet", "Contracts", "Registry", .. names]);
}
