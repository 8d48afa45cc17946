using Npgsql;
using Tao20.Actors.Hosting;
using Tao20.Actors.Inspection;
using Tao20.Domain.Validation;
using Tao20.Node.Configuration;

namespace Tao20.Node.Inspection;

/// <summary><c>settings</c>: what the node was told, without what is secret.</summary>
internal static class SettingsPalette
{
    private const string Secret = "***";

    /// <summary>The palette of a node.</summary>
    public static Palette Of(NodeSettings settings) =>
        new(
            "settings",
            "What the node was told",
            [
                new("show", "Every setting with its value; what is secret is not shown", (call, _) => Task.FromResult(Show(settings, call)))
                {
                    Parameters = [new("SECTION", "those that begin with it, such as Chain")],
                },
            ]
        );

    private static Answer Show(NodeSettings settings, Invocation call)
    {
        var rows = Values(settings)
            .Where(row => row.Key.StartsWith(call.Text("SECTION") ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(row => (IReadOnlyList<string>)[row.Key, row.Value])
            .ToList();
        return rows.Count > 0
            ? Answer.Table(["Key", "Value"], rows)
            : throw new InspectionException(InspectionProblem.NotFound, $"No setting begins with {call.Text("SECTION")}.");
    }

    private static IEnumerable<(string Key, string Value)> Values(NodeSettings settings)
    {
        object[] options =
        [
            new GeneralOptions
            {
                DataDir = settings.DataDirectory,
                Netuid = settings.Netuid,
                AllowedHosts = settings.AllowedHosts,
                LogLevel = settings.LogLevel,
                LogFormat = settings.LogFormat,
            },
            new HttpOptions { Host = settings.HttpHost, Port = settings.HttpPort },
            settings.Dashboard,
            settings.Chain,
            settings.Journal,
            settings.Cluster ?? new ClusterOptions(),
            settings.Scoring.Eligibility,
            settings.Scoring.Score,
            settings.Scoring.Rewards,
            settings.Fees,
            settings.Weights,
            settings.Index,
            new IndexOptions { Emissions = settings.EmissionsDirectory },
            settings.Consensus,
            settings.Check,
            settings.Alerts,
            settings.Webhook,
            .. settings.Market is { } market
                ?
                [
                    market.Market,
                    market.Rules,
                    new MarketOptions { MaxBlockAge = market.MaxBlockAge ?? TimeSpan.Zero },
                    new MinerOptions { DryRun = market.DryRun, Account = market.Account },
                ]
                : Array.Empty<object>(),
        ];
        foreach (var one in options)
        {
            foreach (var setting in Setting.Of(one.GetType()))
                yield return (setting.Key, Text(setting.ValueIn(one)));
        }

        foreach (
            var setting in Setting.Of(
                typeof(Chain.Signing.KeySource),
                settings.Market is null ? nameof(NodeRole.Validator) : nameof(NodeRole.Miner)
            )
        )
            yield return (setting.Key, Text(setting.ValueIn(settings.Key)));
    }

    /// <summary>A value as people read it. URLs may have a key in their path, connection strings a password.</summary>
    private static string Text(object? value) =>
        value switch
        {
            IEnumerable<Uri> urls => SettingText.Hosts(string.Join(',', urls)),
            Uri url => SettingText.Hosts(url.ToString()),
            string text when text.Contains("://", StringComparison.Ordinal) => SettingText.Hosts(text),
            string text when text.Contains("Password", StringComparison.OrdinalIgnoreCase) => WithoutPassword(text),
            _ => SettingText.Of(value) ?? "",
        };

    private static string WithoutPassword(string connectionString)
    {
        try
        {
            var shown = new NpgsqlConnectionStringBuilder(connectionString);
            if (shown.Password is not null)
                shown.Password = Secret;
            if (shown.SslPassword is not null)
                shown.SslPassword = Secret;
            return shown.ToString();
        }
        catch (ArgumentException)
        {
            return Secret;
        }
    }
}
