using Microsoft.Extensions.Logging;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// The endpoints in order of preference. A question goes to the first that is well, and to the next when that does not answer it; ranges
/// of the history are read from several at once (<see cref="Following.FinalizedRanges"/>). One that fails rests for a while, longer each
/// time; one that lags more than three blocks behind the best waits until it has caught up; one that says what cannot be right is dropped
/// for ten minutes, and when all are dropped, for ten seconds. An answer that is only incomplete is asked for again first. One that has
/// failed is asked which chain it is on before it is used again.
/// </summary>
public sealed class EndpointPool
{
    /// <summary>How many blocks an endpoint may be behind the best before another is preferred.</summary>
    public const int MaxLagBlocks = 3;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DroppedFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AllDroppedFor = TimeSpan.FromSeconds(10);

    // The average of the last dozen answers or so.
    private const double NewestShare = 0.15;
    private readonly Member[] _members;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _askAgainAfter;
    private readonly Lock _lock;

    /// <summary>A pool of these transports, most preferred first.</summary>
    /// <param name="transports">What carries the bytes to each.</param>
    /// <param name="log">Where it is said when one is set aside.</param>
    /// <param name="clock">The time; null for the system's.</param>
    /// <param name="askAgainAfter">The pause before an incomplete answer is asked for again; null for the default poll interval.</param>
    public EndpointPool(IEnumerable<IRpcTransport> transports, ILogger log, TimeProvider? clock = null, TimeSpan? askAgainAfter = null)
    {
        _members = [.. transports.Select(transport => new Member(new RpcEndpoint(transport)))];
        _lock = new Lock();
        _log = log;
        _clock = clock ?? TimeProvider.System;
        _askAgainAfter = askAgainAfter ?? TimeSpan.FromSeconds(1);
        All = [.. _members.Select(member => member.Endpoint)];
    }

    private EndpointPool(EndpointPool whole, Member only)
    {
        _members = [only];
        (_log, _clock, _askAgainAfter, _lock) = (whole._log, whole._clock, whole._askAgainAfter, whole._lock);
        All = [only.Endpoint];
        ChainId = whole.ChainId;
    }

    /// <summary>All endpoints, most preferred first.</summary>
    public IReadOnlyList<RpcEndpoint> All { get; }

    /// <summary>Those that are not dropped, in the order in which they are asked now.</summary>
    public IReadOnlyList<RpcEndpoint> InTurn => [.. InOrder().Select(member => member.Endpoint)];

    /// <summary>The pool of one of them alone; how it is doing is known to both.</summary>
    public EndpointPool Only(RpcEndpoint endpoint) => new(this, _members.First(member => member.Endpoint == endpoint));

    /// <summary>The one that the next question goes to; null when all are dropped.</summary>
    public RpcEndpoint? Preferred => InOrder().FirstOrDefault()?.Endpoint;

    /// <summary>Those that are well and are known to have a block, most preferred first.</summary>
    public IReadOnlyList<RpcEndpoint> Having(ulong block) =>
        [.. InOrder().Where(member => member.State == EndpointState.Ok && member.Head >= block).Select(member => member.Endpoint)];

