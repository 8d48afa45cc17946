using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Tao20.Chain.JsonRpc;

/// <summary>JSON-RPC over HTTP: pooled connections, bounded replies, repetition with growing pauses on what may pass.</summary>
public sealed class HttpRpcTransport : IRpcTransport, IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _http;
    private readonly int _maxReplyBytes;
    private readonly TimeSpan _timeout;

    /// <summary>A transport to one endpoint, with the limits of <paramref name="options"/>.</summary>
    public HttpRpcTransport(Uri endpoint, ChainOptions options)
    {
        Endpoint = endpoint;
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
                }
            );
        }

        pipeline.AddTimeout(options.RequestTimeout);
        var sockets = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ConnectTimeout = options.RequestTimeout,
        };
        _http = new HttpClient(new ResilienceHandler(pipeline.Build()) { InnerHandler = sockets }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public Uri Endpoint { get; }

    /// <inheritdoc/>
    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        using var bodyTimeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            using var content = new ReadOnlyMemoryContent(body);
            content.Headers.ContentType = Json;
            using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = content };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new EndpointUnreachableException(Endpoint, $"it answers HTTP {(int)response.StatusCode} {response.ReasonPhrase}");

            bodyTimeout.CancelAfter(_timeout);
            var stream = await response.Content.ReadAsStreamAsync(bodyTimeout.Token).ConfigureAwait(false);
            var reply = await RpcReply
                .ReadAsync(Endpoint, stream, response.Content.Headers.ContentLength, _maxReplyBytes, bodyTimeout.Token)
                .ConfigureAwait(false);
            if (!reply.Bytes.IsEmpty)
                return reply;

            // A proxy whose node is gone: nobody has said anything, so nobody has lied.
            reply.Dispose();
            throw new EndpointUnreachableException(Endpoint, "its answers are empty");
        }
        catch (TimeoutRejectedException e)
        {
            throw new EndpointTimeoutException(Endpoint, _timeout, e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new EndpointTimeoutException(Endpoint, _timeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EndpointUnreachableException(Endpoint, (e.InnerException ?? e).Message.TrimEnd('.'), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>An endpoint did not answer in time.</summary>
public sealed class EndpointTimeoutException(Uri endpoint, TimeSpan limit, Exception cause)
    : ChainException($"The RPC endpoint {endpoint} did not answer within {limit.TotalSeconds:0.#} s (Chain:RequestTimeout).", cause);
