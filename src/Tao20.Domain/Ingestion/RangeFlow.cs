using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.RangeFlowCommand;
using static Tao20.Domain.Ingestion.RangeFlowEvent;

namespace Tao20.Domain.Ingestion;

/// <summary>Something that concerns ranges which are read and not durable yet.</summary>
public abstract record RangeFlowCommand
{
    private RangeFlowCommand() { }

    /// <summary>Begin again after what is durable: all that waits or is under way is read again.</summary>
    public sealed record Restart(CursorState Durable) : RangeFlowCommand;

    /// <summary>A range has been read.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Final">The last block wanted that is known to be final: ranges up to there are on their way.</param>
    public sealed record Take(TradeRange Range, ulong Final) : RangeFlowCommand;

    /// <summary>Send on what waits, if nothing is under way and it is worth its while.</summary>
    /// <param name="Durable">What is durable: the parameters of each epoch, and how far each miner's trades are folded.</param>
    public sealed record Dispatch(CursorState Durable) : RangeFlowCommand;

    /// <summary>A miner has folded a part of its trades of a range, durably.</summary>
    public sealed record AcknowledgeBatch(long Range, Address Miner, int Part, MinerHead Head) : RangeFlowCommand;

    /// <summary>What a range says of validators is durable.</summary>
    public sealed record AcknowledgeFacts(long Range) : RangeFlowCommand;

    /// <summary>A closed epoch has been settled, durably.</summary>
    public sealed record AcknowledgeSettlement : RangeFlowCommand;
}

/// <summary>What happens to ranges between being read and being durable. Not persisted: after a crash they are read again.</summary>
public abstract record RangeFlowEvent
{
    private RangeFlowEvent() { }

    /// <summary>All that was under way is forgotten.</summary>
    public sealed record Restarted(EpochBook Book, int Unsettled) : RangeFlowEvent;

    /// <summary>A range waits for those that come with it.</summary>
    public sealed record RangeWaits(TradeRange Range, ulong Final) : RangeFlowEvent;

    /// <summary>All that waited is on its way, as one.</summary>
    /// <param name="Work">What is on its way.</param>
    /// <param name="Known">How far the trades of its miners were folded before.</param>
    public sealed record RangeDispatched(InFlightRange Work, ImmutableDictionary<Address, MinerHead> Known) : RangeFlowEvent;

    /// <summary>A miner's part is durable.</summary>
    /// <param name="Miner">The miner.</param>
    /// <param name="Next">The part that may be sent to it now; null when it has all.</param>
    /// <param name="Head">How far its trades are folded with it.</param>
    public sealed record BatchAcknowledged(Address Miner, int? Next, MinerHead Head) : RangeFlowEvent;

    /// <summary>What the range says of validators is durable.</summary>
    public sealed record FactsAcknowledged : RangeFlowEvent;

    /// <summary>Everything of the range under way is durable: the cursor may move.</summary>
    public sealed record RangeCompleted(InFlightRange Work) : RangeFlowEvent;

    /// <summary>One epoch less waits for its settlement.</summary>
    public sealed record SettlementCounted : RangeFlowEvent;
}