    /// <summary>The chain that all have to be on; null before the start has found out.</summary>
    public ulong? ChainId { get; set; }

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
    /// Asks the best endpoint, the next best if that does not answer; returns what the first that does has said, and which it was.
    /// </summary>
    /// <param name="ask">Asks one endpoint, from the beginning each time.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="isAnswer">Whether a failure is an answer, too, so that no other endpoint is asked: it is thrown.</param>
    /// <param name="first">The endpoint to begin with, unless it is dropped; null for the preferred one.</param>
    /// <exception cref="EndpointException">No endpoint gave an answer: what the last one tried did instead.</exception>
    /// <exception cref="NoTrustworthyEndpointException">All are dropped.</exception>
    public async Task<(T Answer, RpcEndpoint By)> AskAsync<T>(
        Func<RpcEndpoint, Task<T>> ask,
        CancellationToken cancel,
        Predicate<EndpointException>? isAnswer = null,
        RpcEndpoint? first = null
    )
    {
        EndpointException? last = null;
        var refused = new List<(Member Member, EndpointException Error)>();
        foreach (var member in InOrder().OrderBy(member => member.Endpoint == first ? 0 : 1))
        {
            for (var again = false; ; again = true)
            {
                try
                {
                    await ConfirmChainAsync(member, cancel).ConfigureAwait(false);
                    var asked = _clock.GetUtcNow();
                    var answer = await ask(member.Endpoint).ConfigureAwait(false);
                    NoteAnswer(member, asked);
                    foreach (var (other, error) in refused)
                        SetAside(other, error);
                    return (answer, member.Endpoint);
                }
                catch (NoAnswerYetException) when (!again)
                {
                    await Task.Delay(_askAgainAfter, _clock, cancel).ConfigureAwait(false);
                }
                catch (EndpointException e) when (isAnswer?.Invoke(e) != true)
                {
                    last = e;

                    // What one refuses may be the question's fault, unless another answers it.
                    if (e is RpcErrorException && !RateLimits.IsOfRate(e))
                        refused.Add((member, e));
                    else
                        SetAside(member, e);
                    break;
                }
            }
        }

        throw last is not null && AnyTrusted ? last : NobodyLeft();
    }

    /// <summary>
    /// Sends a batch to the best endpoint, the next best if that fails; returns the one that answered and the reply's size.
    /// </summary>
    /// <param name="calls">What to ask; what takes the results may be called again, by the next endpoint.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="errorsAreAnswers">An error of the node is its answer, as it is to a transaction: no other endpoint is asked.</param>
    /// <exception cref="ChainException">No endpoint gave an answer; of the last one tried.</exception>
    public async Task<(RpcEndpoint By, int Bytes)> SendAsync(
        IReadOnlyList<RpcCall> calls,
        CancellationToken cancel,
        bool errorsAreAnswers = false
    )
    {
        var (bytes, by) = await AskAsync(
                endpoint => endpoint.SendAsync(calls, cancel),
                cancel,
                e => errorsAreAnswers && e is RpcErrorException { OfBatch: false } && !RateLimits.IsOfRate(e)
            )
            .ConfigureAwait(false);
        return (by, bytes);
    }

    /// <summary>Drops an endpoint for an answer that cannot be right.</summary>
    public void Drop(NodeMisbehaviourException misbehaviour) =>
        SetAside(_members.First(member => member.Endpoint.Name == misbehaviour.Endpoint), misbehaviour);

    /// <summary>Whether an endpoint has been dropped.</summary>
    public bool IsDropped(RpcEndpoint endpoint)
    {
        lock (_lock)
            return _members.Any(member => member.Endpoint == endpoint && member.State == EndpointState.Dropped);
    }

    /// <summary>Whether an endpoint is left that has not been dropped.</summary>
    public bool AnyTrusted
    {
        get
        {
            lock (_lock)
                return _members.Any(member => member.State != EndpointState.Dropped || member.Until <= _clock.GetUtcNow());
        }
    }

    /// <summary>The error of a pool all of whose endpoints have been dropped.</summary>
    public NoTrustworthyEndpointException NobodyLeft()
    {
        lock (_lock)
            return new(_members.Select(member => $"{member.Endpoint.Name}: {member.Reason}"));
    }

    /// <summary>Notes how far an endpoint is; one more than three blocks behind the best is passed over until it has caught up.</summary>
    public void NoteHead(RpcEndpoint endpoint, ulong head)
    {
        lock (_lock)
        {
            _members.First(member => member.Endpoint == endpoint).Head = head;
            var best = _members.Where(member => member.State != EndpointState.Dropped).Max(member => member.Head ?? 0);
            foreach (var member in _members)
            {
                var lags = member.Head + MaxLagBlocks < best;
                if (lags && member.State == EndpointState.Ok)
                {
                    (member.State, member.Reason, member.Until) = (
                        EndpointState.Lagging,
                        $"{best - member.Head} blocks behind",
                        DateTimeOffset.MaxValue
                    );
                    _log.LogWarning(
                        "RPC endpoint {Endpoint} lags {Lag} blocks behind the best; another is preferred",
                        member.Endpoint.Name,
                        best - member.Head
                    );
                }
                else if (!lags && member.State == EndpointState.Lagging)
                {
                    (member.State, member.Reason) = (EndpointState.Ok, null);
                }
            }
        }
    }

