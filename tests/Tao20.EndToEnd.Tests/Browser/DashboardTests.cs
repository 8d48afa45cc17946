using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Tao20.Tests;
using Xunit.Abstractions;
using static Tao20.EndToEnd.Tests.Browser.ShownAmounts;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>The dashboard in a real browser, on a devnet with validators, one of which lies, and arbitrageurs.</summary>
public sealed class DashboardTests(DashboardDevnet devnet, ITestOutputHelper output) : IClassFixture<DashboardDevnet>
{
    private const int PhoneWidth = 390;
    private const int RaoDecimals = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [FactWithProgram(Chromium.Program)]
    public async Task Every_page_is_shown_without_an_error_and_asks_nobody_else()
    {
        await using var window = await devnet.Browser.OpenAsync();
        foreach (var (page, title) in devnet.Pages)
        {
            await GoAsync(window, page, title);
            await window.Page.WaitForFunctionAsync(
                "() => document.getElementById('connection').textContent !== '' || !document.body.dataset.follow"
            );
        }

        Assert.Empty(window.Amiss);
        Assert.All(
            window.Requests,
            request =>
                Assert.True(
                    request.StartsWith($"{devnet.Validator}", StringComparison.Ordinal)
                        || request.StartsWith($"{devnet.Miner}", StringComparison.Ordinal),
                    request
                )
        );
    }

    [FactWithProgram(Chromium.Program)]
    public async Task Every_page_is_as_wide_as_a_phone_and_can_be_used_by_everybody()
    {
        var problems = new List<string>();
        foreach (var isDark in (bool[])[false, true])
        {
            await using var window = await devnet.Browser.OpenAsync(width: PhoneWidth, isDark);
            await Accessibility.PrepareAsync(window);
            foreach (var (page, title) in devnet.Pages)
            {
                await GoAsync(window, page, title);
                var width = await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
                if (width > PhoneWidth)
                    problems.Add($"{page} is {width} px wide");
                var found = await Accessibility.SeriousFindingsAsync(window, onlyContrast: isDark);
                problems.AddRange(found.Select(one => $"{page}, dark {isDark}: {one}"));
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems.Distinct()));
    }

    [FactWithProgram(Chromium.Program)]
    public async Task Every_page_is_there_without_scripts()
    {
        await using var window = await devnet.Browser.OpenAsync(runsScripts: false);
        foreach (var (page, title) in devnet.Pages)
        {
            await GoAsync(window, page, title);
            var text = await window.Page.InnerTextAsync("main");
            Assert.True(text.Length > title.Length + 20, $"{page}: {text}");
        }

        // Nothing that needs a script is shown, and times are told in UTC.
        Assert.Equal(0, await window.Page.Locator(".copy:visible").CountAsync());
        await GoAsync(window, devnet.At("epochs/0"), "Epoch 0");
        Assert.EndsWith(" UTC", await window.Page.Locator("time").First.InnerTextAsync(), StringComparison.Ordinal);
    }

