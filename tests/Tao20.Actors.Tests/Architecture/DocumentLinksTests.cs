using System.Text.RegularExpressions;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Architecture;

/// <summary>What documents point at is there.</summary>
[Trait("Category", "Fast")]
public sealed partial class DocumentLinksTests
{
    [Fact]
    public void Every_link_of_a_document_leads_to_a_file_or_folder()
    {
        var root = RepositoryFiles.PathOf(".");
        var documents = Directory
            .EnumerateFiles(root, "*.md")
            .Concat(Directory.EnumerateFiles(RepositoryFiles.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .ToList();
        var dead =
            from document in documents
            from Match link in Link().Matches(File.ReadAllText(document))
            let target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups["target"].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{Path.GetRelativePath(root, document)}: {link.Groups["target"].Value}";
        Assert.True(documents.Count > 40);
        Assert.Empty(dead);
    }

    /// <summary>A link that is neither to another site nor within the document; what is in backquotes is none.</summary>
    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)(?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
