using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Tao20.Chain;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Parameters;
using Tao20.Domain.Transactions;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Configuration;

/// <summary>Every setting stands in one place; whatever is written about it elsewhere is held against that.</summary>
[Trait("Category", "Fast")]
public sealed partial class SettingsTests
{
    /// <summary>Set to 1, the generated files are written anew.</summary>
    private static readonly bool Writing = Environment.GetEnvironmentVariable("TAO20_WRITE_SETTINGS") == "1";

    public static TheoryData<string> HoconFiles =>
        [
            .. Directory
                .EnumerateFiles(RepositoryFiles.PathOf("hocon"), "*.conf")
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public void The_table_in_the_docs_is_that_of_the_code() => AssertGenerated("docs/settings.md", SettingsReference.Markdown());

    [Fact]
    public void The_reference_file_is_that_of_the_code() => AssertGenerated("config/tao20.reference.conf", SettingsReference.Hocon());

    [Fact]
    public void The_reference_file_read_back_changes_nothing()
    {
        var given = With(
            Load("config/tao20.reference.conf"),
            ("DataDir", "x"),
            ("Chain:Endpoints", "http://a"),
            ("Chain:Contract", Address)
        );
        var settings = NodeSettings.Read(given);
        Assert.Equal(DomainParameters.Default, settings.Scoring);
        Assert.Equal(new FeePolicy(), settings.Fees);
        Assert.Equivalent(
            new ChainOptions { Endpoints = settings.Chain.Endpoints, Contract = settings.Chain.Contract },
            settings.Chain,
            strict: true
        );
        var miner = NodeSettings.Read(With(given, ("Market:Pools", Address)), NodeRole.Miner, keyGiven: true);
        Assert.Equal(new ArbitrageRules(), miner.Market!.Rules);
    }

    [Theory]
    [InlineData("config/tao20.reference.conf")]
    [InlineData("config/validator_config.conf")]
    [InlineData("config/miner_config.conf")]
    public void Every_key_of_a_file_is_a_setting_with_its_reason_above(string file)
    {
        var known = SettingsReference.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(
            Load(file).AsEnumerable().Where(pair => pair.Value is not null),
            pair => Assert.Contains(Regex.Replace(pair.Key, @":\d+$", ""), known)
        );
        AssertReasons(file, groups: file != "config/tao20.reference.conf");
    }

    [Fact]
    public void The_samples_are_usable_as_they_are()
    {
        var validator = NodeSettings.Read(Load("config/validator_config.conf"));
        Assert.Equal((964UL, true, 2), (validator.Chain.ChainId!.Value, validator.Chain.Quorum, validator.Chain.Endpoints.Count));
        Assert.True(validator.Key.Given);
        var miner = NodeSettings.Read(Load("config/miner_config.conf"), NodeRole.Miner);
        Assert.True(miner.Market!.DryRun);
        Assert.NotNull(miner.Market.Market.Router);
    }

    [Theory]
    [MemberData(nameof(HoconFiles))]
    public void Every_key_of_the_actor_systems_configuration_has_its_reason_above(string file) =>
        AssertReasons($"hocon/{file}", groups: false);

    [Fact]
    public void Whatever_is_wrong_is_told_at_once_with_key_value_and_remedy()
    {
        var wrong = With(
            Load("config/validator_config.conf"),
            ("Netuid", "70000"),
            ("Chain:PollInterval", "1ms"),
            ("Chain:Retries", "often"),
            ("Chain:Quorum", "perhaps"),
            ("Chain:RetryDelay", "soon"),
            ("Chain:Registry", "0x12"),
            ("Chain:FirstRangeBlocks", "20000"),
            ("Journal:Kind", "1"),
            ("Consensus:QuorumPercent", "50"),
            ("Scoring:Eligibility:DustWei", "-1"),
            ("Scoring:Score:VolumeTenths", "8"),
            ("Http:Port", "65536"),
            ("Weights:Tempo", "3")
        );
        var lines = Assert.Throws<NodeException>(() => NodeSettings.Read(wrong)).Message.Split('\n');
        Assert.Equal(
            [
                "Chain:FirstRangeBlocks = 20000 is out of range: give 1 to 10000 blocks, not above MaxRangeBlocks.",
                "Chain:PollInterval = 1ms is out of range: give 50ms to 1m.",
                "Chain:Quorum = perhaps is not a truth value: give true or false.",
                "Chain:Registry = 0x12 is not an address: give 0x and 40 hex digits.",
                "Chain:Retries = often is not usable: give a whole number from 0 to 10.",
                "Chain:RetryDelay = soon is not a duration: give e.g. 250ms, 20s, 5m or 1h.",
                "Consensus:QuorumPercent = 50 is not a known option: see docs/settings.md for the names.",
                "Http:Port = 65536 is out of range: give 0 to 65535.",
                "Journal:Kind = 1 is not known: give one of Sqlite, PostgreSql.",
                "Netuid = 70000 is out of range: give 0 to 65535.",
                "Scoring:Eligibility:DustWei = -1 is not usable: give a whole number from 0 to 1000 TAO.",
                "Scoring:Score:VolumeTenths + FrequencyTenths + ConsistencyTenths = 11 is out of range: give 10 to 10 tenths.",
                "There is a validator's key and no registry: give --registry with the address of the ValidatorRegistry, or leave "
                    + "the key out to only count.",
                "Weights:Tempo = 3 is not a known option: see docs/settings.md for the names.",
            ],
            lines.Order(StringComparer.Ordinal)
        );
    }

    /// <summary>What validators state by: a change here splits those that have it from those that have not.</summary>
    [Fact]
    public void The_hash_of_the_rules_defaults_is_what_it_always_was() =>
        Assert.Equal(
            "0x7689fb3cd28f72cf91d04b509538c42c9338f5d410ae99fc77cc512f41dc8fa4",
            DomainParameters.HashOf(DomainParameters.Default.Text(), Tao20.Chain.Abi.Keccak.Hash).ToString()
        );

    [Fact]
    public void A_validator_needs_two_endpoints_or_says_that_one_is_enough_and_has_no_rules_of_its_own()
    {
        (string, string)[] given = [("Chain:Registry", Address), ("Validator:KeyFile", "key")];
        Assert.StartsWith("Chain:Endpoints has one URL", Refusal(given), StringComparison.Ordinal);
        Assert.Null(Refusal([.. given, ("Consensus:AllowSingleEndpoint", "true")]));
        Assert.Null(Refusal(given, "http://127.0.0.1:1,http://127.0.0.1:2"));
        Assert.StartsWith(
            "Scoring is given with a registry",
            Refusal([("Chain:Registry", Address), ("Scoring:Rewards:TierPercent", "26")]),
            StringComparison.Ordinal
        );

        static string? Refusal((string, string)[] given, string endpoints = "http://127.0.0.1:1")
        {
            (string, string)[] node = [("DataDir", "d"), ("Chain:Contract", Address), ("Chain:Endpoints", endpoints)];
            return Record.Exception(() => NodeSettings.Read(With(new ConfigurationBuilder().Build(), [.. node, .. given])))?.Message;
        }
    }

    private const string Address = "0x0000000000000000000000000000000000000001";

    private static void AssertGenerated(string file, string text)
    {
        if (Writing)
            File.WriteAllText(RepositoryFiles.PathOf(file), text);
        Assert.Equal(File.ReadAllText(RepositoryFiles.PathOf(file)), text);
    }

    /// <summary>A key is directly below its reason, or below a key that is; a block's own reason does not count for its keys.</summary>
    private static void AssertReasons(string file, bool groups)
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf(file));
        var reasoned = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (Key().IsMatch(line))
                Assert.True(reasoned, $"{file}:{i + 1}: {line} has no reason above it.");
            reasoned = line.StartsWith('#') || (groups && reasoned && Key().IsMatch(line));
        }
    }

    private static IConfiguration Load(string file) => NodeConfiguration.Load([], RepositoryFiles.PathOf(file), Path.GetTempPath());

    private static IConfigurationRoot With(IConfiguration start, params (string Key, string Value)[] given) =>
        new ConfigurationBuilder()
            .AddConfiguration(start)
            .AddInMemoryCollection(given.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();

    [GeneratedRegex(@"^[\w.-]+\s*=")]
    private static partial Regex Key();
}
