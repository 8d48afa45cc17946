using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tao20.Actors.Faults;
using Tao20.Devnet;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>Whatever can be wrong with a node has a rule for Prometheus, a panel for Grafana, and a row that says what to do.</summary>
[Trait("Category", "Fast")]
public sealed partial class MonitoringTests
{
    private const string Promtool = "/usr/bin/promtool";
    private static readonly string Rules = RepositoryFiles.PathOf("docker", "prometheus", "alerts.yml");
    private static readonly IReadOnlyList<PrometheusRule> All = PrometheusRule.Read(File.ReadAllText(Rules));
    private static readonly string[] Operations = File.ReadAllLines(RepositoryFiles.PathOf("docs", "operations.md"));

    // What can be wrong: the rule's name, what it is called in figures and panels, and the figure with its label.
    private static readonly (string Rule, string Name, string Figure)[] Ills =
    [
        .. Enum.GetValues<FaultKind>().Select(kind => ($"Tao20{kind}", $"{kind}", $"tao20_faults{{kind=\"{kind}\"")),
        .. Enum.GetValues<Breaker>()
            .Select(breaker => ($"Tao20Breaker{breaker}", $"{breaker}", $"tao20_arbitrage_stopped{{breaker=\"{breaker}\"")),
        .. Enum.GetValues<AlertKind>().Select(kind => ($"Tao20Deviation{kind}", $"{kind}", $"tao20_alerts_firing{{kind=\"{kind}\"")),
    ];

    private static readonly IReadOnlyList<string> Dashboards =
    [
        .. Directory.EnumerateFiles(RepositoryFiles.PathOf("docker", "grafana", "dashboards")),
    ];

    [Fact]
    public void Whatever_can_be_wrong_has_a_rule() =>
        Assert.All(
            Ills,
            ill => Assert.Contains(ill.Figure, Assert.Single(All, rule => rule.Name == ill.Rule).Expression, StringComparison.Ordinal)
        );

    [Fact]
    public void Whatever_can_be_wrong_has_a_panel_that_says_what_it_is()
    {
        var panels = PanelsOf(Dashboards.Single(file => Path.GetFileName(file) == "faults.json"))
            .Where(panel => panel["type"]!.GetValue<string>() == "stat")
            .ToList();
        Assert.All(
            Ills,
            ill =>
            {
                var shows = panels.Where(panel => ExpressionsOf(panel).Any(asked => asked.Contains(ill.Figure, StringComparison.Ordinal)));
                Assert.Equal(ill.Name, Assert.Single(shows)["title"]!.GetValue<string>());
            }
        );
        Assert.All(panels, panel => Assert.NotEmpty(panel["description"]!.GetValue<string>()));
        Assert.Equal(Ills.Length, panels.Count);
    }