    [FactWithProgram(Chromium.Program)]
    public async Task Pages_show_what_the_status_says()
    {
        await using var window = await devnet.Browser.OpenAsync();
        var page = window.Page;
        var status = await devnet.StatusAsync();

        // A settled epoch, and the round in which validators agreed on it.
        var settled = status["settled"]!["recent"]!.AsArray().First(one => one!["epoch"]!.GetValue<ulong>() == 0)!;
        await GoAsync(window, devnet.At("miners?epoch=0"), "Miners");
        var paid = await page.Locator("tbody tr:has(td:nth-child(7))").AllAsync();
        var ranked = settled["ranked"]!.AsArray();
        Assert.Equal(ranked.Count, paid.Count);
        foreach (var (row, one) in paid.Zip(ranked))
        {
            Assert.Equal(one!["rank"]!.ToString(), await row.Locator("td").Nth(0).InnerTextAsync());
            Assert.Equal(one["miner"]!.ToString(), await row.Locator("td a").GetAttributeAsync("title"));
            Assert.Equal(one["score"]!.ToString(), await UnitsAsync(row.Locator("td:nth-child(4) span")));
            Assert.Equal(one["weightedVolume"]!.ToString(), await UnitsAsync(row.Locator("td:nth-child(5) span")));
            Assert.Equal(one["payoutRao"]!.ToString(), await UnitsAsync(row.Locator("td:nth-child(7) span"), RaoDecimals));
        }

        await GoAsync(window, devnet.At("epochs/0"), "Epoch 0");
        var html = await page.ContentAsync();
        Assert.Contains($"{settled["rankingRoot"]}", html, StringComparison.Ordinal);
        Assert.Contains($"{settled["hash"]}", html, StringComparison.Ordinal);
        Assert.Equal($"{settled["fairness"]!["gini"]}", await UnitsAsync(page.Locator("dt:text-is('Gini coefficient') + dd span")));

        // The validator that lies is slashed, here as there.
        await GoAsync(window, devnet.At("rounds/0"), "Round of epoch 0");
        var round = status["consensus"]!["rounds"]!.AsArray().First(one => one!["epoch"]!.GetValue<ulong>() == 0)!;
        var liar = $"{Assert.Single(round["violations"]!.AsArray())!["validator"]}";
        await Assertions.Expect(page.Locator($"tr:has([title=\"{liar}\"]) td.bad")).ToHaveTextAsync("✗ slashed: Severe");
        Assert.Equal($"{round["referenceNav"]}", await UnitsAsync(page.Locator(".tile:has-text('NAV settled') span")));
        Assert.Equal(3, await page.Locator("td:has-text('✓ stated what was settled')").CountAsync());
        await Eventually.BecomesAsync<string>(
            async _ => $"{(await ValidatorAsync(liar))["stakeWei"]} {await StakeShownAsync(window, liar)}",
            stakes => stakes.Split(' ') is [var said, var shown] && said == shown,
            Patience
        );

        // Why the first miner's score is what it is: what its trades move adds up to what counts.
        await GoAsync(window, devnet.At($"miners/{ranked[0]!["miner"]}/epochs/0"), "Why this score?");
        Assert.Contains($"{ranked[0]!["payoutRao"]} rao", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        var counted = await page.Locator("tr:has(td:text-is('Eligible volume')) td:nth-child(2)").InnerTextAsync();
        var (mints, redemptions) = (BigInteger.Zero, BigInteger.Zero);
        while (true)
        {
            mints += await SumAsync(page.Locator("tbody td:nth-child(6) span"));
            redemptions += await SumAsync(page.Locator("tbody td:nth-child(7) span"));
            if (await page.Locator("a[rel=next]").CountAsync() == 0)
                break;
            await page.ClickAsync("a[rel=next]");
        }

        Assert.Equal(counted, $"mints {mints} + redemptions {redemptions}");
    }

    [FactWithProgram(Chromium.Program)]
    public async Task The_open_epoch_is_ranked_as_the_status_ranks_it()
    {
        await using var window = await devnet.Browser.OpenAsync(runsScripts: false);

        // The miners trade on: some moment is the same for both.
        await Eventually.BecomesAsync<string>(
            async _ =>
            {
                var before = RankingOf(await devnet.StatusAsync());
                await window.Page.GotoAsync($"{devnet.At("miners")}");
                var rows = await window.Page.Locator("tbody tr:has(td:nth-child(7))").AllAsync();
                var shown = new List<string>();
                foreach (var row in rows)
                    shown.Add(
                        $"{await row.Locator("td a").GetAttributeAsync("title")} "
                            + $"{await UnitsAsync(row.Locator("td:nth-child(4) span"))}"
                    );
                return string.Join(',', shown) is { Length: > 0 } text && (text == before || text == RankingOf(await devnet.StatusAsync()))
                    ? text
                    : null;
            },
            _ => true,
            Patience
        );

        static string RankingOf(JsonObject status) =>
            string.Join(',', status["ranking"]!.AsArray().Select(one => $"{one!["miner"]} {one["score"]}"));
    }

    [FactWithProgram(Chromium.Program)]
    public async Task What_becomes_final_is_shown_at_once_on_an_open_page()
    {
        await using var window = await devnet.Browser.OpenAsync();
        await GoAsync(window, devnet.Validator, "Overview");
        var tile = window.Page.Locator(".tile:has-text('Final block') dd");
        var waits = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var shown = await NumberAsync(tile);
            var final = await Eventually.BecomesAsync<JsonObject>(
                async _ => await devnet.StatusAsync(),
                status => status["chain"]!["finalized"]!.GetValue<long>() > shown,
                Patience
            );
            var clock = Stopwatch.StartNew();
            var wanted = final["chain"]!["finalized"]!.GetValue<long>();
            await Eventually.BecomesAsync<object>(async _ => await NumberAsync(tile), seen => (long)seen >= wanted, Patience);
            waits.Add(clock.Elapsed.TotalSeconds);
        }

        output.WriteLine(
            $"shown {string.Join(", ", waits.Select(one => one.ToString("0.00", CultureInfo.InvariantCulture)))} s after it was final"
        );
        Assert.Equal(1, window.Requests.Count(request => request == $"{devnet.Validator}"));
        Assert.Empty(window.Amiss);
    }