/// <summary>
/// Ranges that wait, and the one that is on its way through the miners. One, because a miner must never get a later batch while an
/// earlier one can still be lost, or what was lost would count as folded.
/// </summary>
/// <param name="FollowsRegistry">Whether there is a book of validators to keep.</param>
/// <param name="Book">The open epoch and who traded in it, after all that has been dispatched.</param>
/// <param name="Unsettled">Closed epochs that are not settled yet.</param>
/// <param name="Waiting">Ranges that have been read and not dispatched, in chain order.</param>
/// <param name="Awaited">The last block that was known to be final when the first of them came.</param>
/// <param name="Dispatched">How many ranges have been dispatched since the start: the number of the latest.</param>
/// <param name="UnderWay">The range on its way; null when there is none.</param>
/// <param name="Parts">Of each miner that has not folded all of its trades: the part that was sent.</param>
/// <param name="FactsMissing">Whether what the range says of validators is not durable yet.</param>
public sealed record RangeFlow(
    bool FollowsRegistry,
    EpochBook Book,
    int Unsettled,
    ImmutableList<TradeRange> Waiting,
    ulong Awaited,
    long Dispatched,
    InFlightRange? UnderWay,
    ImmutableDictionary<Address, int> Parts,
    bool FactsMissing
)
{
    /// <summary>A range holds at most this many epoch changes: settlement never falls further behind than miners remember.</summary>
    public const int MaxEpochsPerRange = 16;

    /// <summary>
    /// Far behind the head, ranges wait until there are so many trades of each miner that trades in this epoch: an entry of few costs the
    /// journal as much as one of many.
    /// </summary>
    public const int BatchTradesPerMiner = 60;

    /// <summary>They wait for at least this many trades, few miners or not.</summary>
    public const int LeastBatchTrades = 15_000;

    /// <summary>
    /// The first ones of a start wait for no more trades than this: what is done for the first time takes long, and goes on while more is
    /// read.
    /// </summary>
    public const int FirstBatchTrades = 1_000;

    /// <summary>They wait for no more trades than this: what bounds the memory.</summary>
    public const int MostBatchTrades = 60_000;

    /// <summary>While a batch is on its way, so many trades more than a batch has are read.</summary>
    public const int TradesReadAhead = 15_000;

    /// <summary>Nothing more is read while this many epochs wait for their settlement: miners remember only so many.</summary>
    public const int MaxUnsettledEpochs = 32;

    /// <summary>No more ranges than this wait, however few trades they have: the cursor moves through a quiet stretch, too.</summary>
    public const int MaxWaitingRanges = 100;

    /// <summary>How far the trades of the latest range's miners are folded: before it, and with what of it they have folded.</summary>
    public ImmutableDictionary<Address, MinerHead> Heads { get; init; } = ImmutableDictionary<Address, MinerHead>.Empty;

    /// <summary>Whether all of the chain is read, so that the epoch that is open at first is known.</summary>
    public bool FromGenesis { get; init; }

    /// <summary>So many trades are worth an entry for each of their miners.</summary>
    public int BatchTrades =>
        Dispatched == 0 ? FirstBatchTrades : Math.Clamp(Book.Active.Count * BatchTradesPerMiner, LeastBatchTrades, MostBatchTrades);

    private long WaitingTrades => Waiting.Sum(range => range.Trades.Length);

    private int WaitingEpochs => Waiting.Sum(range => range.Advances.Count);

    /// <summary>Whether more may be read.</summary>
    public bool WantsMore =>
        Unsettled < MaxUnsettledEpochs
        && WaitingTrades < BatchTrades + TradesReadAhead
        && Waiting.Count < MaxWaitingRanges
        && WaitingEpochs < MaxEpochsPerRange;

    /// <summary>How much of the range under way is not durable: miners with trades of it, and the facts.</summary>
    public int Missing => Parts.Count + (FactsMissing ? 1 : 0);

    /// <summary>Nothing read yet.</summary>
    public static RangeFlow Initial(bool followsRegistry) =>
        new(followsRegistry, EpochBook.Initial, 0, [], 0, 0, null, ImmutableDictionary<Address, int>.Empty, false);

    /// <summary>The ends of epochs that are missing before the range that would be dispatched next; null when none are.</summary>
    /// <param name="firstBlock">The first block that is read.</param>
    public HistoryGap? MissingBefore(ulong firstBlock) =>
        UnderWay is null && Waiting is [{ Advances: [var next, ..] }, ..] && KnownOpen is { } open && open.Value < next.Epoch.Value
            ? new HistoryGap(null, open.Value, next.Epoch.Value, firstBlock, next.ClosedAt.Block)
            : null;

    /// <summary>Where reading begins in the middle of history, the first log ends an epoch whose beginning was not read.</summary>
    private EpochId? KnownOpen => Book.Open != default || FromGenesis ? Book.Open : null;

    /// <summary>What follows from a command; nothing when it repeats what is known, or is of a range given up.</summary>
    public IReadOnlyList<RangeFlowEvent> Decide(RangeFlowCommand command) =>
        command switch
        {
            Restart(var durable) => [new Restarted(durable.Book, durable.Unsettled.Count)],
            Take(var range, var final) => [new RangeWaits(range, final)],
            Dispatch(var durable) when UnderWay is null && IsWorthAnEntry => OnDispatched(Join(durable.Schedule!), durable.Known),
            AcknowledgeBatch(var number, var miner, var part, var head)
                when UnderWay is { } work && work.Number == number && Parts.TryGetValue(miner, out var sent) && sent == part => OnBatch(
                work,
                miner,
                part + 1,
                head
            ),
            AcknowledgeFacts(var number) when UnderWay is { } work && work.Number == number && FactsMissing =>
            [
                new FactsAcknowledged(),
                .. Completion(work, Missing - 1),
            ],
            AcknowledgeSettlement when Unsettled > 0 => [new SettlementCounted()],
            _ => [],
        };

    /// <summary>The state after an event.</summary>
    public RangeFlow Evolve(RangeFlowEvent e) =>
        e switch
        {
            Restarted(var book, var unsettled) => Initial(FollowsRegistry) with
            {
                Book = book,
                Unsettled = unsettled,
                Dispatched = Dispatched,
                FromGenesis = FromGenesis,
            },
            RangeWaits(var range, var final) => this with { Waiting = Waiting.Add(range), Awaited = Waiting.IsEmpty ? final : Awaited },
            RangeDispatched(var work, var known) => this with
            {
                Waiting = Waiting.RemoveAll(range => range.Last.Number <= work.Last.Number),
                Book = Book.After(work.Progress.Closed.Count > 0, work.Progress.Open, work.Progress.Joined),
                Unsettled = Unsettled + work.Progress.Closed.Count,
                Dispatched = work.Number,
                UnderWay = work,
                Parts = work.Batches.Keys.ToImmutableDictionary(miner => miner, _ => 0),
                Heads = known,
                FactsMissing = work.Facts is not null,
            },
            BatchAcknowledged(var miner, { } next, var head) => this with
            {
                Parts = Parts.SetItem(miner, next),
                Heads = Heads.SetItem(miner, head),
            },
            BatchAcknowledged(var miner, null, var head) => this with { Parts = Parts.Remove(miner), Heads = Heads.SetItem(miner, head) },
            FactsAcknowledged => this with { FactsMissing = false },
            RangeCompleted => this with { UnderWay = null },
            SettlementCounted => this with { Unsettled = Unsettled - 1 },
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of the flow of ranges.", nameof(e)),
        };

    /// <summary>
    /// A range waits for those that were final when it came, and for no later ones: at the head of the chain it does not wait.
    /// </summary>
    private bool IsWorthAnEntry =>
        Waiting is [.., var last]
        && (
            last.Last.Number >= Awaited
            || WaitingTrades >= BatchTrades
            || WaitingEpochs >= MaxEpochsPerRange
            || Waiting.Count >= MaxWaitingRanges
        );

    private InFlightRange Join(ParameterSchedule schedule)
    {
        var range = TradeRange.Joined(Waiting.GetRange(0, TradeRange.Unbroken(Waiting, KnownOpen)));
        return InFlightRange.Of(Dispatched + 1, range, Book.Read(range.Trades, range.Advances), schedule, FollowsRegistry);
    }

    private static IReadOnlyList<RangeFlowEvent> OnDispatched(InFlightRange work, ImmutableDictionary<Address, MinerHead> known) =>
        [new RangeDispatched(work, known.Of(work.Batches.Keys)), .. Completion(work, work.Batches.Count + (work.Facts is null ? 0 : 1))];

    private IReadOnlyList<RangeFlowEvent> OnBatch(InFlightRange work, Address miner, int next, MinerHead head) =>
        next < work.Batches[miner].Count
            ? [new BatchAcknowledged(miner, next, head)]
            : [new BatchAcknowledged(miner, null, head), .. Completion(work, Missing - 1)];

    private static RangeFlowEvent[] Completion(InFlightRange work, int missing) => missing == 0 ? [new RangeCompleted(work)] : [];
}
