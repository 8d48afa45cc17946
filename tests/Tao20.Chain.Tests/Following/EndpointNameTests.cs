using Tao20.Chain.JsonRpc;
using Tao20.Domain.Validation;

namespace Tao20.Chain.Tests.Following;

/// <summary>Providers put keys into URLs: nothing of them is shown.</summary>
[Trait("Category", "Fast")]
public sealed class EndpointNameTests
{
    private const string Key = "0123456789abcdefSECRET";

    [Theory]
    [InlineData($"https://rpc.example/v3/{Key}", "#2 rpc.example")]
    [InlineData($"https://rpc.example/?apikey={Key}&network=main", "#2 rpc.example")]
    [InlineData($"https://user:{Key}@rpc.example:8443/", "#2 rpc.example:8443")]
    [InlineData($"http://{Key}@[::1]:8545", "#2 [::1]:8545")]
    [InlineData("http://127.0.0.1:8545", "#2 127.0.0.1:8545")]
    public void An_endpoint_is_known_by_its_place_and_its_host(string url, string expected)
    {
        var name = new EndpointName(2, new Uri(url));
        Assert.Equal(expected, name.ToString());
        Assert.DoesNotContain(Key, name.Conceal($"cannot POST {url}"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("block 12 of mainnet", name.Conceal("block 12 of mainnet"));
    }

    [Theory]
    [InlineData($"https://rpc.example/v3/{Key}", "https://rpc.example/***")]
    [InlineData($"ftp://user:{Key}@rpc.example, rpc.example?key={Key}", "ftp://rpc.example, rpc.example/***")]
    [InlineData("127.0.0.1:8545", "127.0.0.1:8545")]
    [InlineData("", "")]
    public void What_is_no_usable_URL_is_shown_by_its_host(string given, string shown)
    {
        Assert.Equal(shown, SettingText.Hosts(given));
        var errors = new List<string>();
        Setting.Read(new ChainOptions { Endpoints = [], Contract = default }, s => s.Key == "Chain:Endpoints" ? given : null, errors);
        Assert.DoesNotContain(Key, string.Join('\n', errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_that_is_not_usable_is_named_without_its_key()
    {
        var options = new ChainOptions { Endpoints = [new Uri($"ws://user:{Key}@rpc.example/{Key}")], Contract = default };
        var error = Assert.Single(options.Validate());
        Assert.Contains("Chain:Endpoints = ws://rpc.example/***", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }
}
