using Tao20.Actors.Faults;
using Tao20.Node;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Configuration;

/// <summary>docs/operations.md has the tables of the code: how the process ends, and what can be at fault.</summary>
[Trait("Category", "Fast")]
public sealed class OperationsTests
{
    private static readonly string[] Lines = File.ReadAllLines(RepositoryFiles.PathOf("docs", "operations.md"));

    [Fact]
    public void Every_exit_code_is_listed_as_it_is_and_its_number_is_for_ever()
    {
        var listed = Rows("## Exit codes", 3).Select(row => new ExitCode(int.Parse(row[0], null), row[1], row[2]));
        Assert.Equal(ExitCodes.All, listed);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 21, 22, 130], ExitCodes.All.Select(code => code.Number));
    }

    [Fact]
    public void Every_fault_is_listed_with_what_to_do()
    {
        var listed = Rows("## Faults", 4).Select(row => (row[0].Trim('`'), row[1], row[2], row[3] == "yes"));
        Assert.Equal(FaultType.All.Select(type => (type.Kind.ToString(), type.Meaning, type.Remedy, type.LosesReadiness)), listed);
        Assert.Equal(Enum.GetValues<FaultKind>(), FaultType.All.Select(type => type.Kind));
        Assert.All(FaultType.All, type => Assert.Same(type, FaultType.Of(type.Kind)));
    }

    private static IEnumerable<string[]> Rows(string title, int cells) =>
        Lines
            .SkipWhile(line => line != title)
            .SkipWhile(line => !line.StartsWith("|--", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(row => (string[])[.. row, .. Enumerable.Repeat("", cells - row.Length)]);
}
