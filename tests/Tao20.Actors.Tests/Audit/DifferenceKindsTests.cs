using Tao20.Domain.Audit;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Audit;

/// <summary>docs/audit.md has every kind of difference, in the order of the code, and no other.</summary>
[Trait("Category", "Fast")]
public sealed class DifferenceKindsTests
{
    [Fact]
    public void The_documentation_has_every_kind_and_no_other()
    {
        var documented = File.ReadLines(RepositoryFiles.PathOf("docs/audit.md"))
            .SkipWhile(line => line != "### Kinds of differences")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);
        Assert.Equal(Enum.GetNames<DifferenceKind>(), documented);
    }
}
