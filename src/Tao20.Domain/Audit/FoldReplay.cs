using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>
/// What of a journal follows from the chain, folded again from its events alone in the order in which they were written: miners, cursor,
/// settled epochs, book of validators. Each event is decided anew and held against what was written; what one stream says of another is
/// held against that other.
/// </summary>
public sealed class FoldReplay
{
    private readonly AuditFindings _findings;
    private readonly Func<Address, bool> _lacksEntries;
    private readonly Dictionary<Address, MinerReplay> _miners = [];
    private readonly CursorReplay _cursor;
    private readonly CoordinatorReplay _coordinator;

    /// <summary>A replay that has not begun.</summary>
    /// <param name="findings">What is found.</param>
    /// <param name="mayLack">Whether a miner's first entries are no longer there: deleted behind a snapshot.</param>
    /// <param name="lacksEntries">Whether entries in the middle of a miner's stream are missing.</param>
    public FoldReplay(AuditFindings findings, Func<Address, bool> mayLack, Func<Address, bool> lacksEntries)
    {
        (_findings, _lacksEntries) = (findings, lacksEntries);
        _coordinator = new CoordinatorReplay(findings, _miners, mayLack);
        _cursor = new CursorReplay(findings, _miners, _coordinator, mayLack);
    }

    /// <summary>How far the cursor is.</summary>
    public CursorState Cursor => _cursor.State;

    /// <summary>The settled epochs and the book of validators.</summary>
    public CoordinatorState Coordinator => _coordinator.State;

    /// <summary>Trades folded.</summary>
    public long Trades { get; private set; }

    /// <summary>How many miners begin with a snapshot, since their first entries are no longer there.</summary>
    public int MinersFromSnapshot => _miners.Values.Count(miner => miner.IsFromSnapshot);

    /// <summary>Epochs of which every miner's volume follows from its entries.</summary>
    public long RecomputedEpochs => _coordinator.RecomputedEpochs;

    /// <summary>Epochs of which some miners' volumes are only known as they were written.</summary>
    public long EpochsTakenAsWritten => _coordinator.EpochsTakenAsWritten;

    /// <summary>What each miner's entries have come to, by address.</summary>
    public IEnumerable<MinerVolume> Miners =>
        _miners.Values.Where(miner => !miner.IsBroken).Select(miner => miner.Volume).OrderBy(volume => volume.Miner);

    /// <summary>What a miner's entries have come to; null before the first.</summary>
    public MinerVolume? Of(Address miner) => _miners.TryGetValue(miner, out var replay) && !replay.IsBroken ? replay.Volume : null;

    /// <summary>The cursor's first entries are no longer there: it begins with this.</summary>
    public void Begin(CursorState snapshot)
    {
        _cursor.Begin(snapshot);
        _coordinator.Begin(snapshot.Identity?.Registry is not null);
    }

    /// <summary>The first entries of the settled epochs are no longer there: they begin with this.</summary>
    public void Begin(CoordinatorState snapshot) => _coordinator.Begin(snapshot);

    /// <summary>A miner's first entries are no longer there: it begins with this.</summary>
    public void Begin(MinerVolumeSnapshot snapshot) =>
        _miners[snapshot.Miner] = new MinerReplay(snapshot, _lacksEntries(snapshot.Miner), _findings);

    /// <summary>Folds a batch of a miner's trades.</summary>
    public void Take(JournalRow row, Address miner, TradesFolded folded)
    {
        if (!_miners.TryGetValue(miner, out var replay))
            _miners[miner] = replay = new MinerReplay(miner, _lacksEntries(miner), _findings);
        replay.Take(row, folded);
        Trades += folded.Trades.Length;
        _cursor.Await(miner);
    }

    /// <summary>Folds an event of the cursor.</summary>
    public void Take(JournalRow row, CursorEvent e)
    {
        if (e is CursorEvent.FollowingBegan(var identity) && _coordinator.State.Settled.Count == 0)
            _coordinator.Begin(identity.Registry is not null);
        _cursor.Take(row, e);
    }

    /// <summary>Folds an event of the settled epochs and the book.</summary>
    public void Take(JournalRow row, CoordinatorEvent e) =>
        _coordinator.Take(row, e, _cursor.IsUnderWay ? _cursor.State : null, _cursor.State.Schedule);

    /// <summary>Says no more of a miner: something of its stream is missing, or cannot be read.</summary>
    public void Break(Address miner)
    {
        if (!_miners.TryGetValue(miner, out var replay))
            _miners[miner] = replay = new MinerReplay(miner, lacksEntries: true, _findings);
        replay.Break();
    }

    /// <summary>All entries have come: what is said of streams that have none?</summary>
    public void Finish()
    {
        foreach (var miner in _cursor.WithoutStream())
            _findings.Report(
                DifferenceKind.EntriesMissing,
                null,
                $"the cursor knows {Cursor.Known[miner].Trades} trades of {miner}, and the journal has no entry of it"
            );
    }
}
