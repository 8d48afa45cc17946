namespace Tao20.Chain.JsonRpc;

/// <summary>
/// One endpoint: sends calls in batches as large as it takes, which it learns. A refused batch is halved, down to single calls, of which
/// several run at once; the limit is remembered, and a larger batch is tried now and then.
/// </summary>
/// <param name="transport">Carries the bytes.</param>
public sealed class RpcEndpoint(IRpcTransport transport)
{
    /// <summary>How many pieces of what would have been one batch run at once.</summary>
    public const int PiecesAtOnce = 4;

    // After so many pieces at the limit, twice as much is tried: providers lift their limits, and a refusal costs two requests.
    private const int PassesBeforeMore = 100;
    private const int Unlimited = int.MaxValue;
    private readonly Lock _lock = new();
    private int _largest = Unlimited;
    private int _passes;

    /// <summary>What it is called.</summary>
    public EndpointName Name => transport.Name;

    /// <summary>How often it has asked to wait, and a request was repeated without anybody being told.</summary>
    public long Delayed => transport.Delayed;

    /// <summary>The largest batch it takes, in calls, as far as is known.</summary>
    public int LargestBatch
    {
        get
        {
            lock (_lock)
                return _largest;
        }
    }

    /// <summary>Sends calls and reads the replies; returns their size in bytes.</summary>
    /// <param name="calls">What to ask: one request where the endpoint takes it, answered by one node at one moment.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="arrived">Called when the reply to the first call has arrived, before it is read.</param>
    /// <exception cref="EndpointException">The endpoint does not answer, or refuses a call.</exception>
    public async Task<int> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel, Action? arrived = null)
    {
        var bytes = 0;
        var largest = LargestBatch;
        var reading = new Lock();
        if (calls.Count <= largest)
        {
            try
            {
                var (read, left) = await SendOnceAsync(calls, cancel, arrived, reading).ConfigureAwait(false);
                if (left.Count == 0)
                    return read;
                (bytes, calls, largest) = (read, left, calls.Count - left.Count);
            }
            catch (EndpointException e) when (calls.Count > 1 && IsOfBatch(e))
            {
                // The first call alone tells whether it is the batch that is refused, or what it asks.
                (bytes, _) = await SendOnceAsync([calls[0]], cancel, arrived, reading).ConfigureAwait(false);
                (calls, largest) = ([.. calls.Skip(1)], calls.Count / 2);
            }
        }

        return bytes + await SendPiecesAsync(calls, largest, cancel, arrived, reading).ConfigureAwait(false);
    }

    private async Task<int> SendPiecesAsync(
        IReadOnlyList<RpcCall> calls,
        int largest,
        CancellationToken cancel,
        Action? arrived,
        Lock reading
    )
    {
        var bytes = 0;
        while (true)
        {
            var pieces = calls.Chunk(largest).ToList();
            var refused = false;
            var left = new List<RpcCall>();
            await Parallel
                .ForEachAsync(
                    pieces,
                    new ParallelOptions { MaxDegreeOfParallelism = PiecesAtOnce, CancellationToken = cancel },
                    async (piece, stop) =>
                    {
                        try
                        {
                            var first = ReferenceEquals(piece, pieces[0]);
                            var (read, unanswered) = await SendOnceAsync(piece, stop, first ? arrived : null, reading)
                                .ConfigureAwait(false);
                            lock (reading)
                            {
                                left.AddRange(unanswered);
                                bytes += read;
                            }
                        }
                        catch (EndpointException e) when (piece.Length > 1 && IsOfBatch(e))
                        {
                            lock (reading)
                            {
                                left.AddRange(piece);
                                refused = true;
                            }
                        }
                    }
                )
                .ConfigureAwait(false);
            if (left.Count == 0)
            {
                Learn(largest, pieces.Count);
                return bytes;
            }

            (calls, largest) = (left, refused ? Math.Max(1, largest / 2) : largest);
        }
    }

    /// <summary>Sends one request; the calls that it left without an answer are fewer than all.</summary>
    private async Task<(int Bytes, IReadOnlyList<RpcCall> Left)> SendOnceAsync(
        IReadOnlyList<RpcCall> calls,
        CancellationToken cancel,
        Action? arrived,
        Lock reading
    )
    {
        using var reply = await transport.SendAsync(RpcCall.Body(calls), cancel).ConfigureAwait(false);
        arrived?.Invoke();

        // One reply at a time: the calls may read into the same place.
        lock (reading)
        {
            var left = RpcCall.ReadReply(Name, reply.Bytes.Span, calls);
            return left.Count < calls.Count
                ? (reply.Bytes.Length, left)
                : throw new IncompleteAnswerException(Name, $"{calls[0].Method} was not answered");
        }
    }

    private void Learn(int largest, int passes)
    {
        lock (_lock)
        {
            (_passes, _largest) = (largest == _largest ? _passes + passes : 0, largest);
            if (_passes >= PassesBeforeMore)
                (_passes, _largest) = (0, largest < Unlimited / 2 ? largest * 2 : Unlimited);
        }
    }

    /// <summary>Whether it may be the batch that is refused: what is said of the rate, the key or the address is not about it.</summary>
    private static bool IsOfBatch(EndpointException e) =>
        e switch
        {
            RpcErrorException error => error.OfBatch && !RateLimits.IsOfRate(error),
            HttpRefusalException refusal => refusal.Status is 500 or 501 or >= 400 and < 500 and not (401 or 403 or 404 or 407 or 429),
            _ => false,
        };
}
