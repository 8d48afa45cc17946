using System.Net;
using Microsoft.AspNetCore.Http;
using Tao20.Node.Views;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>Who may look at the dashboard.</summary>
[Trait("Category", "Fast")]
public sealed class DashboardGateTests
{
    private const string Token = "a token of some length";

    [Theory]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("::1", null, true)]
    [InlineData("::ffff:127.0.0.1", null, true)]
    [InlineData("192.168.1.5", null, false)]
    [InlineData("::ffff:192.168.1.5", null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "forwarded", false)]
    [InlineData("127.0.0.1", "X-Real-IP", false)]
    public void Without_a_token_only_this_machine_is_let_in_and_not_through_a_proxy(string from, string? header, bool isLetIn)
    {
        var context = From(from);
        if (header is not null)
            context.Request.Headers[header] = "1.2.3.4";
        var gate = new DashboardGate(null, 8081);
        Assert.Equal(isLetIn, gate.LetsIn(context.Request));
        Assert.False(gate.HasToken);
        Assert.False(gate.IsToken(""));
    }

    [Fact]
    public void With_a_token_everybody_has_to_have_it_from_this_machine_too()
    {
        var gate = new DashboardGate(Token, 8081);
        Assert.True(gate.IsToken(Token));
        Assert.False(gate.IsToken(Token[..^1]));
        foreach (var from in (string[])["127.0.0.1", "192.168.1.5"])
        {
            var context = From(from);
            Assert.False(gate.LetsIn(context.Request));
            context.Request.Headers.Authorization = $"Bearer {Token}";
            Assert.True(gate.LetsIn(context.Request));
            context.Request.Headers.Authorization = $"Bearer {Token}x";
            Assert.False(gate.LetsIn(context.Request));
        }
    }

    [Fact]
    public void A_browser_that_is_signed_in_has_a_cookie_that_does_not_tell_the_token_and_ends_with_it()
    {
        var gate = new DashboardGate(Token, 8081);
        var signedIn = From("192.168.1.5");
        gate.SignIn(signedIn);
        var cookie = signedIn.Response.Headers.SetCookie.ToString();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Uri.EscapeDataString(Token), cookie, StringComparison.Ordinal);
        var context = From("192.168.1.5");
        context.Request.Headers.Cookie = cookie.Split(';')[0];
        Assert.True(gate.LetsIn(context.Request));
        Assert.False(new DashboardGate("another token of some length", 8081).LetsIn(context.Request));
        Assert.False(new DashboardGate(Token, 8080).LetsIn(context.Request));
    }

    private static DefaultHttpContext From(string address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }
}
