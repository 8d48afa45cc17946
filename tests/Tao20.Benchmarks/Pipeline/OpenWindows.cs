using System.Net.ServerSentEvents;
using System.Text.RegularExpressions;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>What windows on a dashboard were told.</summary>
/// <param name="Pages">How many pages were loaded.</param>
/// <param name="Updates">How many changes were told.</param>
/// <param name="LargestPage">The bytes of the largest page.</param>
/// <param name="LargestUpdate">The characters of the largest change.</param>
internal sealed record Watched(int Pages, int Updates, int LargestPage, int LargestUpdate);

/// <summary>Windows that are open on a node's dashboard, as browsers have them: a page, and what changes of it.</summary>
/// <param name="http">Reaches the node.</param>
internal sealed partial class OpenWindows(HttpClient http)
{
    private static readonly string[] Looked = ["/", "/view/miners", "/view/epochs", "/view/chain", "/view/log"];
    private static readonly TimeSpan UntilAgain = TimeSpan.FromMilliseconds(200);
    private int _pages;
    private int _updates;
    private int _largestPage;
    private int _largestUpdate;

    /// <summary>Keeps windows open.</summary>
    /// <param name="windows">How many.</param>
    /// <param name="cancel">Closes them.</param>
    public async Task<Watched> KeepAsync(int windows, CancellationToken cancel)
    {
        await Task.WhenAll(Enumerable.Range(0, windows).Select(i => KeepAsync(Looked[i % Looked.Length], cancel)));
        return new Watched(_pages, _updates, _largestPage, _largestUpdate);
    }

    private async Task KeepAsync(string page, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await LookAsync(page, cancel);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || cancel.IsCancellationRequested)
            {
                // It has not started yet, or the window is closed.
            }

            await Task.Delay(UntilAgain, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(string page, CancellationToken cancel)
    {
        using var whole = await http.GetAsync(page, cancel);
        if (!whole.IsSuccessStatusCode)
            return;
        var html = await whole.Content.ReadAsStringAsync(cancel);
        Interlocked.Increment(ref _pages);
        Most(ref _largestPage, html.Length);
        var version = Version().Match(html).Groups[1].Value;
        await using var stream = await http.GetStreamAsync($"/view/live?page={Uri.EscapeDataString(page)}&version={version}", cancel);
        await foreach (var told in SseParser.Create(stream).EnumerateAsync(cancel))
        {
            if (told.EventType == "page")
                return;
            if (told.EventType != "parts")
                continue;
            Interlocked.Increment(ref _updates);
            Most(ref _largestUpdate, told.Data.Length);
        }
    }

    private static void Most(ref int most, int one)
    {
        var known = most;
        while (one > known)
            known = Interlocked.CompareExchange(ref most, one, known) is var was && was == known ? one : was;
    }

    [GeneratedRegex("data-version=\"([0-9a-f]+)\"")]
    private static partial Regex Version();
}
