using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.Chain.Tests.StaticAnalysis;

/// <summary>
/// The contracts read by solhint, with its recommended rules but those of gas, names and comments (solhint.json). Each finding that is left
/// has its reason.
/// </summary>
public sealed class SolhintTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Contracts = RepositoryFiles.PathOf("src", "Tao20.Devnet", "Contracts");

    /// <summary>By folder or file, the rules that may be broken in it, and why.</summary>
    private static readonly (string Where, string[] Rules, string Why)[] Accepted =
    [
        ("Index/ChainCalls.sol", ["avoid-low-level-calls"], "a precompile is given its gas and no more; that it fails is looked at"),
        ("Index/ChainStorage.sol", ["no-inline-assembly"], "words out of the middle of bytes whose length was looked at"),
        (
            "Subtensor/",
            ["no-inline-assembly", "avoid-low-level-calls", "no-complex-fallback", "max-states-count", "avoid-tx-origin"],
            "precompiles answer by selector, forward whole calls with what is left of the gas, know who pays, and hold what a chain holds"
        ),
        ("PayoutThief.sol", ["no-complex-fallback", "avoid-low-level-calls"], "an attack: it acts when it is paid"),
    ];

    [Fact]
    public async Task Each_finding_has_its_reason_and_each_reason_its_finding()
    {
        var findings = await FindAsync(Contracts);
        Assert.All(
            findings,
            one => Assert.Contains(Accepted, accepted => IsIn(one.File, accepted.Where) && accepted.Rules.Contains(one.Rule))
        );

        // What nothing breaks any more need not be accepted.
        Assert.All(
            Accepted.SelectMany(accepted => accepted.Rules.Select(rule => (accepted.Where, rule))),
            accepted => Assert.Contains(findings, one => IsIn(one.File, accepted.Where) && one.Rule == accepted.rule)
        );
    }

    [Fact]
    public async Task What_it_is_to_find_it_finds()
    {
        var folder = Directory.CreateTempSubdirectory("tao20-solhint-");
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "Bad.sol"),
                """
                // SPDX-License-Identifier: Apache-2.0
                pragma solidity 0.8.37;

                contract Bad {
                    address owner;

                    function take(address to) external {
                        require(tx.origin == owner);
                        (bool done, ) = to.delegatecall("");
                        require(done);
                    }
                }
                """
            );
            Assert.Superset(
                new HashSet<string> { "avoid-tx-origin", "avoid-low-level-calls", "state-visibility" },
                (await FindAsync(folder.FullName)).Select(one => one.Rule).ToHashSet()
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsIn(string file, string where) =>
        where.EndsWith('/') ? file.StartsWith(where, StringComparison.Ordinal) : file == where;

    /// <summary>What is found in all contracts of a folder.</summary>
    private static async Task<IReadOnlyList<Finding>> FindAsync(string folder)
    {
        var tools = await NpmTools
            .Of("the reading of contracts", "solhint", typeof(SolhintTests).Assembly, "solhint")
            .EnsureAsync(null, CancellationToken.None);
        string[] options =
        [
            "--config",
            RepositoryFiles.PathOf("tests", "Tao20.Chain.Tests", "StaticAnalysis", "solhint.json"),
            "--formatter",
            "json",
            "--noPoster",
            "--disc",
        ];
        var (code, said) = await NpmTools.RunAsync(
            "node",
            [Path.Combine(tools, "node_modules", "solhint", "solhint.js"), .. options, "**/*.sol"],
            folder,
            Patience,
            CancellationToken.None
        );
        Assert.True(code is 0 or 1 && said.Contains('['), said);
        var text = said[said.IndexOf('[', StringComparison.Ordinal)..(said.LastIndexOf(']') + 1)];
        return
        [
            .. JsonNode
                .Parse(text)!
                .AsArray()
                .Where(one => one!["ruleId"] is not null)
                .Select(one => new Finding(
                    one!["filePath"]!.GetValue<string>(),
                    one["line"]!.GetValue<int>(),
                    one["ruleId"]!.GetValue<string>(),
                    one["message"]!.GetValue<string>()
                )),
        ];
    }

    private sealed record Finding(string File, int Line, string Rule, string Message);
}
