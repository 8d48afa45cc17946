using System.Text.RegularExpressions;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Architecture;

/// <summary>docs/threat-model.md claims nothing that no test shows.</summary>
[Trait("Category", "Fast")]
public sealed partial class ThreatModelTests
{
    private static readonly string Text = File.ReadAllText(RepositoryFiles.PathOf("docs", "threat-model.md"));

    [Fact]
    public void Each_test_it_names_is_there()
    {
        var tests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.PathOf("tests"), "*.cs", SearchOption.AllDirectories))
        {
            var code = File.ReadAllText(file);
            if (Class().Match(code) is { Success: true } found)
                tests.UnionWith(Method().Matches(code).Select(method => $"{found.Groups[1].Value}.{method.Groups[1].Value}"));
        }

        var named = Named().Matches(Text).Select(match => match.Groups[1].Value).ToList();
        Assert.True(named.Count > 40);
        Assert.Empty(named.Except(tests));
    }

    [Fact]
    public void Each_row_says_what_shows_it()
    {
        // In the chapter of attackers every table ends with the test.
        var chapter = Text[Text.IndexOf("## Who can do what", StringComparison.Ordinal)..];
        var rows = chapter
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| attempt", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.True(Named().IsMatch(row) || row.Contains("none: it is so", StringComparison.Ordinal), row));
    }

    [GeneratedRegex(@"class (\w+Tests)\b")]
    private static partial Regex Class();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
