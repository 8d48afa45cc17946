using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 --version</c>, and where the version comes from.</summary>
public sealed partial class VersionTests
{
    [Fact]
    public async Task It_says_version_commit_rules_format_and_the_runtimes_it_knows()
    {
        var (code, output, process) = await Tao20Process.RunAsync(["--version"]);
        Assert.True(code == 0, process.Errors);
        Assert.Matches(
            @"^tao20 \d+\.\d+\.\d+\ncommit   ([0-9a-f]{40}|not known)\nrules    2\njournal  format 1\nchain    Subtensor 425, 473\n$",
            output.ReplaceLineEndings("\n")
        );
        Assert.StartsWith($"tao20 {Built()}\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_that_of_the_changelogs_first_release()
    {
        var changelog = File.ReadAllText(RepositoryFiles.PathOf("CHANGELOG.md"));
        Assert.Equal(Release().Match(changelog).Groups[1].Value, Built());
    }

    private static string Built() => XDocument.Load(RepositoryFiles.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    [GeneratedRegex(@"^## \[(\d+\.\d+\.\d+)\]", RegexOptions.Multiline)]
    private static partial Regex Release();
}
