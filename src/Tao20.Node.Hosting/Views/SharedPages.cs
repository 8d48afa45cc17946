using Tao20.Dashboard.Live;

namespace Tao20.Node.Views;

/// <summary>A page that several ask for at the same time is rendered once for all. Safe for any number of threads.</summary>
/// <param name="render">Renders a page.</param>
/// <param name="clock">The clock.</param>
internal sealed class SharedPages(Func<PageAddress, CancellationToken, Task<RenderedPage>> render, TimeProvider clock)
{
    /// <summary>So many pages are remembered.</summary>
    private const int Remembered = 32;

    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Oldest = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedReading<RenderedPage>> _pages = new(StringComparer.Ordinal);

    /// <summary>A page.</summary>
    /// <param name="address">Which.</param>
    /// <param name="cancel">Ends the waiting for it.</param>
    /// <exception cref="PageException">There is none, or it cannot be shown.</exception>
    public Task<RenderedPage> RenderAsync(PageAddress address, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(address.Text, out var page))
            {
                if (_pages.Count == Remembered)
                    _pages.Clear();
                page = new SharedReading<RenderedPage>(() => render(address, CancellationToken.None), clock, Fresh, Oldest);
                _pages.Add(address.Text, page);
            }

            return page.GetAsync(cancel);
        }
    }
}
