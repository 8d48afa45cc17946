using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>A rule of docker/prometheus/alerts.yml.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">When it fires.</param>
/// <param name="For">For how many minutes it has to be so.</param>
/// <param name="Keeps">For how many minutes it goes on firing.</param>
/// <param name="Summary">What is wrong.</param>
/// <param name="Description">What to do.</param>
internal sealed partial record PrometheusRule(string Name, string Expression, int For, int Keeps, string Summary, string Description)
{
    /// <summary>All of them, in the order of the file.</summary>
    public static IReadOnlyList<PrometheusRule> Read(string text) =>
        [.. YamlText.Read(text)["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => Of(rule!))];

    /// <summary>A series by which it fires: its name with labels, what it is while all is well, and while it is not.</summary>
    public (string Series, string Well, string Ill) Trigger()
    {
        if (Shape().Match(Expression) is not { Success: true } match)
            throw new InvalidOperationException($"Nobody knows by what '{Expression}' fires: add its shape here.");
        var series = WithInstance(match.Groups["series"].Value);
        var bound = match.Groups["bound"].Value.Split('*').Aggregate(1L, (product, factor) => product * long.Parse(factor.Trim(), null));
        return match.Groups["is"].Value switch
        {
            ">" => (series, "0", $"{bound + 1}"),
            "<" => (series, $"{bound + 1}", $"{bound - 1}"),
            _ => (series, $"{bound + 1}", $"{bound}"),
        };
    }

    /// <summary>Whether it is about how much a counter has grown, in so many minutes; null where it is not.</summary>
    public int? Grows => Window().Match(Expression) is { Success: true } match ? Minutes(match.Groups[1].Value) : null;

    private static PrometheusRule Of(JsonNode rule) =>
        new(
            Text(rule, "alert")!,
            Text(rule, "expr")!,
            Minutes(Text(rule, "for") ?? "0m"),
            Minutes(Text(rule, "keep_firing_for") ?? "0m"),
            Text(rule["annotations"]!, "summary")!,
            Text(rule["annotations"]!, "description")!
        );

    private static string? Text(JsonNode node, string key) => node[key]?.GetValue<string>();

    private static int Minutes(string time) => int.Parse(time[..^1], null) * (time[^1] == 'h' ? 60 : 1);

    private static string WithInstance(string series) =>
        series.Contains('{', StringComparison.Ordinal)
            ? series.Replace("}", ",instance=\"n\"}", StringComparison.Ordinal)
            : $"{series}{{instance=\"n\"}}";

    [GeneratedRegex(
        @"^(?:(?:max|min) by \(instance\) \(|increase\()?(?<series>\w+(?:\{[^}]*\})?)(?:\[\w+\])?\)? (?<is>>|<|==) (?<bound>[\d* ]+)$"
    )]
    private static partial Regex Shape();

    [GeneratedRegex(@"^increase\([^\[]*\[(\w+)\]\)")]
    private static partial Regex Window();
}
