using System.Text;
using Tao20.Actors.Consensus;
using Tao20.Actors.Hosting;
using Tao20.Actors.Index;
using Tao20.Actors.Journal;
using Tao20.Chain;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Parameters;
using Tao20.Domain.Transactions;
using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>Every setting with its default: as a table for people (docs/settings.md) and as a file to start from (config).</summary>
internal static class SettingsReference
{
    private static readonly (string Title, object Defaults, string? Section)[] Parts =
    [
        ("The node", new GeneralOptions(), null),
        ("The chain", new ChainOptions { Endpoints = [], Contract = default }, null),
        ("The journal", new JournalOptions { ConnectionString = "" }, null),
        ("The cluster (validator)", new ClusterOptions(), null),
        ("HTTP", new HttpOptions(), null),
        ("The dashboard", new DashboardOptions(), null),
        ("Alerts", new AlertRules(), null),
        ("Who is told of alerts", new WebhookOptions(), null),
        ("The validator's key", NoKey, nameof(NodeRole.Validator)),
        ("The index (validator)", new IndexOptions(), null),
        ("The index's duties", new IndexDutyOptions(), null),
        ("Weights (validator)", new WeightsOptions(), null),
        ("The check of the chain", new CheckOptions(), null),
        ("Transactions", new FeePolicy(), null),
        ("Which trades count (where no registry says it)", DomainParameters.Default.Eligibility, null),
        ("How volume becomes a score (where no registry says it)", DomainParameters.Default.Score, null),
        ("How an epoch's emission is divided (where no registry says it)", DomainParameters.Default.Rewards, null),
        ("Attesting (validator)", new ConsensusOptions(), null),
        ("The miner's key", NoKey, nameof(NodeRole.Miner)),
        ("The miner", new MinerOptions(), null),
        ("The miner's market", new MarketAddresses(null, []), null),
        ("The age of blocks (miner)", new MarketOptions(), null),
        ("Arbitrage (miner)", new ArbitrageRules(), null),
    ];

    private static KeySource NoKey => new("", null, null, null);

    /// <summary>Every key there is.</summary>
    public static IEnumerable<string> Keys => Parts.SelectMany(part => Of(part)).Select(setting => setting.Key);

    /// <summary>A table for each part, in Markdown.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder(
            """
            # Settings

            Every setting of a node. A later source wins: the `tao20` section of a HOCON file (`--hocon`, or `tao20.conf` in the working
            directory), `appsettings.json`, the environment (`TAO20_Chain__PollInterval=2s`), the command line. What is out of its range or
            misspelt is told at the start, all of it at once. `tao20 settings` prints this table, and `tao20 settings --hocon` the
            [reference file](../config/tao20.reference.conf); samples to start from are
            [validator_config.conf](../config/validator_config.conf) and [miner_config.conf](../config/miner_config.conf).

            """
        );
        foreach (var part in Parts)
        {
            text.Append($"\n## {part.Title}\n\n| key | meaning | range | default |\n|---|---|---|---|\n");
            foreach (var setting in Of(part))
            {
                var option = setting.Says.Option is { } name ? $", `{name}`" : "";
                text.Append(
                    $"| `{setting.Key}`{option} | {setting.Says.Meaning} | {setting.Allowed} | {Default(setting, part.Defaults)} |\n"
                );
            }
        }

        return text.ToString();
    }

    /// <summary>A HOCON file with every setting at its default; what has none is commented out.</summary>
    public static string Hocon()
    {
        var text = new StringBuilder(
            "# Every setting at its default. Take what you change into a file of your own: tao20 validator --hocon <file>.\ntao20 {\n"
        );
        foreach (var part in Parts)
        {
            text.Append($"  # ---- {part.Title}\n");
            foreach (var setting in Of(part))
            {
                var value = SettingText.Of(setting.ValueIn(part.Defaults));
                var range = setting.Allowed.Length > 0 ? $" [{setting.Allowed}]" : "";
                text.Append($"\n  # {setting.Says.Meaning}{range}\n");
                text.Append(
                    value is null || setting.Says.Required
                        ? $"  # {Path(setting)} = ({Default(setting, part.Defaults)})\n"
                        : $"  {Path(setting)} = {value}\n"
                );
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd() + "\n}\n";
    }

    private static IReadOnlyList<Setting> Of((string, object Defaults, string? Section) part) =>
        Setting.Of(part.Defaults.GetType(), part.Section);

    private static string Default(Setting setting, object defaults) =>
        setting.Says.Required ? "required" : SettingText.Of(setting.ValueIn(defaults)) ?? setting.Says.None;

    /// <summary>The key as HOCON writers would: <c>chain.poll-interval</c>.</summary>
    private static string Path(Setting setting) => string.Join('.', setting.Key.Split(':').Select(Dashed));

    private static string Dashed(string name) =>
        string.Concat(
            name.Select(
                (letter, i) =>
                    i > 0 && char.IsUpper(letter) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))
                        ? $"-{char.ToLowerInvariant(letter)}"
                        : char.ToLowerInvariant(letter).ToString()
            )
        );
}
