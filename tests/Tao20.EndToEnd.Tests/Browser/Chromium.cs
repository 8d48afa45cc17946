using Microsoft.Playwright;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>A browser as people use it, without its window.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    /// <summary>Where it is; CI installs it.</summary>
    public const string Program = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] }
        );
        return new Chromium(playwright, browser);
    }

    /// <summary>A window of it.</summary>
    /// <param name="width">How wide.</param>
    /// <param name="isDark">Whether the system is set to dark.</param>
    /// <param name="runsScripts">Whether scripts are run.</param>
    public async Task<Window> OpenAsync(int width = 1280, bool isDark = false, bool runsScripts = true)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = runsScripts,
                TimezoneId = "Asia/Tokyo",
                Locale = "en-GB",
            }
        );
        return new Window(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>A window, and what was amiss in it.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _amiss = [];
    private readonly List<string> _requests = [];

    public Window(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, said) =>
        {
            // Violations of the policy are told here, too.
            if (said.Type is "error" or "warning")
                Add(_amiss, $"{page.Url}: {said.Type}: {said.Text}");
        };
        page.PageError += (_, error) => Add(_amiss, $"{page.Url}: {error}");
        page.RequestFailed += (_, request) =>
        {
            // A page that is left takes no more changes.
            if (!request.Url.Contains("/view/live", StringComparison.Ordinal))
                Add(_amiss, $"{request.Url}: {request.Failure}");
        };
        page.Request += (_, request) => Add(_requests, request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors, warnings, violations of the policy, and requests that failed.</summary>
    public IReadOnlyList<string> Amiss => Copy(_amiss);

    /// <summary>What was asked for.</summary>
    public IReadOnlyList<string> Requests => Copy(_requests);

    public ValueTask DisposeAsync() => new(_context.CloseAsync());

    private static void Add(List<string> list, string text)
    {
        lock (list)
            list.Add(text);
    }

    private static IReadOnlyList<string> Copy(List<string> list)
    {
        lock (list)
            return [.. list];
    }
}
