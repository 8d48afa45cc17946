using System.Net;
using System.Text;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// Stands between a process and its chain, and says when a request of a kind comes by for the n-th time: before it is passed on, or
/// after it was answered.
/// </summary>
internal sealed class KillingProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly Uri _chain;
    private readonly Task _serving;
    private (string Method, int Left, bool Afterwards, TaskCompletionSource Reached)? _trap;

    public KillingProxy(Uri chain)
    {
        _chain = chain;
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>
    /// From now on, stops everything at the n-th request of a method; completes there. Nothing goes through any more until
    /// <see cref="Open"/>.
    /// </summary>
    public Task TrapAsync(string method, int nth, bool afterwards)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _trap = (method, nth, afterwards, reached);
        return reached.Task;
    }

    /// <summary>Lets everything through.</summary>
    public void Open() => _trap = null;

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var sprung = Spring(Encoding.UTF8.GetString(body.ToArray()));
            if (sprung is { Afterwards: false } or { Was: true })
            {
                sprung.Value.Reached.TrySetResult();
                context.Response.Abort();
                return;
            }

            using var content = new ByteArrayContent(body.ToArray());
            content.Headers.ContentType = new("application/json");
            using var reply = await _http.PostAsync(_chain, content);
            var bytes = await reply.Content.ReadAsByteArrayAsync();
            if (sprung is not null)
            {
                sprung.Value.Reached.TrySetResult();
                context.Response.Abort();
                return;
            }

            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The process was killed while it waited for this answer: that is what this is for.
            context.Response.Abort();
        }
    }

    /// <summary>Whether this request is the one, or one after it.</summary>
    private (bool Was, bool Afterwards, TaskCompletionSource Reached)? Spring(string body)
    {
        lock (_http)
        {
            if (_trap is not { } trap)
                return null;
            if (trap.Left <= 0)
                return (true, trap.Afterwards, trap.Reached);
            if (!body.Contains(trap.Method, StringComparison.Ordinal))
                return null;
            _trap = trap with { Left = trap.Left - 1 };
            return trap.Left == 1 ? (false, trap.Afterwards, trap.Reached) : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _http.Dispose();
    }
}
