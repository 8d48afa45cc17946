using Tao20.Actors.Consensus;
using Tao20.Actors.Miners;
using Tao20.Chain.Following;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// What has been read and is not durable yet: ranges that wait, and the one work that is on its way through the miners. One, because
/// a miner must never get a later batch while an earlier one can still be lost, or what was lost would count as folded.
/// </summary>
internal sealed class RangeBatcher(bool followsRegistry)
{
    /// <summary>Nothing more is read while this many trades wait: what bounds the memory.</summary>
    public const int MaxWaitingTrades = 30_000;

    /// <summary>
    /// Far behind the head, ranges wait until there are this many trades: an entry of few costs the journal as much as one of many.
    /// </summary>
    public const int MinBatchTrades = 15_000;

    /// <summary>Nothing more is read while this many epochs wait for their settlement: miners remember only so many.</summary>
    public const int MaxUnsettledEpochs = 32;

    /// <summary>No more ranges than this wait, however few trades they have: the cursor moves through a quiet stretch, too.</summary>
    public const int MaxWaitingRanges = 100;

    private readonly List<TradeRange> _waiting = [];
    private EpochBook _book = EpochBook.Initial;
    private int _unsettled;
    private int _trades;
    private int _advances;
    private long _numbers;
    private ulong _awaited;

    /// <summary>The work on its way through the miners; null when there is none.</summary>
    public InFlightRange? UnderWay { get; private set; }

    /// <summary>Whether more may be read.</summary>
    public bool WantsMore =>
        _unsettled < MaxUnsettledEpochs
        && _trades < MaxWaitingTrades
        && _waiting.Count < MaxWaitingRanges
        && _advances < FinalizedRanges.MaxEpochsPerRange;

    /// <summary>Forgets what was on its way: reading begins again after what is durable.</summary>
    public void Restart(CursorState durable)
    {
        UnderWay = null;
        Forget();
        _book = durable.Book;
        _unsettled = durable.Unsettled.Count;
    }

    /// <summary>A range has been read.</summary>
    /// <param name="range">The range.</param>
    /// <param name="final">The last block wanted that is known to be final: ranges up to there are on their way.</param>
    public void Add(TradeRange range, ulong final)
    {
        if (_waiting.Count == 0)
            _awaited = final;
        _waiting.Add(range);
        _trades += (int)range.Trades.Length;
        _advances += range.Advances.Count;
    }

    /// <summary>Joins all that waits into one work, when nothing is under way and it is worth its while; null otherwise.</summary>
    /// <remarks>
    /// A range waits for those that were final when it came, and for no later ones: at the head of the chain it does not wait.
    /// </remarks>
    /// <param name="schedule">The parameters of each epoch.</param>
    public InFlightRange? Next(ParameterSchedule schedule)
    {
        if (UnderWay is not null || _waiting.Count == 0)
            return null;
        var isEnough = _trades >= MinBatchTrades || _advances >= FinalizedRanges.MaxEpochsPerRange || _waiting.Count >= MaxWaitingRanges;
        if (!isEnough && _waiting[^1].Last.Number < _awaited)
            return null;
        var range = TradeRange.Joined(_waiting);
        var progress = _book.Read(range.Trades, range.Advances);
        _book = _book.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        _unsettled += progress.Closed.Count;
        UnderWay = InFlightRange.Of(++_numbers, range, progress, schedule, followsRegistry);

        // Every trade is in its miner's batch now.
        _waiting.ForEach(read => read.Dispose());
        Forget();
        return UnderWay;
    }

    /// <summary>A miner has folded a batch; its next one, if that may go now.</summary>
    public FoldBatch? Acknowledge(FoldAcknowledged acknowledged) =>
        UnderWay is { } work && work.Number == acknowledged.Range ? work.Acknowledge(acknowledged) : null;

    /// <summary>The facts of a range are in the book's keeping.</summary>
    public void Acknowledge(FactsFolded folded)
    {
        if (UnderWay is { } work && work.Number == folded.Range)
            work.AcknowledgeFacts();
    }

    /// <summary>Takes the work out once all miners have acknowledged it; null before.</summary>
    public InFlightRange? Complete()
    {
        if (UnderWay is not { Missing: 0 } work)
            return null;
        UnderWay = null;
        return work;
    }

    /// <summary>An epoch has been settled.</summary>
    public void Settled() => _unsettled--;

    private void Forget()
    {
        _waiting.Clear();
        (_trades, _advances) = (0, 0);
    }
}
