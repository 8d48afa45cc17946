using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using Microsoft.Playwright;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>Who gets to see the dashboard of a node, and what is seen of one that starts and stops.</summary>
public sealed class DashboardAccessTests : InDirectory, IAsyncLifetime
{
    private const string Token = "correct horse battery staple";
    private const string Hostile = "<img src=x onerror=alert(1)>";
    private const float Patience = 60_000;
    private ChainFixture _chain = null!;

    private string Data => System.IO.Path.Combine(Directory, "data");

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(5, miners: 2);
        await _chain.TradeAsync(30);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [FactWithProgram(Chromium.Program)]
    public async Task With_a_token_a_browser_is_signed_in_once_and_without_it_nothing_is_shown()
    {
        var miner = _chain.Economy.Miners[0];
        await using var node = Start(0, ("TAO20_Dashboard__TokenFile", Written("token", Token)), ($"TAO20_Names__{miner}", Hostile));
        await node.UntilAsync(status => status["ranking"]!.AsArray().Count == 2, TimeSpan.FromSeconds(60));
        var root = new Uri(await node.StatusUriAsync(), "/");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        foreach (var page in (string[])["/", "/view/miners", "/view/log"])
        {
            using var refused = await http.GetAsync(new Uri(root, page));
            Assert.Equal($"/view/sign-in?to={Uri.EscapeDataString(page)}", $"{refused.Headers.Location}");
            Assert.Equal(0, refused.Content.Headers.ContentLength ?? 0);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(root, "/view/live?page=/&version=x"))).StatusCode);
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(root)).StatusCode);

        await using var browser = await Chromium.StartAsync();
        await using var window = await browser.OpenAsync();
        await window.Page.GotoAsync($"{new Uri(root, "/view/miners")}");
        await window.Page.FillAsync("input[name=token]", "not this one, and long enough");
        await window.Page.ClickAsync("button:has-text('Sign in')");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the token");
        Assert.Contains("a wrong token for the dashboard", node.Errors, StringComparison.Ordinal);
        await window.Page.FillAsync("input[name=token]", Token);
        await window.Page.ClickAsync("button:has-text('Sign in')");
        await Assertions.Expect(window.Page.Locator("h1")).ToHaveTextAsync("Miners");
        await Assertions.Expect(window.Page.Locator("#connection")).ToContainTextAsync("live");

        // A name that somebody has given is text.
        await Assertions.Expect(window.Page.Locator($"a[title='{miner}']")).ToHaveTextAsync(Hostile);
        Assert.Equal(0, await window.Page.Locator("img").CountAsync());

        // Where one goes on afterwards is a page of this node, whatever a link says.
        await window.Page.GotoAsync($"{new Uri(root, "/view/sign-in?to=https://evil.example/")}");
        Assert.Equal("/", await window.Page.Locator("input[name=to]").GetAttributeAsync("value"));
        Assert.DoesNotContain(window.Amiss, one => !one.Contains("status of 401", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_called_by_its_own_names_and_beyond_this_machine_only_with_a_token()
    {
        await using (var node = Start(0, ("TAO20_Http__Host", "0.0.0.0")))
        {
            var root = new Uri(await node.StatusUriAsync(), "/");
            Assert.Equal(HttpStatusCode.OK, await CodeAsync(root));
            if (OwnAddress() is { } own)
            {
                var (code, text) = await GetAsync(new UriBuilder(root) { Host = own.ToString() }.Uri);
                Assert.Equal(HttpStatusCode.Forbidden, code);
                Assert.Contains("Dashboard:TokenFile", text, StringComparison.Ordinal);
            }
        }

        await using (var node = Start(0))
        {
            var root = new Uri(await node.StatusUriAsync(), "/");
            foreach (var page in (string[])["/", "/view/miners", "/status", "/metrics"])
            {
                Assert.Equal(HttpStatusCode.BadRequest, await CodeAsync(new Uri(root, page), "rebound.example"));
                Assert.Equal(HttpStatusCode.OK, await CodeAsync(new Uri(root, page), $"localhost:{root.Port}"));
            }
        }

        await using (var node = Start(0, ("TAO20_AllowedHosts", "node.example;127.0.0.1")))
        {
            var root = new Uri(await node.StatusUriAsync(), "/");
            Assert.Equal(HttpStatusCode.OK, await CodeAsync(root, "node.example"));
            Assert.Equal(HttpStatusCode.BadRequest, await CodeAsync(root, "localhost"));
        }

        await using (var node = Start(0, ("TAO20_Dashboard__Enabled", "false")))
        {
            Assert.Equal(HttpStatusCode.NotFound, await CodeAsync(new Uri(await node.StatusUriAsync(), "/")));
        }
    }

    [Fact]
    public async Task More_windows_than_there_is_room_for_are_told_so_until_one_is_closed()
    {
        await using var node = Start(0);
        var live = new Uri(await node.StatusUriAsync(), "/view/live?page=/view/chain&version=none");
        using var http = new HttpClient();
        var windows = new Stack<Stream>();
        while (windows.Count < 64)
        {
            windows.Push(await http.GetStreamAsync(live));
            Assert.Equal("still", await FirstAsync(windows.Peek()));
        }

        await using (var more = await http.GetStreamAsync(live))
            Assert.Equal("full", await FirstAsync(more));
        await windows.Pop().DisposeAsync();
        await Eventually.BecomesAsync<string>(
            async cancel =>
            {
                windows.Push(await http.GetStreamAsync(live, cancel));
                return await FirstAsync(windows.Peek());
            },
            first => first == "still",
            TimeSpan.FromSeconds(30)
        );
        foreach (var window in windows)
            await window.DisposeAsync();

        static async Task<string> FirstAsync(Stream stream)
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync())
                return item.EventType;
            return "nothing";
        }
    }

    [Theory]
    [InlineData("TAO20_Dashboard__TokenFile", "/nowhere/token", "Dashboard:TokenFile = /nowhere/token cannot be read")]
    [InlineData("TAO20_Names__0x12", "me", "Names:0x12 names no address")]
    [InlineData("TAO20_Names__0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "a\nb", "is no name")]
    [InlineData("TAO20_Dashboard__Token", "secret", "is not a known option")]
    public async Task What_is_wrong_with_its_settings_is_told(string key, string value, string told)
    {
        var (code, _, process) = await Tao20Process.RunAsync(
            _chain.ValidatorArguments(Data),
            environment: new Dictionary<string, string> { [key] = value }
        );
        Assert.Equal(2, code);
        Assert.Contains(told, process.Errors, StringComparison.Ordinal);
    }

    [FactWithProgram(Chromium.Program)]
    public async Task A_page_of_a_node_that_is_stopped_says_so_and_comes_back_with_it()
    {
        int port;
        await using var browser = await Chromium.StartAsync();
        await using var window = await browser.OpenAsync();
        var connection = window.Page.Locator("#connection");
        await using (var node = Start(0))
        {
            var root = new Uri(await node.StatusUriAsync(), "/");
            port = root.Port;
            await window.Page.GotoAsync($"{root}");
            await Assertions.Expect(connection).ToContainTextAsync("live", new() { Timeout = Patience });
            node.Interrupt();
            await Assertions.Expect(connection).ToContainTextAsync("the node was stopped at", new() { Timeout = Patience });
            Assert.Equal(0, await node.ExitAsync(TimeSpan.FromSeconds(30)));
        }

        await using (var again = Start(port))
        {
            await again.StatusUriAsync();
            await Assertions.Expect(connection).ToContainTextAsync("live", new() { Timeout = Patience });
            await Assertions.Expect(window.Page.Locator("body.stopped")).ToHaveCountAsync(0);
            await again.KillAsync();
            await Assertions.Expect(connection).ToContainTextAsync("no answer from the node since", new() { Timeout = Patience });
        }
    }

    [Fact]
    public async Task A_node_that_starts_says_so()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = Anvil.FreePort();
        await using var node = Tao20Process.Start(At(port, _chain.ValidatorArgumentsBehind($"http://{silent.LocalEndpoint}/", Data)));
        var root = new Uri($"http://127.0.0.1:{port}/");
        using var http = new HttpClient();
        var answer = await Eventually.BecomesAsync<HttpResponseMessage>(
            async cancel =>
            {
                try
                {
                    return await http.GetAsync(root, cancel);
                }
                catch (HttpRequestException)
                {
                    return null;
                }
            },
            _ => true,
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("2", Assert.Single(answer.Headers.GetValues("Refresh")));
        Assert.Contains("The node is starting", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Tao20Process Start(int port, params (string Key, string Value)[] settings) =>
        Tao20Process.Start(At(port, _chain.ValidatorArguments(Data)), environment: settings.ToDictionary(one => one.Key, one => one.Value));

    /// <summary>The same with another port: it is what is given last.</summary>
    private static IEnumerable<string> At(int port, IEnumerable<string> arguments) =>
        arguments.SkipLast(1).Append(port.ToString(CultureInfo.InvariantCulture));

    private static async Task<HttpStatusCode> CodeAsync(Uri page, string? host = null) => (await GetAsync(page, host)).Code;

    private static async Task<(HttpStatusCode Code, string Text)> GetAsync(Uri page, string? host = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>An address of this machine by which others reach it; null without a network.</summary>
    private static IPAddress? OwnAddress() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address)
            .FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one));
}