    private List<Member> InOrder()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            foreach (var member in _members)
            {
                if (member.State is EndpointState.Resting or EndpointState.Dropped && member.Until <= now)
                    (member.State, member.Reason) = (EndpointState.Ok, null);
            }

            // One that stumbled once must not end a node for ever: when all are dropped, each gets another chance after a pause.
            if (
                _members.All(member => member.State == EndpointState.Dropped)
                && _members.Max(member => member.Until) - DroppedFor + AllDroppedFor <= now
            )
            {
                foreach (var member in _members)
                    (member.State, member.Reason) = (EndpointState.Ok, null);
            }

            // All but the dropped: first the well, then those that lag, then those that rest.
            return
            [
                .. _members
                    .Where(member => member.State != EndpointState.Dropped)
                    .OrderBy(member =>
                        member.State switch
                        {
                            EndpointState.Ok => 0,
                            EndpointState.Lagging => 1,
                            _ => 2,
                        }
                    ),
            ];
        }
    }

    private async Task ConfirmChainAsync(Member member, CancellationToken cancel)
    {
        if (ChainId is not { } expected || !Volatile.Read(ref member.Unconfirmed))
            return;
        ulong found = 0;
        await member.Endpoint.SendAsync([EthCalls.ChainId(id => found = id)], cancel).ConfigureAwait(false);
        if (found != expected)
            throw new WrongChainException(member.Endpoint.Name, expected, found);
        Volatile.Write(ref member.Unconfirmed, false);
    }

    private void NoteAnswer(Member member, DateTimeOffset asked)
    {
        lock (_lock)
        {
            // What was asked before it failed says nothing about it now.
            if (asked < member.SetAsideAt)
                return;
            var taken = _clock.GetUtcNow() - asked;
            member.AnswersIn = member.AnswersIn is { } before ? before + (taken - before) * NewestShare : taken;
            member.Failures = 0;
            if (member.State == EndpointState.Resting)
                (member.State, member.Reason) = (EndpointState.Ok, null);
        }
    }

    private void SetAside(Member member, EndpointException error)
    {
        lock (_lock)
        {
            member.Refused += RateLimits.IsOfRate(error) ? 1 : 0;
            var dropped = error is NodeMisbehaviourException or WrongChainException;
            var state = dropped ? EndpointState.Dropped : EndpointState.Resting;
            var reason = error is NodeMisbehaviourException { What: var what } ? what : error.Message;
            if (member.State != state)
                _log.LogWarning("RPC endpoint {Endpoint} is {State}: {Reason}", member.Endpoint.Name, EndpointStatus.Word(state), reason);
            var rest = Rest * Math.Pow(2, Math.Min(member.Failures++, 10));
            var duration =
                dropped ? DroppedFor
                : rest < LongestRest ? rest
                : LongestRest;
            member.SetAsideAt = _clock.GetUtcNow();
            (member.State, member.Reason, member.Until) = (state, reason, member.SetAsideAt + duration);
            Volatile.Write(ref member.Unconfirmed, true);
        }
    }

    private static EndpointStatus StatusOf(Member member) =>
        new(member.Endpoint.Name.ToString(), member.State, member.Reason, member.Head)
        {
            AnswersIn = member.AnswersIn,
            RateLimited = member.RateLimited,
        };

    private sealed class Member(RpcEndpoint endpoint)
    {
        public bool Unconfirmed;

        public RpcEndpoint Endpoint { get; } = endpoint;

        public EndpointState State { get; set; }

        public string? Reason { get; set; }

        public DateTimeOffset SetAsideAt { get; set; }

        public DateTimeOffset Until { get; set; }

        public int Failures { get; set; }

        public ulong? Head { get; set; }

        public TimeSpan? AnswersIn { get; set; }

        public long Refused { get; set; }

        public long RateLimited => Refused + Endpoint.Delayed;
    }
}