    [FactWithProgram(Chromium.Program)]
    public async Task Times_are_in_the_readers_zone_and_addresses_can_be_copied()
    {
        await using var window = await devnet.Browser.OpenAsync();
        await GoAsync(window, devnet.At("epochs/0"), "Epoch 0");
        var time = window.Page.Locator("time").First;
        var utc = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture);
        Assert.Contains(
            utc.ToOffset(TimeSpan.FromHours(9)).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            await time.InnerTextAsync(),
            StringComparison.Ordinal
        );
        Assert.EndsWith("UTC", await time.GetAttributeAsync("title"), StringComparison.Ordinal);
        await window.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var copy = window.Page.Locator("main .copy").First;
        await copy.ClickAsync();
        Assert.Equal(
            await copy.GetAttributeAsync("aria-label"),
            "Copy " + await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()")
        );
    }

    [FactWithProgram(Chromium.Program)]
    public async Task All_of_it_can_be_reached_by_the_keyboard_and_shared_as_a_link()
    {
        await using var window = await devnet.Browser.OpenAsync();
        await GoAsync(window, devnet.Validator, "Overview");
        await window.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("To the content", await window.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await window.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await window.Page.EvaluateAsync<string>("document.activeElement.id"));
        await window.Page.ClickAsync("nav >> text=Epochs");
        await window.Page.ClickAsync("tbody tr:last-child a");
        await Assertions.Expect(window.Page.Locator("h1")).ToHaveTextAsync("Epoch 0");
        Assert.Equal($"{devnet.At("epochs/0")}", window.Page.Url);
        await window.Page.ClickAsync("text=Its ranking");
        await window.Page.ClickAsync("th a:has-text('Trades')");
        Assert.Equal("ascending", await window.Page.Locator("th:has-text('Trades')").GetAttributeAsync("aria-sort"));
        await window.Page.ClickAsync("th a:has-text('Trades')");
        Assert.Equal("descending", await window.Page.Locator("th:has-text('Trades')").GetAttributeAsync("aria-sort"));
        Assert.Empty(window.Amiss);
    }

    [FactWithProgram(Chromium.Program)]
    public async Task A_miner_shows_its_prices_its_trades_and_its_books()
    {
        await using var window = await devnet.Browser.OpenAsync();
        using var http = new HttpClient();
        var market = new Uri(devnet.Miner, "/view/market");
        await Eventually.BecomesAsync<string>(
            async _ =>
            {
                var before = await TotalsAsync();
                await GoAsync(window, market, "Market");
                var shown = $"{await TileAsync("Profit")} {await TileAsync("Gas")}";
                return (await window.Page.Locator("main tbody tr").CountAsync()) > 0 && (shown == before || shown == await TotalsAsync())
                    ? shown
                    : null;
            },
            _ => true,
            Patience
        );
        Assert.True(await window.Page.Locator("polyline").CountAsync() >= 3);
        Assert.True(await window.Page.Locator("circle").CountAsync() >= 1, "trades are marked on the curve");

        async Task<string?> TileAsync(string name) => await UnitsAsync(window.Page.Locator($".tile:has(dt:text-is('{name}')) dd span"));

        async Task<string> TotalsAsync()
        {
            var status = JsonNode.Parse(await http.GetStringAsync(new Uri(devnet.Miner, "/status")))!;
            var totals = status["market"]!["trader"]!["totals"]!;
            return $"{totals["profitWei"]} {totals["gasWei"]}";
        }
    }

    [FactWithProgram(Chromium.Program)]
    public async Task What_somebody_else_has_written_is_shown_as_text()
    {
        await using var window = await devnet.Browser.OpenAsync();
        const string Markup = "<img src=x onerror=alert(1)>";
        await window.Page.GotoAsync($"{devnet.At($"log?words={Uri.EscapeDataString(Markup)}")}");
        Assert.Equal(Markup, await window.Page.InputValueAsync("input[name=words]"));
        await window.Page.GotoAsync($"{devnet.At($"miners?epoch={Uri.EscapeDataString(Markup)}")}");
        Assert.Contains(Markup, await window.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await window.Page.GotoAsync($"{devnet.At($"nothing/{Uri.EscapeDataString(Markup)}")}");
        Assert.Equal(0, await window.Page.Locator("img").CountAsync());
        Assert.DoesNotContain(window.Amiss, one => !one.Contains("status of 40", StringComparison.Ordinal));
    }

    /// <summary>The pictures of the documentation: docs/make-screenshots has them put there.</summary>
    [FactWithProgram(Chromium.Program)]
    public async Task Pictures_can_be_made_of_it()
    {
        var wanted = Environment.GetEnvironmentVariable("TAO20_SCREENSHOTS");
        var directory = wanted ?? System.IO.Directory.CreateTempSubdirectory("tao20-pictures-").FullName;
        if (wanted is not null)
            await Eventually.BecomesAsync<JsonObject>(
                async _ => await devnet.StatusAsync(),
                status => status["settled"]!["count"]!.GetValue<int>() >= 5,
                DashboardDevnet.Patience
            );
        (string Name, Uri Page, int Width, bool IsDark)[] pictures =
        [
            ("overview", devnet.Validator, 1280, false),
            ("overview-phone", devnet.Validator, PhoneWidth, true),
            ("miners", devnet.At("miners"), 1280, true),
            ("validators", devnet.At("validators"), 1280, false),
            ("epoch", devnet.At("epochs/0"), 1280, false),
            ("market", new Uri(devnet.Miner, "/view/market"), 1280, false),
        ];
        foreach (var (name, page, width, isDark) in pictures)
        {
            await using var window = await devnet.Browser.OpenAsync(width, isDark);
            await window.Page.GotoAsync($"{page}");
            await Assertions.Expect(window.Page.Locator("#connection")).ToContainTextAsync("live");
            var file = System.IO.Path.Combine(directory, $"{name}.png");
            await window.Page.ScreenshotAsync(
                new PageScreenshotOptions
                {
                    Path = file,
                    Clip = new Clip { Width = width, Height = 900 },
                }
            );
            Assert.InRange(new FileInfo(file).Length, 10_000, 1_000_000);
        }

        if (wanted is null)
            System.IO.Directory.Delete(directory, recursive: true);
    }

    private static async Task GoAsync(Window window, Uri page, string title)
    {
        var answer = await window.Page.GotoAsync($"{page}", new PageGotoOptions { Timeout = (float)Patience.TotalMilliseconds });
        Assert.True(answer!.Ok, $"{page}: {answer.Status}, {await window.Page.InnerTextAsync("body")}");
        Assert.Equal(title, await window.Page.InnerTextAsync("h1"));
        Assert.InRange((await answer.BodyAsync()).Length, 1, 100_000);
    }

    private async Task<JsonNode> ValidatorAsync(string address) =>
        (await devnet.StatusAsync())["consensus"]!["validators"]!.AsArray().First(one => $"{one!["address"]}" == address)!;

    private async Task<string?> StakeShownAsync(Window window, string validator)
    {
        await GoAsync(window, devnet.At("validators"), "Validators and rounds");
        return await UnitsAsync(window.Page.Locator($"tr:has([title=\"{validator}\"]) td:nth-child(3) span").First);
    }

    private static async Task<long> NumberAsync(ILocator tile) =>
        long.Parse(await tile.InnerTextAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
