using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;

namespace Tao20.Actors.Ingestion;

// ---- events: persisted by chain-cursor ------------------------------------------------------------------------------------------

/// <summary>Which chain and contract this journal is of; the first event.</summary>
public sealed record FollowingBegan(ChainIdentity Identity);

/// <summary>The parameters in force from an epoch on have changed.</summary>
public sealed record ParametersAdopted(ParameterSchedule Schedule);

/// <summary>Every miner of a range has folded its trades: the cursor moves.</summary>
/// <param name="Last">The last block of the range.</param>
/// <param name="Closed">Epochs the range closed.</param>
/// <param name="OpenEpoch">The epoch open at its end.</param>
/// <param name="Joined">Miners that traded in that epoch for the first time.</param>
/// <param name="Trades">How many trades the range had.</param>
/// <param name="Quarantined">Logs of the range that could not be decoded.</param>
/// <param name="Settled">How many epochs had been settled by then.</param>
public sealed record RangeFolded(
    BlockHeader Last,
    IReadOnlyList<EpochToSettle> Closed,
    EpochId OpenEpoch,
    IReadOnlyList<Address> Joined,
    int Trades,
    IReadOnlyList<QuarantinedLog> Quarantined,
    long Settled);

// ---- state ------------------------------------------------------------------------------------------------------------------------

/// <summary>How far the chain has been folded, and which epochs await settlement.</summary>
/// <param name="Identity">The chain and contract; null before the first start.</param>
/// <param name="Schedule">The parameters; null before the first start.</param>
/// <param name="Last">The last folded block; null before the first.</param>
/// <param name="Book">The open epoch and who traded in it.</param>
/// <param name="Unsettled">Closed epochs that the consensus has not acknowledged, oldest first.</param>
/// <param name="Known">Every miner that ever traded.</param>
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
    IReadOnlySet<Address> Known,
    long Trades,
    IReadOnlyList<QuarantinedLog> Quarantined,
    long QuarantinedCount,
    long Settled)
{
    /// <summary>How many quarantined logs are kept for people to see; the journal has all.</summary>
    public const int QuarantinedKept = 32;

    /// <summary>Nothing read yet.</summary>
    public static readonly CursorState Initial =
        new(null, null, null, EpochBook.Initial, [], new HashSet<Address>(), 0, [], 0, 0);

    /// <summary>Where reading goes on; at the first block wanted while nothing has been folded.</summary>
    public Cursor CursorFrom(ulong firstBlock) => Last is { } last ? new Cursor(last.Number, last.Hash) : new Cursor(firstBlock, null);

    /// <summary>The state after an event.</summary>
    public CursorState Evolve(object e) => e switch
    {
        FollowingBegan began => this with { Identity = began.Identity },
        ParametersAdopted adopted => this with { Schedule = adopted.Schedule },
        RangeFolded range => After(range),
        _ => this,
    };

    /// <summary>The state once the consensus has settled the oldest closed epoch.</summary>
    public CursorState SettledOldest() => this with { Unsettled = [.. Unsettled.Skip(1)], Settled = Settled + 1 };

    private CursorState After(RangeFolded range)
    {
        var newlySettled = (int)Math.Max(0, range.Settled - Settled);
        var arrivals = range.Closed.SelectMany(epoch => epoch.Miners).Concat(range.Joined).Where(miner => !Known.Contains(miner)).ToList();
        return this with
        {
            Last = range.Last,
            Book = Book.After(range.Closed.Count > 0, range.OpenEpoch, range.Joined),
            Unsettled = range.Closed.Count == 0 && newlySettled == 0 ? Unsettled : [.. Unsettled.Skip(newlySettled), .. range.Closed],
            Settled = Math.Max(Settled, range.Settled),
            Known = arrivals.Count == 0 ? Known : new HashSet<Address>(Known.Concat(arrivals)),
            Trades = Trades + range.Trades,
            Quarantined = range.Quarantined.Count == 0 ? Quarantined : [.. Quarantined.Concat(range.Quarantined).TakeLast(QuarantinedKept)],
            QuarantinedCount = QuarantinedCount + range.Quarantined.Count,
        };
    }
}
