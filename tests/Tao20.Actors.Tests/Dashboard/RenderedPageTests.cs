using System.Net;
using System.Text.RegularExpressions;
using Tao20.Dashboard;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Domain.Units;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>Pages, and what changes of them.</summary>
[Trait("Category", "Fast")]
public sealed partial class RenderedPageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task With_what_has_changed_an_earlier_page_is_the_later_one()
    {
        var random = new Random(TestSeed.Of(output));
        for (var i = 0; i < 30; i++)
        {
            var miners = random.Next(1, 60);
            var earlier = await Rankings.PageAsync(Rankings.Random(miners, random));
            var later = await Rankings.PageAsync(Rankings.Random(miners, random));
            var changes = later.Parts.ChangesSince(earlier.Parts);
            Assert.NotNull(changes);
            Assert.NotEmpty(changes);
            Assert.Equal(WithoutVersion(later.Html), WithoutVersion(With(earlier.Html, changes)));
        }
    }

    [Fact]
    public async Task Nothing_has_changed_of_the_same_page_and_more_than_parts_where_there_is_another_row()
    {
        var random = new Random(7);
        var ranked = Rankings.Random(5, random);
        var page = await Rankings.PageAsync(ranked);
        var same = await Rankings.PageAsync(ranked);
        Assert.Equal(page.Parts.Version, same.Parts.Version);
        Assert.Empty(same.Parts.ChangesSince(page.Parts)!);
        Assert.Null((await Rankings.PageAsync(Rankings.Random(6, random))).Parts.ChangesSince(page.Parts));
        Assert.Contains($"data-version=\"{page.Parts.Version}\"", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("<!--/-->")]
    [InlineData("</span data-live=\"0.r\">")]
    [InlineData("not-known-yet")]
    public async Task Whatever_somebody_is_called_is_shown_as_text(string name)
    {
        var ranked = Rankings.Random(3, new Random(7));
        var page = await Rankings.PageAsync(ranked, Rankings.Frame(new Dictionary<Address, string> { [ranked[0].Miner.Miner] = name }));
        Assert.Contains(name, WebUtility.HtmlDecode(page.Html), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Html, StringComparison.Ordinal);

        // The parts are where they were: what it is called has made no other.
        var plain = await Rankings.PageAsync(ranked);
        var changes = page.Parts.ChangesSince(plain.Parts);
        Assert.Equal(["0.m"], changes!.Keys);
        Assert.Equal(WithoutVersion(page.Html), WithoutVersion(With(plain.Html, changes)));
    }

    [Fact]
    public async Task Lines_of_the_log_and_words_that_are_looked_for_are_shown_as_text()
    {
        const string Hostile = "</ol><script>alert(1)</script>\"'<!--/-->";
        var page = RenderedPage.Of(
            await Page.RenderAsync<LogPage>(
                new Dictionary<string, object?>
                {
                    [nameof(LogPage.Frame)] = Rankings.Frame(),
                    [nameof(LogPage.Lines)] = (IReadOnlyList<(string, string)>)[("error", Hostile)],
                    [nameof(LogPage.Levels)] = (IReadOnlyList<string>)["information"],
                    [nameof(LogPage.Level)] = "information",
                    [nameof(LogPage.Words)] = Hostile,
                }
            )
        );
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(WebUtility.HtmlDecode(page.Html), Regex.Escape("<script>alert(1)</script>")));
        Assert.Equal(1, Regex.Count(page.Html, "</ol>"));
    }

    private static string With(string html, IReadOnlyDictionary<string, string> changes) =>
        Part()
            .Replace(html, part => changes.TryGetValue(part.Groups[2].Value, out var now) ? $"{part.Groups[1]}{now}<!--/-->" : part.Value);

    private static string WithoutVersion(string html) => Version().Replace(html, "");

    [GeneratedRegex("(<[a-z]+ data-live=\"([^\"]*)\"[^>]*>)(.*?)<!--/-->", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("data-version=\"[0-9a-f]*\"")]
    private static partial Regex Version();
}
