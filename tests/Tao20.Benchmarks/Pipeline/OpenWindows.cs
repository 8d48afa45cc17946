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
    private int _pages;
    private int _updates;
    private int _largestPage;
    private int _largestUpdate;

    /// <summary>Keeps windows open on a node that answers.</summary>
    /// <param name="windows">How many.</param>
    /// <param name="cancel">Closes them.</param>
    public async Task<Watched> KeepAsync(int windows, CancellationToken cancel)
    {
        await Task.WhenAll(Enumerable.Range(0, windows).Select(i => KeepAsync(Looked[i % Looked.Length], cancel)));
        return new Watched(_pages, _updates, _largestPage, _largestUpdate);
    }

    private async Task KeepAsync(string page, CancellationToken cancel)
    {
        try
        {
            while (true)
                await LookAsync(page, cancel);
        }
        catch (Exception e) when (cancel.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The window is closed.
        }
    }

    private async Task LookAsync(string page, CancellationToken cancel)
    {
        var html = await http.GetStringAsync(page, cancel);
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
