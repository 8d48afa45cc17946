using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
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
public sealed class ChainHead(EndpointPool pool, ChainOptions options, ILogger log, RuntimeWatch? runtime = null) : IAsyncDisposable
{
    private static readonly TimeSpan PollBesideWebSocket = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CompareEndpointsEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private const string OfRuntime = "\"id\":2";
    private static readonly string[] Subscriptions =
    [
        """{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}""",
        """{"jsonrpc":"2.0","id":2,"method":"state_subscribeRuntimeVersion","params":[]}""",
    ];

    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly HeadReader _reader = new(options, TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _newHead = new(0, 1);
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;
    private Exception? _fault;
    private RpcEndpoint? _finalizedBy;

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
        var (head, by) = await pool.AskAsync(endpoint => _reader.ReadAsync(endpoint, cancel), cancel).ConfigureAwait(false);
        pool.NoteHead(by, head.Latest.Number);
        if (options.Quorum && head.Finalized is { } finalized && finalized.Number > (Finalized?.Number ?? 0))
            await RequireQuorumAsync(by, finalized, cancel).ConfigureAwait(false);

        // Before anybody hears of a block it is known by which rules the next one is made.
        if (runtime is not null && (head.Latest != Latest || runtime.Version is null))
            await RefreshRuntimeAsync(cancel).ConfigureAwait(false);
        Move(by, head);
    }

    /// <summary>The head goes on without the version: what needs it asks again itself.</summary>
    private async Task RefreshRuntimeAsync(CancellationToken cancel)
    {
        try
        {
            await runtime!.RefreshAsync(cancel).ConfigureAwait(false);
        }
        catch (ChainException e)
        {
            log.LogDebug("The version of the runtime cannot be read: {Reason}", e.Message);
        }
    }

    /// <summary>Reads how far the chain is from one endpoint: it can be followed when it tells, and which block is final.</summary>
    /// <exception cref="EndpointException">It does not.</exception>
    public Task<EndpointHead> ReadAsync(RpcEndpoint endpoint, CancellationToken cancel) => _reader.ReadAsync(endpoint, cancel);

    /// <summary>
    /// Takes what the start was told of finality, so that final blocks can be read before the first poll. Of the latest block nobody hears
    /// before it is known by which rules the next one is made; and where two endpoints have to agree, one is not enough.
    /// </summary>
    internal void Learn(RpcEndpoint by, EndpointHead head)
    {
        if (options.Quorum)
            return;
        lock (_lock)
            (Finalized, _finalizedBy) = Finalized is null ? (head.Finalized, by) : (Finalized, _finalizedBy);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _newHead.Dispose();
    }

    private void Move(RpcEndpoint by, EndpointHead head)
    {
        lock (_lock)
        {
            // Finality never goes back: a node that says so is behind, and its word waits until it has caught up. But what an endpoint
            // said that has been dropped since was never known to be true.
            var withdrawn = _finalizedBy is { } teller && pool.IsDropped(teller);
            var moves = head.Finalized is { } told && (withdrawn || told.Number >= (Finalized?.Number ?? 0));
            var final = moves ? head.Finalized : Finalized;
            _finalizedBy = moves ? by : _finalizedBy;
            if (head.Latest == Latest && final == Finalized)
                return;
            (Latest, Finalized) = (head.Latest, final);
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
        foreach (var endpoint in pool.All)
        {
            try
            {
                ulong chainId = 0;
                await endpoint.SendAsync([EthCalls.ChainId(id => chainId = id)], _stop.Token).ConfigureAwait(false);
                if ((pool.ChainId ?? options.ChainId) is { } expected && chainId != expected)
                    throw new NodeMisbehaviourException(endpoint.Name, $"it is on chain {chainId}, not {expected}");
                pool.NoteHead(endpoint, (await _reader.ReadAsync(endpoint, _stop.Token).ConfigureAwait(false)).Latest.Number);
            }
            catch (NodeMisbehaviourException e)
            {
                pool.Drop(e);
            }
            catch (ChainException e)
            {
                log.LogDebug("Endpoint {Endpoint} does not tell its head: {Reason}", endpoint.Name, e.Message);
            }
        }
    }

    private async Task RequireQuorumAsync(RpcEndpoint first, BlockHeader finalized, CancellationToken cancel)
    {
        foreach (var second in pool.All.Where(endpoint => endpoint != first))
        {
            try
            {
                BlockHeader? header = null;
                await second.SendAsync([EthCalls.Header(finalized.Number, found => header = found)], cancel).ConfigureAwait(false);
                if (header is null)
                    continue;
                if (header.Hash != finalized.Hash)
                    throw new QuorumDisagreementException(finalized.Number, first.Name, finalized.Hash, second.Name, header.Hash);
                return;
            }
            catch (EndpointException e)
            {
                log.LogWarning("Endpoint {Endpoint} has no say on block {Block}: {Reason}", second.Name, finalized.Number, e.Message);
            }
        }

        throw new EndpointUnreachableException(
            first.Name,
            $"no second endpoint confirms finalized block {finalized.Number} (Chain:Quorum)"
        );
    }

    private async Task SubscribeAsync()
    {
        var pause = options.RetryDelay;
        for (var turn = 0; !_stop.IsCancellationRequested; turn++)
        {
            var endpoint = pool.All[turn % pool.All.Count];
            if (pool.IsDropped(endpoint) && pool.AnyTrusted)
                continue;
            try
            {
                using var socket = new ClientWebSocket();

                // One whose other end is gone without a word would be listened to for ever.
                (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (KeepAlive, options.RequestTimeout);
                var url = endpoint.Name.Url;
                var uri = new UriBuilder(url) { Scheme = url.Scheme == "https" ? "wss" : "ws" }.Uri;
                using var connecting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                connecting.CancelAfter(options.RequestTimeout);
                await socket.ConnectAsync(uri, connecting.Token).ConfigureAwait(false);
                foreach (var subscribe in Subscriptions)
                    await socket
                        .SendAsync(Encoding.UTF8.GetBytes(subscribe), WebSocketMessageType.Text, true, _stop.Token)
                        .ConfigureAwait(false);
                await ReceiveAsync(socket).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or JsonException)
            {
                if (!_stop.IsCancellationRequested)
                    log.LogInformation(
                        "New heads do not come by WebSocket from {Endpoint}, polling every {Interval}: {Reason}",
                        endpoint.Name,
                        options.PollInterval,
                        endpoint.Name.Conceal(e.Message)
                    );
            }

            // The most preferred that offers it: after one that did, all are tried anew.
            (turn, pause) = Subscribed ? (-1, options.RetryDelay) : (turn, pause);
            Subscribed = false;
            if ((turn + 1) % pool.All.Count != 0)
                continue;
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

                // The message is only a signal: what the head is, is asked of the endpoint that is preferred. Without Substrate's methods,
                // the version is only asked for with each new block.
                var text = Subscribed ? "" : Encoding.UTF8.GetString(buffer, 0, message.Count);
                if (text.Contains(OfRuntime, StringComparison.Ordinal))
                    continue;
                if (text.Contains("\"error\"", StringComparison.Ordinal))
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
