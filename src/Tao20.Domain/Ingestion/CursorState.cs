using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.CursorEvent;

namespace Tao20.Domain.Ingestion;

/// <summary>How far the chain has been folded, and which epochs await settlement.</summary>
/// <param name="Identity">The chain and contract; null before the first start.</param>
/// <param name="Schedule">The parameters; null before the first start.</param>
/// <param name="Last">The last folded block; null before the first.</param>
/// <param name="Book">The open epoch and who traded in it.</param>
/// <param name="Unsettled">Closed epochs that the consensus has not acknowledged, oldest first.</param>
/// <param name="Known">Every miner that ever traded, and how far its trades are folded.</param>
/// <param name="Trades">All trades ever folded.</param>
/// <param name="Quarantined">The latest logs that could not be decoded, oldest first.</param>
/// <param name="QuarantinedCount">How many there ever were.</param>
/// <param name="Settled">How many epochs have been settled.</param>
public sealed record CursorState(
    ChainIdentity? Identity,
    ParameterSchedule? Schedule,
    BlockHeader? Last,
    EpochBook Book,
    IReadOnlyList<EpochToSettle> Unsettled,
    ImmutableDictionary<Address, MinerHead> Known,
    long Trades,
    IReadOnlyList<QuarantinedLog> Quarantined,
    long QuarantinedCount,
    long Settled
)
{
    /// <summary>Where the last of what was folded stands that is for the book of validators; null before the first.</summary>
    public Position? LastFact { get; init; }

    /// <summary>How many quarantined logs are kept for display; the journal has all.</summary>
    public const int QuarantinedKept = 32;

    /// <summary>Nothing read yet.</summary>
    public static readonly CursorState Initial = new(
        null,
        null,
        null,
        EpochBook.Initial,
        [],
        ImmutableDictionary<Address, MinerHead>.Empty,
        0,
        [],
        0,
        0
    );

    /// <summary>The state without what is known of miners, but for one; to be shown, not to be folded on.</summary>
    /// <param name="miner">That one; null for none.</param>
    public CursorState WithOnly(Address? miner) =>
        this with
        {
            Known = miner is { } one && Known.TryGetValue(one, out var head) ? Known.Clear().Add(one, head) : Known.Clear(),
            Book = Book.WithoutMiners,
            Unsettled = [],
        };

    /// <summary>How many final blocks are not folded yet.</summary>
    public ulong LagBehind(BlockHeader? finalized) =>
        finalized is not null && finalized.Number > (Last?.Number ?? 0) ? finalized.Number - (Last?.Number ?? 0) : 0;

    /// <summary>Where reading goes on; at the first block wanted while nothing has been folded.</summary>
    public Cursor CursorFrom(ulong firstBlock) => Last is { } last ? new Cursor(last.Number, last.Hash) : new Cursor(firstBlock, null);

    /// <summary>Whether reading can go on from here.</summary>
    /// <param name="wanted">The chain and contract that are to be followed.</param>
    /// <param name="onChain">
    /// What the chain has at the height of <see cref="Last"/>; null when it has no such block, or nothing was folded.
    /// </param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public CursorProblem? Check(ChainIdentity wanted, BlockHeader? onChain) =>
        Identity is { } journal && journal != wanted ? new CursorProblem.ForeignJournal(journal)
        : Last is null ? null
        : onChain is null ? new CursorProblem.UnknownBlock(Last)
        : onChain.Hash != Last.Hash ? new CursorProblem.Replaced(Last, onChain.Hash)
        : null;

    /// <summary>What follows from a command; nothing when it changes nothing.</summary>
    public IReadOnlyList<CursorEvent> Decide(CursorCommand command)
    {
        switch (command)
        {
            case CursorCommand.Begin(var identity, var parameters, var earlier):
                var schedule = identity.Registry is null
                    ? Schedule?.Adopt(parameters, Book.Open) ?? earlier ?? ParameterSchedule.Of(parameters)
                    : Schedule ?? ParameterSchedule.Of(parameters);
                return
                [
                    .. Identity is null ? [new FollowingBegan(identity)] : Array.Empty<CursorEvent>(),
                    .. schedule == Schedule ? [] : new CursorEvent[] { new ParametersAdopted(schedule) },
                ];
            case CursorCommand.Complete(var work, var heads):
                var progress = work.Progress;
                return
                [
                    new RangeFolded(
                        work.Last,
                        progress.Closed,
                        progress.Open,
                        progress.Joined,
                        work.Trades,
                        work.Range.Quarantined,
                        Settled
                    )
                    {
                        Heads = heads,
                        LastFact = work.Facts is [.., var last] ? last.At : null,
                    },
                    .. work.Schedule == Schedule ? [] : new CursorEvent[] { new ParametersAdopted(work.Schedule) },
                ];
            case CursorCommand.AcknowledgeSettlement(var epoch) when Unsettled is [{ Closed.Epoch: var oldest }, ..] && oldest == epoch:
                return [new SettlementAcknowledged(epoch)];
            default:
                return [];
        }
    }

    /// <summary>The state after an event.</summary>
    public CursorState Evolve(CursorEvent e) =>
        e switch
        {
            FollowingBegan began => this with { Identity = began.Identity },
            ParametersAdopted adopted => this with { Schedule = adopted.Schedule },
            RangeFolded range => After(range),
            SettlementAcknowledged acknowledged when Unsettled is [{ Closed.Epoch: var oldest }, ..] && oldest == acknowledged.Epoch =>
                this with
                {
                    Unsettled = [.. Unsettled.Skip(1)],
                    Settled = Settled + 1,
                },
            SettlementAcknowledged => this,
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of the cursor.", nameof(e)),
        };

    private CursorState After(RangeFolded range)
    {
        var newlySettled = (int)Math.Max(0, range.Settled - Settled);
        var arrivals = range
            .Closed.SelectMany(epoch => epoch.Miners)
            .Concat(range.Joined)
            .Where(miner => !Known.ContainsKey(miner) && !range.Heads.ContainsKey(miner))
            .Select(miner => KeyValuePair.Create(miner, default(MinerHead)));
        return this with
        {
            Last = range.Last,
            Book = Book.After(range.Closed.Count > 0, range.OpenEpoch, range.Joined),
            Unsettled = range.Closed.Count == 0 && newlySettled == 0 ? Unsettled : [.. Unsettled.Skip(newlySettled), .. range.Closed],
            Settled = Math.Max(Settled, range.Settled),
            Known = Known.SetItems(range.Heads.Concat(arrivals)),
            LastFact = range.LastFact ?? LastFact,
            Trades = Trades + range.Trades,
            Quarantined = range.Quarantined.Count == 0 ? Quarantined : [.. Quarantined.Concat(range.Quarantined).TakeLast(QuarantinedKept)],
            QuarantinedCount = QuarantinedCount + range.Quarantined.Count,
        };
    }
}
