using Tao20.Domain.Ingestion;

namespace Tao20.Chain.Following;

/// <summary>
/// The reading of the first ranges, begun while the node's actors still start. Nothing of it is folded before the journal has been found to
/// be of this chain; where the journal goes on elsewhere than was expected, it is thrown away.
/// </summary>
public sealed class EarlyReading : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private RangeReadSession? _session;

    private EarlyReading(ChainConnection chain, Cursor cursor, Action isThere) =>
        _session = new RangeReadSession(chain.Ranges, cursor, until: null, _stop.Token).Ahead(isThere);

    /// <summary>Begins to read after a cursor.</summary>
    /// <param name="chain">The chain; what is final on it is known.</param>
    /// <param name="cursor">Where the journal is expected to go on.</param>
    /// <param name="isThere">Called when the first range has been read.</param>
    public static EarlyReading Begin(ChainConnection chain, Cursor cursor, Action isThere) => new(chain, cursor, isThere);

    /// <summary>Hands the reading over, once, to who goes on at this cursor.</summary>
    /// <returns>The reading; null when it began elsewhere or has been handed over before.</returns>
    public RangeReadSession? Take(Cursor cursor)
    {
        if (Interlocked.Exchange(ref _session, null) is not { } session)
            return null;
        if (session.Cursor == cursor)
            return session;
        session.Dispose();
        return null;
    }

    /// <summary>Ends the reading, whoever has it.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Interlocked.Exchange(ref _session, null)?.Dispose();
    }
}
