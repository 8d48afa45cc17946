using System.Text;

namespace Tao20.Node.Http;

/// <summary>Lines as server-sent events, one each, until they end or nobody listens any more.</summary>
/// <param name="lines">The lines, without breaks in them.</param>
/// <param name="silentFor">After so long without a line a comment is sent, which tells whether anybody listens.</param>
internal sealed class EventStreamResult(IAsyncEnumerable<string> lines, TimeSpan silentFor) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var reader = lines.GetAsyncEnumerator(stop.Token);
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            await WriteAsync(": listening\n\n");
            while (true)
            {
                if (await IsSilentAsync())
                    await WriteAsync(": silent\n\n");
                else if (await next)
                {
                    await WriteAsync($"data: {reader.Current.ReplaceLineEndings(" ")}\n\n");
                    next = reader.MoveNextAsync().AsTask();
                }
                else
                    return;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        finally
        {
            // What still reads must not be disposed of.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<bool> IsSilentAsync()
        {
            try
            {
                await next.WaitAsync(silentFor, cancel);
                return false;
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                return true;
            }
        }

        async Task WriteAsync(string text)
        {
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
            await response.Body.FlushAsync(cancel);
        }
    }
}

/// <summary>Results of this program's own.</summary>
internal static class NodeResults
{
    /// <summary>Lines as server-sent events.</summary>
    public static IResult Events(this IResultExtensions _, IAsyncEnumerable<string> lines, TimeSpan silentFor) =>
        new EventStreamResult(lines, silentFor);
}
