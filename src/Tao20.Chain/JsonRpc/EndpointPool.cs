using Microsoft.Extensions.Logging;

namespace Tao20.Chain.JsonRpc;

/// <summary>How one endpoint is doing.</summary>
/// <param name="Endpoint">Its URL.</param>
/// <param name="State"><c>ok</c>, <c>resting</c> (it failed a moment ago), <c>lagging</c> or <c>dropped</c> (it answered what
/// cannot be).</param>
/// <param name="Reason">Why, when not ok.</param>
/// <param name="Head">The latest head it told of; null before the first.</param>
public sealed record EndpointStatus(Uri Endpoint, string State, string? Reason, ulong? Head);

/// <summary>
/// The endpoints in order of preference. A call goes to the first that is well; one that fails rests for a while, one that lags
/// more than three blocks behind the best waits until it has caught up, one whose answer cannot be right is dropped for ten minutes; when
/// all are dropped, for ten seconds.
/// </summary>
public sealed class EndpointPool
{
    /// <summary>How many blocks an endpoint may be behind the best before another is preferred.</summary>
    public const int MaxLagBlocks = 3;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DroppedFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AllDroppedFor = TimeSpan.FromSeconds(10);
    private readonly Member[] _members;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();

    /// <summary>A pool of these transports, most preferred first.</summary>
    public EndpointPool(IEnumerable<IRpcTransport> transports, ILogger log, TimeProvider? clock = null)
    {
        _members = [.. transports.Select(transport => new Member(transport))];
        _log = log;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>All endpoints, most preferred first.</summary>
    public IReadOnlyList<IRpcTransport> All => [.. _members.Select(member => member.Transport)];

    /// <summary>How each endpoint is doing.</summary>
    public IReadOnlyList<EndpointStatus> Status
    {
        get
        {
            lock (_lock)
                return [.. _members.Select(StatusOf)];
        }
    }

    /// <summary>
    /// Sends a batch to the best endpoint, the next best if that fails; returns the one that answered and the reply's size.
    /// </summary>
    /// <param name="calls">What to ask.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="arrived">Called when a reply has arrived, before it is read.</param>
    /// <param name="errorsAreAnswers">An error of the node is its answer, as it is to a transaction: no other endpoint is asked.</param>
    /// <exception cref="ChainException">No endpoint gave an answer; of the last one tried.</exception>
    public async Task<(IRpcTransport By, int Bytes)> SendAsync(
        IReadOnlyList<RpcCall> calls,
        CancellationToken cancel,
        Action? arrived = null,
        bool errorsAreAnswers = false
    )
    {
        ChainException? last = null;
        foreach (var member in InOrder())
        {
            try
            {
                var bytes = await SendToAsync(member.Transport, calls, cancel, arrived).ConfigureAwait(false);
                return (member.Transport, bytes);
            }
            catch (ChainException e)
                when (e is EndpointUnreachableException or EndpointTimeoutException
                    || (e is RpcErrorException error && (errorsAreAnswers ? RangeLimits.IsRateLimit(error) : IsPassing(error)))
                )
            {
                last = e;
                SetAside(member, "resting", e.Message, Rest);
            }
        }

        throw last ?? NobodyLeft();
    }

    /// <summary>Sends a batch to one endpoint and reads the reply; returns its size in bytes.</summary>
    public static async Task<int> SendToAsync(
        IRpcTransport transport,
        IReadOnlyList<RpcCall> calls,
        CancellationToken cancel,
        Action? arrived = null
    )
    {
        using var reply = await transport.SendAsync(RpcCall.Body(calls), cancel).ConfigureAwait(false);
        arrived?.Invoke();
        RpcCall.ReadReply(transport.Endpoint, reply.Bytes.Span, calls);
        return reply.Bytes.Length;
    }

    /// <summary>Drops an endpoint for an answer that cannot be right.</summary>
    public void Drop(NodeMisbehaviourException misbehaviour)
    {
        var member = _members.First(member => member.Transport.Endpoint == misbehaviour.Endpoint);
        SetAside(member, "dropped", misbehaviour.What, DroppedFor);
    }

    /// <summary>Whether an endpoint is left that has not been dropped.</summary>
    public bool AnyTrusted
    {
        get
        {
            lock (_lock)
                return _members.Any(member => member.State != "dropped" || member.Until <= _clock.GetUtcNow());
        }
    }

    /// <summary>The error of a pool all of whose endpoints have been dropped.</summary>
    public NoTrustworthyEndpointException NobodyLeft()
    {
        lock (_lock)
            return new(_members.Select(member => $"{member.Transport.Endpoint}: {member.Reason}"));
    }

    /// <summary>Notes how far an endpoint is; one more than three blocks behind the best is passed over until it has caught up.</summary>
    public void NoteHead(IRpcTransport transport, ulong head)
    {
        lock (_lock)
        {
            _members.First(member => member.Transport == transport).Head = head;
            var best = _members.Max(member => member.Head ?? 0);
            foreach (var member in _members)
            {
                var lags = member.Head + MaxLagBlocks < best;
                if (lags && member.State == "ok")
                {
                    (member.State, member.Reason, member.Until) = (
                        "lagging",
                        $"{best - member.Head} blocks behind",
                        DateTimeOffset.MaxValue
                    );
                    _log.LogWarning(
                        "RPC endpoint {Endpoint} lags {Lag} blocks behind the best; another is preferred",
                        member.Transport.Endpoint,
                        best - member.Head
                    );
                }
                else if (!lags && member.State == "lagging")
                {
                    (member.State, member.Reason) = ("ok", null);
                }
            }
        }
    }

    private static bool IsPassing(RpcErrorException error) =>
        error.Code is -32603 or -32000 or 429 && !RangeLimits.IsTooLarge(error) || RangeLimits.IsRateLimit(error);

    private List<Member> InOrder()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            foreach (var member in _members.Where(member => member.State is "resting" or "dropped" && member.Until <= now))
                (member.State, member.Reason) = ("ok", null);

            // One that stumbled once must not end a node for ever: when all are dropped, each gets another chance after a pause.
            if (
                _members.All(member => member.State == "dropped")
                && _members.Max(member => member.Until) - DroppedFor + AllDroppedFor <= now
            )
            {
                foreach (var member in _members)
                    (member.State, member.Reason) = ("ok", null);
            }

            // All but the dropped: first the well, then those that lag, then those that rest.
            return
            [
                .. _members
                    .Where(member => member.State != "dropped")
                    .OrderBy(member =>
                        member.State switch
                        {
                            "ok" => 0,
                            "lagging" => 1,
                            _ => 2,
                        }
                    ),
            ];
        }
    }

    private void SetAside(Member member, string state, string reason, TimeSpan duration)
    {
        lock (_lock)
        {
            if (member.State != state)
                _log.LogWarning("RPC endpoint {Endpoint} is {State}: {Reason}", member.Transport.Endpoint, state, reason);
            (member.State, member.Reason, member.Until) = (state, reason, _clock.GetUtcNow() + duration);
        }
    }

    private EndpointStatus StatusOf(Member member) => new(member.Transport.Endpoint, member.State, member.Reason, member.Head);

    private sealed class Member(IRpcTransport transport)
    {
        public IRpcTransport Transport { get; } = transport;

        public string State { get; set; } = "ok";

        public string? Reason { get; set; }

        public DateTimeOffset Until { get; set; }

        public ulong? Head { get; set; }
    }
}
