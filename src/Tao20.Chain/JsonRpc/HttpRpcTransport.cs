using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// JSON-RPC over HTTP: pooled connections, bounded replies, repetition with growing pauses on what may pass. All repetitions together
/// take no longer than <see cref="ChainOptions.RequestTimeout"/>, and a time-out is not repeated: another endpoint may be quicker.
/// </summary>
public sealed class HttpRpcTransport : IRpcTransport, IDisposable
{
    /// <summary>The longest pause in <c>Retry-After</c> that is waited; where more is asked for, the next endpoint is asked.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const int LargestRefusal = 64 * 1024;
    private const int ShownOfRefusal = 200;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly int _maxReplyBytes;
    private readonly TimeSpan _timeout;
    private long _delayed;

    /// <summary>A transport to the first endpoint, with the limits of <paramref name="options"/>.</summary>
    public HttpRpcTransport(Uri endpoint, ChainOptions options)
        : this(new EndpointName(1, endpoint), options) { }

    /// <summary>A transport to one endpoint, with the limits of <paramref name="options"/>.</summary>
    public HttpRpcTransport(EndpointName name, ChainOptions options)
    {
        Name = name;
        (_url, _authorization) = WithoutUser(name.Url);
        _maxReplyBytes = options.MaxReplyBytes;
        _timeout = options.RequestTimeout;
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        if (options.Retries > 0)
        {
            pipeline.AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = options.Retries,
                    Delay = options.RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldRetryAfterHeader = true,
                    ShouldHandle = tried => ValueTask.FromResult(MayPass(tried.Outcome)),
                    OnRetry = tried =>
                    {
                        if (tried.Outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests)
                            Interlocked.Increment(ref _delayed);
                        return ValueTask.CompletedTask;
                    },
                }
            );
        }

        var sockets = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ConnectTimeout = options.RequestTimeout,
        };
        _http = new HttpClient(new ResilienceHandler(pipeline.Build()) { InnerHandler = sockets }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public EndpointName Name { get; }

    /// <inheritdoc/>
    public long Delayed => Interlocked.Read(ref _delayed);

    /// <inheritdoc/>
    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_timeout);
        try
        {
            using var content = new ReadOnlyMemoryContent(body);
            content.Headers.ContentType = Json;
            using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = content };
            request.Headers.Authorization = _authorization;
            using var response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                .ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return await ReadRefusalAsync(response, limit.Token).ConfigureAwait(false);
            var reply = await ReadAsync(response, _maxReplyBytes, limit.Token).ConfigureAwait(false);
            if (!reply.Bytes.IsEmpty)
                return reply;

            // A proxy whose node is gone: nobody has said anything, so nobody has lied.
            reply.Dispose();
            throw new IncompleteAnswerException(Name, "its reply is empty");
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new EndpointTimeoutException(Name, _timeout, e);
        }
        catch (OutOfMemoryException e)
        {
            throw new ReplyTooLargeException(Name, limit: null, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EndpointUnreachableException(Name, Name.Conceal((e.InnerException ?? e).Message.TrimEnd('.')), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<RpcReply> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancel)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        return await RpcReply.ReadAsync(Name, stream, response.Content.Headers.ContentLength, limit, cancel).ConfigureAwait(false);
    }

    /// <summary>What is in the body counts, whatever the status: many providers send their JSON-RPC errors so.</summary>
    private async Task<RpcReply> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = response.ReasonPhrase ?? "";
        try
        {
            var reply = await ReadAsync(response, LargestRefusal, cancel).ConfigureAwait(false);
            if (IsJsonRpc(reply.Bytes))
                return reply;
            text = Shortened(Encoding.UTF8.GetString(reply.Bytes.Span), text);
            reply.Dispose();
        }
        catch (ReplyTooLargeException)
        {
            text += " with a long text";
        }

        throw new HttpRefusalException(Name, (int)response.StatusCode, Name.Conceal(text.Trim()));
    }

    private static string Shortened(string body, string reason)
    {
        var line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? reason : $"{reason}: {(line.Length > ShownOfRefusal ? line[..ShownOfRefusal] : line)}";
    }

    private static bool IsJsonRpc(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return false;
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Array => document.RootElement.GetArrayLength() > 0,
                JsonValueKind.Object => document.RootElement.TryGetProperty("error", out var error)
                    && error.ValueKind is JsonValueKind.Object or JsonValueKind.String,
                _ => false,
            };
        }
        catch (JsonException)
        {
            // A page for people.
            return false;
        }
    }

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response
            ? response.StatusCode
                is HttpStatusCode.TooManyRequests
                    or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout
                && PauseOf(response) <= LongestPause
            : outcome.Exception is HttpRequestException;

    private static TimeSpan PauseOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - TimeProvider.System.GetUtcNow(),
            _ => TimeSpan.Zero,
        };

    /// <summary>HttpClient does nothing with the user in a URL: it is sent as what it means, basic authentication.</summary>
    private static (Uri Url, AuthenticationHeaderValue? Authorization) WithoutUser(Uri url)
    {
        if (url.UserInfo.Length == 0)
            return (url, null);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)));
        return (new UriBuilder(url) { UserName = "", Password = "" }.Uri, new AuthenticationHeaderValue("Basic", credentials));
    }
}
