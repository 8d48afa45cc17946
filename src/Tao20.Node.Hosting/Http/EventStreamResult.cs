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
        await using var reader = lines.GetAsyncEnumerator(cancel);
        await WriteAsync(": listening\n\n");
        try
        {
            var next = reader.MoveNextAsync().AsTask();
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(silentFor, cancel)) != next)
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
