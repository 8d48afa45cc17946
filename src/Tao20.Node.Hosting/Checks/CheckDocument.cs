using System.Globalization;
using System.Text.Json;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Checks;

/// <summary>The report of a check of the chain as JSON: of <c>tao20 chain check --json</c>, and as the last one kept.</summary>
internal sealed record CheckDocument(
    string Node,
    string? Runtime,
    uint? Spec,
    string Profile,
    ulong Block,
    string BlockHash,
    DateTimeOffset At,
    string Worst,
    IReadOnlyList<string> Off,
    IReadOnlyList<CheckRowDocument> Rows,
    IReadOnlyDictionary<string, string> Values
)
{
    public static CheckDocument Of(CheckReport report) =>
        new(
            report.Node,
            report.Version?.Name,
            report.Version?.Spec,
            report.Profile == RuntimeProfile.Unknown ? "unknown" : $"{(uint)report.Profile}",
            report.Block,
            report.BlockHash.ToString(),
            DateTimeOffset.FromUnixTimeSeconds((long)report.At),
            CheckText.Word(report.Worst),
            [.. report.Off.Select(CheckText.Word)],
            [.. report.Results.Select(CheckRowDocument.Of)],
            report.Values
        );

    /// <summary>Reads one that was kept.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CheckReport Read(string json)
    {
        try
        {
            var document = JsonSerializer.Deserialize<CheckDocument>(json, NodeEndpoints.Json) ?? throw new FormatException("it is empty");
            return new CheckReport(
                document.Node,
                document.Runtime is { } name && document.Spec is { } spec ? new RuntimeVersion(name, spec) : null,
                document.Block,
                Hash256.Parse(document.BlockHash),
                (ulong)document.At.ToUnixTimeSeconds(),
                [.. document.Rows.Select(row => row.Read())]
            )
            {
                Values = document.Values,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"it is no report of a check of the chain: {e.Message}", e);
        }
    }
}

/// <summary>A row of it.</summary>
internal sealed record CheckRowDocument(
    int Row,
    string Assumption,
    string Outcome,
    string Expected,
    string Found,
    IReadOnlyList<string> Off
)
{
    public static CheckRowDocument Of(CheckResult result) =>
        new(
            result.Row,
            result.Assumption,
            CheckText.Word(result.Outcome),
            result.Expected,
            result.Found,
            [.. result.Off.Select(CheckText.Word)]
        );

    public CheckResult Read() =>
        new(
            Row,
            Assumption,
            Enum.Parse<CheckOutcome>(Outcome.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true),
            Expected,
            Found,
            [.. Off.Select(word => Enum.Parse<ChainAction>(word, ignoreCase: true))]
        );
}

/// <summary>The words for outcomes and actions.</summary>
internal static class CheckText
{
    public static string Word(CheckOutcome outcome) =>
        outcome == CheckOutcome.NotAsked ? "not asked" : outcome.ToString().ToLowerInvariant();

    public static string Word(ChainAction action) => action.ToString().ToLowerInvariant();

    /// <summary>The report for people: the node, what has changed since the last one, and each row that does not hold.</summary>
    public static IEnumerable<string> Lines(CheckReport report, CheckReport? before)
    {
        var runtime = report.Version is { } version
            ? $"{version}, profile {(report.Profile == RuntimeProfile.Unknown ? "unknown" : (uint)report.Profile)}"
            : "does not tell its runtime";
        yield return $"{report.Node}: {runtime}, block {report.Block} ({report.BlockHash})";
        if (before is not null)
        {
            var changed = report.DifferencesFrom(before);
            yield return changed.Count == 0
                ? $"Nothing has changed since {DateTimeOffset.FromUnixTimeSeconds((long)before.At):u}, spec {before.Version?.Spec}."
                : $"Changed since {DateTimeOffset.FromUnixTimeSeconds((long)before.At):u}, spec {before.Version?.Spec}:";
            foreach (var row in changed)
                yield return Line(row);
        }

        var notAsked = report.Results.Count(row => row.Outcome == CheckOutcome.NotAsked);
        var wrong = report.Results.Where(result => !result.Holds).ToList();
        yield return wrong.Count == 0
            ? $"All {report.Results.Count - notAsked} assumptions hold; {notAsked} are not about this node."
            : $"{wrong.Count} of {report.Results.Count} assumptions do not hold:";
        foreach (var row in wrong)
            yield return Line(row);
        if (report.Off.Count > 0)
            yield return $"Off: {string.Join(", ", report.Off.Select(Word))}.";
    }

    private static string Line(CheckResult row) =>
        $"  {row.Row.ToString(CultureInfo.InvariantCulture).PadLeft(2)} {Word(row.Outcome).PadRight(8)} {row.Assumption}: {row.Found}"
        + (row.Holds ? "" : $" (expected: {row.Expected})")
        + (row.Off.Count == 0 ? "" : $" [off: {string.Join(", ", row.Off.Select(Word))}]");
}
