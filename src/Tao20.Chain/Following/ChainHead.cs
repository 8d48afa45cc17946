using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>Why the head cannot be read.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Since">When it began.</param>
public sealed record HeadProblem(string Reason, DateTimeOffset Since);

/// <summary>
/// Knows how far the chain is: its latest and its finalized block. Told of new heads by WebSocket where there is one, and polling
/// otherwise; watches that all endpoints are on the right chain and keep up.
/// </summary>
public sealed class ChainHead(EndpointPool pool, ChainOptions options, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan PollBesideWebSocket = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CompareEndpointsEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _newHead = new(0, 1);
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;
    private Exception? _fault;

    /// <summary>The latest block; null before the first answer.</summary>
    public BlockHeader? Latest { get; private set; }

    /// <summary>The last final block; null before the first answer.</summary>
    public BlockHeader? Finalized { get; private set; }

    /// <summary>Whether new heads come by WebSocket at the moment.</summary>
    public bool Subscribed { get; private set; }

    /// <summary>Why the head cannot be read at the moment; null when it can.</summary>
    public HeadProblem? Problem { get; private set; }

    /// <summary>Starts watching; does nothing when it does already, as when its reader comes back after a failure.</summary>
    public void Start()
    {
        lock (_lock)
            _running ??= Task.WhenAll(PollAsync(), options.WebSocket ? SubscribeAsync() : Task.CompletedTask);
    }

    /// <summary>Completes when <paramref name="block"/> is final.</summary>
    /// <exception cref="ChainException">It cannot be known any more, e.g. two endpoints disagree.</exception>
    public async Task PassedAsync(ulong block, CancellationToken cancel)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_fault is not null)
                    throw _fault;
                if (Finalized?.Number >= block)
                    return;
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Completes at the next change of the latest or the finalized block.</summary>
    public Task MovedAsync(CancellationToken cancel)
    {
        lock (_lock)
            return _moved.Task.WaitAsync(cancel);
    }

    /// <summary>Asks for the heads now, once.</summary>
    /// <exception cref="ChainException">No endpoint answers, or two disagree in quorum mode.</exception>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        BlockHeader? latest = null,
            finalized = null;
        List<RpcCall> calls = [EthCalls.Header("latest", header => latest = header)];
        if (options.FinalityDepth is null)
            calls.Add(EthCalls.Header("finalized", header => finalized = header));
        var (by, _) = await pool.SendAsync(calls, cancel).ConfigureAwait(false);
        if (latest is null)
            throw new NodeMisbehaviourException(by.Endpoint, "it has no latest block");
        pool.NoteHead(by, latest.Number);
        if (options.FinalityDepth is { } depth && latest.Number >= (ulong)depth)
            await pool.SendAsync([EthCalls.Header(latest.Number - (ulong)depth, header => finalized = header)], cancel)
                .ConfigureAwait(false);
        if (options.Quorum && finalized is not null && finalized.Number > (Finalized?.Number ?? 0))
            await RequireQuorumAsync(by, finalized, cancel).ConfigureAwait(false);
        Move(latest, finalized);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _newHead.Dispose();
    }

    private void Move(BlockHeader latest, BlockHeader? finalized)
    {
        lock (_lock)
        {
            // Finality never goes back: a node that says so is behind, and its word waits until it has caught up.
            var final = finalized?.Number >= (Finalized?.Number ?? 0) ? finalized : Finalized;
            if (latest == Latest && final == Finalized)
                return;
            (Latest, Finalized) = (latest, final);
            Pulse();
        }
    }

    private void Pulse()
    {
        var moved = _moved;
        _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        moved.SetResult();
    }

    private async Task PollAsync()
    {
        var compared = DateTimeOffset.MinValue;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(_stop.Token).ConfigureAwait(false);
                NoteRead();
                if (_clock.GetUtcNow() - compared > CompareEndpointsEvery && pool.All.Count > 1)
                {
                    await CompareEndpointsAsync().ConfigureAwait(false);
                    compared = _clock.GetUtcNow();
                }

                await _newHead.WaitAsync(Subscribed ? PollBesideWebSocket : options.PollInterval, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (QuorumDisagreementException e)
            {
                lock (_lock)
                {
                    _fault = e;
                    Pulse();
                }

                return;
            }
            catch (NodeMisbehaviourException e)
            {
                pool.Drop(e);
            }
            catch (ChainException e)
            {
                NoteProblem(e.Message);
                await Task.Delay(options.PollInterval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void NoteRead()
    {
        if (Problem is { } over)
            log.LogInformation(
                "The head of the chain can be read again, after {Seconds:0} s",
                (_clock.GetUtcNow() - over.Since).TotalSeconds
            );
        Problem = null;
    }

    /// <summary>Said once, and not at each poll.</summary>
    private void NoteProblem(string reason)
    {
        if (Problem?.Reason != reason)
            log.LogWarning("The head of the chain cannot be read: {Reason}", reason);
        Problem = new HeadProblem(reason, Problem?.Since ?? _clock.GetUtcNow());
    }

    private async Task CompareEndpointsAsync()
    {
        foreach (var transport in pool.All)
        {
            try
            {
                ulong chainId = 0,
                    number = 0;
                await EndpointPool
                    .SendToAsync(transport, [EthCalls.ChainId(id => chainId = id), EthCalls.BlockNumber(n => number = n)], _stop.Token)
                    .ConfigureAwait(false);
                if (options.ChainId is { } expected && chainId != expected)
                    throw new NodeMisbehaviourException(transport.Endpoint, $"it is on chain {chainId}, not {expected}");
                pool.NoteHead(transport, number);
            }
            catch (NodeMisbehaviourException e)
            {
                pool.Drop(e);
            }
            catch (ChainException e)
            {
                log.LogDebug("Endpoint {Endpoint} does not tell its head: {Reason}", transport.Endpoint, e.Message);
            }
        }
    }

    private async Task RequireQuorumAsync(IRpcTransport first, BlockHeader finalized, CancellationToken cancel)
    {
        foreach (var second in pool.All.Where(transport => transport != first))
        {
            try
            {
                BlockHeader? header = null;
                await EndpointPool
                    .SendToAsync(second, [EthCalls.Header(finalized.Number, found => header = found)], cancel)
                    .ConfigureAwait(false);
                if (header is null)
                    continue;
                if (header.Hash != finalized.Hash)
                    throw new QuorumDisagreementException(finalized.Number, first.Endpoint, finalized.Hash, second.Endpoint, header.Hash);
                return;
            }
            catch (ChainException e) when (e is EndpointUnreachableException or EndpointTimeoutException)
            {
                log.LogWarning("Endpoint {Endpoint} has no say on block {Block}: {Reason}", second.Endpoint, finalized.Number, e.Message);
            }
        }

        throw new EndpointUnreachableException(
            first.Endpoint,
            $"no second endpoint confirms finalized block {finalized.Number} (Chain:Quorum)"
        );
    }

    private async Task SubscribeAsync()
    {
        var pause = options.RetryDelay;
        while (!_stop.IsCancellationRequested)
        {
            var endpoint = pool.All[0].Endpoint;
            try
            {
                using var socket = new ClientWebSocket();

                // One whose other end is gone without a word would be listened to for ever.
                (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (KeepAlive, options.RequestTimeout);
                var uri = new UriBuilder(endpoint) { Scheme = endpoint.Scheme == "https" ? "wss" : "ws" }.Uri;
                using var connecting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                connecting.CancelAfter(options.RequestTimeout);
                await socket.ConnectAsync(uri, connecting.Token).ConfigureAwait(false);
                var subscribe = """{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"""u8.ToArray();
                await socket.SendAsync(subscribe, WebSocketMessageType.Text, true, _stop.Token).ConfigureAwait(false);
                pause = options.RetryDelay;
                await ReceiveAsync(socket).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or JsonException)
            {
                if (!_stop.IsCancellationRequested)
                    log.LogInformation(
                        "New heads do not come by WebSocket from {Endpoint}, polling every {Interval}: {Reason}",
                        endpoint,
                        options.PollInterval,
                        e.Message
                    );
            }

            Subscribed = false;
            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause < TimeSpan.FromMinutes(1) ? pause * 2 : pause;
        }
    }

    private async Task ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (true)
            {
                var message = await socket.ReceiveAsync(buffer.AsMemory(), _stop.Token).ConfigureAwait(false);
                if (message.MessageType == WebSocketMessageType.Close)
                    return;
                if (!message.EndOfMessage)
                    continue;

                // The message is only a signal: what the head is, is asked of the endpoint that is preferred.
                if (!Subscribed && Encoding.UTF8.GetString(buffer, 0, message.Count).Contains("\"error\"", StringComparison.Ordinal))
                    throw new WebSocketException("the node does not offer newHeads");
                Subscribed = true;
                if (_newHead.CurrentCount == 0)
                    _newHead.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