    [Fact]
    public void Each_rule_is_explained_with_what_to_do()
    {
        Assert.All(
            All,
            rule =>
                Assert.True(
                    Operations.Any(line => line.StartsWith($"| `{rule.Name}` |", StringComparison.Ordinal))
                        || FaultType.All.Any(type => rule.Name == $"Tao20{type.Kind}"),
                    rule.Name
                )
        );
        var explained = Operations.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups[1].Value);
        Assert.All(explained, name => Assert.Contains(All, rule => rule.Name == name));
    }

    [Fact]
    public void What_a_fault_means_is_said_in_one_way() =>
        Assert.All(
            FaultType.All,
            type =>
            {
                var rule = All.Single(one => one.Name == $"Tao20{type.Kind}");
                Assert.Equal($"{{{{ $labels.instance }}}}: {Plain(type.Meaning)}", rule.Summary);
                Assert.Equal($"{Plain(type.Remedy)}.", rule.Description, ignoreCase: true);

                // What ends the node ends its figures with it.
                Assert.Equal(type.Effect == FaultEffect.EndsNode, rule.Keeps > 0);
            }
        );

    [Fact]
    public void Rules_and_panels_ask_for_figures_that_there_are()
    {
        var measured = File.ReadAllText(RepositoryFiles.PathOf("docs", "http-api.md"));
        var asked = Dashboards
            .SelectMany(PanelsOf)
            .SelectMany(ExpressionsOf)
            .Concat(All.Select(rule => rule.Expression))
            .SelectMany(expression => Figure().Matches(expression).Select(match => match.Value))
            .Distinct();
        Assert.All(asked, figure => Assert.Contains($"`{figure}`", measured, StringComparison.Ordinal));
    }

    [FactWithProgram(Promtool)]
    public async Task Prometheus_takes_rules_and_configuration()
    {
        await SucceedsAsync("check", "rules", Rules);
        await SucceedsAsync("check", "config", RepositoryFiles.PathOf("docker", "prometheus", "prometheus.yml"));
    }

    [FactWithProgram(Promtool)]
    public async Task Each_rule_fires_while_it_is_so_and_is_cleared_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory("tao20-rules-");
        try
        {
            var text = new StringBuilder($"rule_files:\n  - {Rules}\nevaluation_interval: 1m\ntests:\n");
            foreach (var rule in All)
                AppendTest(text, rule);
            var file = Path.Combine(folder.FullName, "rules.test.yml");
            await File.WriteAllTextAsync(file, text.ToString());
            await SucceedsAsync("test", "rules", file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Grafana_takes_the_dashboards()
    {
        var tools = await NpmTools
            .Of("the check of dashboards", "Grafana's types", typeof(MonitoringTests).Assembly, "grafana")
            .EnsureAsync(null, CancellationToken.None);
        var folder = Directory.CreateDirectory(Path.Combine(tools, Guid.NewGuid().ToString("N")));
        try
        {
            File.Copy(
                RepositoryFiles.PathOf("tests", "Tao20.Actors.Tests", "Packaging", "Grafana", "Json.ts"),
                Path.Combine(folder.FullName, "Json.ts")
            );
            foreach (var file in Dashboards)
            {
                var json = await File.ReadAllTextAsync(file);
                Assert.Empty(await ObjectionsAsync(tools, folder, json));
                Assert.NotEmpty(await ObjectionsAsync(tools, folder, json.Replace("\"gridPos\"", "\"gridpos\"", StringComparison.Ordinal)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Well for ten minutes, ill for as long as it takes and five more, and well again.</summary>
    private static void AppendTest(StringBuilder text, PrometheusRule rule)
    {
        var (series, well, ill) = rule.Trigger();
        var (illFor, after) = (rule.For + 5, rule.Keeps + (rule.Grows ?? 0) + 10);
        var values = rule.Grows is null ? $"{well}x9 {ill}x{illFor} {well}x{after}" : $"0x9 1x{illFor} 1x{after}";
        var look = $"count(ALERTS{{alertname=\"{rule.Name}\",alertstate=\"firing\"}})";
        text.Append(
            CultureInfo.InvariantCulture,
            $"  - interval: 1m\n    input_series:\n      - series: '{series}'\n        values: '{values}'\n"
        );
        text.Append("    promql_expr_test:\n");
        Append(5, false);
        Append(10 + rule.For + 2, true);
        Append(10 + illFor + after, false);

        void Append(int minute, bool fires) =>
            text.Append(
                CultureInfo.InvariantCulture,
                $"""
                      - expr: '{look}'
                        eval_time: {minute}m
                        exp_samples: {(fires ? "[{labels: '{}', value: 1}]" : "[]")}

                """
            );
    }

    private static async Task SucceedsAsync(params string[] arguments)
    {
        var (code, said) = await NpmTools.RunAsync(
            Promtool,
            arguments,
            Path.GetTempPath(),
            TimeSpan.FromMinutes(1),
            CancellationToken.None
        );
        Assert.True(code == 0, said);
    }

    /// <summary>What the compiler says against a dashboard; empty when nothing.</summary>
    private static async Task<string> ObjectionsAsync(string tools, DirectoryInfo folder, string dashboard)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "dashboard.ts"),
            $"import type {{ DashboardFile }} from \"./Json\";\nexport const dashboard: DashboardFile = {dashboard.TrimEnd()};\n"
        );
        var compiler = Path.Combine(tools, "node_modules", "typescript", "bin", "tsc");
        string[] options = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck"];
        var (code, said) = await NpmTools.RunAsync(
            "node",
            [compiler, .. options, "dashboard.ts"],
            folder.FullName,
            TimeSpan.FromMinutes(2),
            CancellationToken.None
        );
        return code == 0 ? "" : $"{said} ({code})";
    }

    private static IEnumerable<JsonObject> PanelsOf(string file) =>
        JsonNode.Parse(File.ReadAllText(file))!["panels"]!.AsArray().Select(panel => panel!.AsObject());

    private static IEnumerable<string> ExpressionsOf(JsonObject panel) =>
        panel["targets"]?.AsArray().Select(target => target!["expr"]!.GetValue<string>()) ?? [];

    /// <summary>A text without the links of Markdown.</summary>
    private static string Plain(string text) => Link().Replace(text, "$1");

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `(Tao20\w+)` \|")]
    private static partial Regex Row();

    // A histogram's buckets are told under its name.
    [GeneratedRegex(@"\btao20_\w+?(?=_bucket\b|\b)")]
    private static partial Regex Figure();
}
