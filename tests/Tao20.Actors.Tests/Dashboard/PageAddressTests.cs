using Tao20.Node.Views;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>Which page is wanted.</summary>
[Trait("Category", "Fast")]
public sealed class PageAddressTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/view/miners")]
    [InlineData("/view/miners/0x12?from=3.4")]
    public void An_address_of_the_dashboard_is_read(string text) => Assert.Equal(text, PageAddress.Of(text)!.Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/view/miners")]
    [InlineData("/status")]
    [InlineData("/viewer")]
    [InlineData("/view")]
    public void Whatever_else_is_none(string? text) => Assert.Null(PageAddress.Of(text));

    [Fact]
    public void One_that_is_too_long_is_none() => Assert.Null(PageAddress.Of($"/view/{new string('a', 600)}"));

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=-1")]
    [InlineData("page=x")]
    [InlineData("page=99999999999999999999")]
    [InlineData("sort=payout")]
    public void What_is_out_of_its_range_is_told_with_its_name_and_the_range(string query)
    {
        var address = PageAddress.Of($"/view/miners?{query}")!;
        var e = Assert.Throws<PageException>(() => (address.Number("page", 1, 10), address.Choice("sort", ["rank", "score"])));
        Assert.Equal(400, e.Status);
        Assert.Contains(query.Split('=')[0], e.Message, StringComparison.Ordinal);
        Assert.Contains(query.Split('=')[1], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0x12")]
    [InlineData("zz")]
    [InlineData("")]
    public void What_is_no_account_is_told(string text) =>
        Assert.Equal(400, Assert.Throws<PageException>(() => PageAddress.AccountIn(text)).Status);
}
