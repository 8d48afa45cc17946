using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>The cursor's stream, folded again, and held against what the miners' streams and the book's have come to by then.</summary>
/// <param name="findings">What is found.</param>
/// <param name="miners">The miners whose entries have come.</param>
/// <param name="coordinator">The settled epochs and the book.</param>
/// <param name="mayLack">Whether a miner's first entries are no longer there.</param>
internal sealed class CursorReplay(
    AuditFindings findings,
    IReadOnlyDictionary<Address, MinerReplay> miners,
    CoordinatorReplay coordinator,
    Func<Address, bool> mayLack
)
{
    private readonly HashSet<Address> _ahead = [];
    private ParameterSchedule? _due;

    /// <summary>What its entries have come to.</summary>
    public CursorState State { get; private set; } = CursorState.Initial;

    /// <summary>
    /// Whether what it says is up to date: while its first entries are missing, it is not before the first that is there.
    /// </summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Begins with a snapshot: its first entries are no longer there.</summary>
    public void Begin(CursorState snapshot) => State = snapshot;

    /// <summary>A miner has trades that are to be passed.</summary>
    public void Await(Address miner) => _ahead.Add(miner);

    /// <summary>Folds an event.</summary>
    public void Take(JournalRow row, CursorEvent e)
    {
        if (!IsUnderWay && State.Last is { } before)
            PassUnseen(row, before.Number);
        IsUnderWay = true;
        if (_due is { } due && e is not CursorEvent.ParametersAdopted)
        {
            _due = null;
            Report(
                DifferenceKind.ParametersDiffer,
                row,
                $"version {due.Latest.Version} of the parameters was scheduled, and is not adopted"
            );
        }

        switch (e)
        {
            case CursorEvent.FollowingBegan began:
                if (State.Identity is { } known)
                    Report(DifferenceKind.EventWithoutEffect, row, $"the chain was known before, as {known}; now it is {began.Identity}");
                break;
            case CursorEvent.ParametersAdopted adopted:
                Adopt(row, adopted);
                break;
            case CursorEvent.RangeFolded range:
                Pass(row, range);
                break;
            case CursorEvent.SettlementAcknowledged(var epoch):
                Acknowledge(row, epoch);
                break;
        }

        State = State.Evolve(e);
    }

    /// <summary>The miners that the cursor knows and whose streams are not there at all.</summary>
    public IEnumerable<Address> WithoutStream() =>
        State
            .Known.Where(one => one.Value.Trades > 0)
            .Select(one => one.Key)
            .Where(miner => !miners.ContainsKey(miner) && !mayLack(miner))
            .Order();

    /// <summary>What others have of the blocks that the cursor had passed before its first entry that is there.</summary>
    private void PassUnseen(JournalRow row, ulong lastBlock)
    {
        coordinator.PassFacts(lastBlock);
        foreach (var miner in _ahead.ToList())
        {
            miners[miner].PassUnseen(row, lastBlock, State.Known.Of(miner));
            if (!miners[miner].IsAhead)
                _ahead.Remove(miner);
        }
    }

    private void Adopt(JournalRow row, CursorEvent.ParametersAdopted adopted)
    {
        var expected =
            State.Identity?.Registry is null ? State.Schedule?.Adopt(adopted.Schedule.Latest.Parameters, State.Book.Open)
            : State.Schedule is null ? null
            : _due ?? State.Schedule;
        _due = null;
        if (expected is not null && !findings.Same(new CursorEvent.ParametersAdopted(expected), adopted))
            findings.Report(
                DifferenceKind.ParametersDiffer,
                row,
                "the parameters are not what those before them and the registry come to",
                new CursorEvent.ParametersAdopted(expected),
                adopted
            );
    }

    private void Pass(JournalRow row, CursorEvent.RangeFolded range)
    {
        if (State.Last is { } last)
        {
            if (range.Last.Number <= last.Number || range.Last.Timestamp < last.Timestamp)
                Report(DifferenceKind.CursorOutOfOrder, row, $"block {range.Last.Number} comes after block {last.Number}");
            else if (range.Last.Number == last.Number + 1 && range.Last.ParentHash != last.Hash)
                Report(DifferenceKind.CursorOutOfOrder, row, $"block {range.Last.Number} is not the child of {last.Number} {last.Hash}");
        }

        PassFacts(row, range);
        PassEpochs(row, range);
        var schedule = _due ?? State.Schedule;
        if (schedule is null)
        {
            Report(DifferenceKind.CursorOutOfOrder, row, "a range comes before the first parameters");
            return;
        }

        PassTrades(row, range, new PassedRange(State, range, schedule, findings));
    }

    private void PassTrades(JournalRow row, CursorEvent.RangeFolded range, PassedRange passed)
    {
        var count = 0L;
        foreach (var miner in _ahead.Union(range.Heads.Keys).ToList())
        {
            var recorded = range.Heads.Of(miner);
            if (miners.TryGetValue(miner, out var replay))
            {
                count += replay.Pass(row, passed, recorded);
                if (!replay.IsAhead)
                    _ahead.Remove(miner);
                continue;
            }

            count += passed.CountOf(miner, recorded);
            if (!mayLack(miner))
                Report(
                    DifferenceKind.MinerHeadDiffers,
                    row,
                    $"of {miner} the cursor says {recorded!.Value.Trades} trades; its stream has nothing before this entry"
                );
        }

        if (passed.TellsHeads && count != range.Trades)
            Report(
                DifferenceKind.RangeCountDiffers,
                row,
                $"the range is said to have {range.Trades} trades; its miners have {count} in its blocks"
            );
        passed.CompareMiners(row, mayLack);
    }

    private void PassFacts(JournalRow row, CursorEvent.RangeFolded range)
    {
        var facts = coordinator.PassFacts(range.Last.Number);
        if (State.Identity?.Registry is null || State.Schedule is not { } schedule)
            return;
        var adopted = schedule.After(facts.OfType<BookItem.Fact>().Select(fact => fact.Log.Fact));
        _due = adopted == schedule ? null : adopted;
        if (coordinator.MayLackFacts)
            return;
        var ends = facts.OfType<BookItem.EpochEnd>().Select(end => end.Closed);
        if (!ends.SequenceEqual(range.Closed.Select(closed => closed.Closed)))
            Report(
                DifferenceKind.FactsMissing,
                row,
                "the epochs that this range ends are not those that were queued for the book of validators"
            );

        // Earlier versions do not say it.
        if (range.LastFact is null && State.LastFact is null)
            return;
        if (range.LastFact is { } at && facts is not [.., { At: var found }])
            Report(
                DifferenceKind.FactsMissing,
                row,
                $"the last for the book of validators stands at {at}; nothing of this range was queued"
            );
        else if (facts is [.., { At: var newest }] && range.LastFact != newest)
            Report(
                DifferenceKind.FactsMissing,
                row,
                $"the last for the book of validators stands at {range.LastFact}; {newest} was queued"
            );
    }

    private void PassEpochs(JournalRow row, CursorEvent.RangeFolded range)
    {
        var open = State.Book.Open;
        foreach (var (closed, _) in range.Closed)
        {
            if (closed.Epoch != open && open != default)
                Report(DifferenceKind.CursorOutOfOrder, row, $"epoch {closed.Epoch} ends while {open} is open");
            if (closed.ClosedAt.Block > range.Last.Number || closed.ClosedAt.Block <= (State.Last?.Number ?? 0))
                Report(DifferenceKind.CursorOutOfOrder, row, $"epoch {closed.Epoch} ends at {closed.ClosedAt}, outside of the range");
            open = closed.Opened;
        }

        if (open != range.OpenEpoch && open != default)
            Report(DifferenceKind.CursorOutOfOrder, row, $"epoch {range.OpenEpoch} is said to be open; it is {open}");
        if (range.Settled < State.Settled)
            Report(DifferenceKind.CursorOutOfOrder, row, $"{range.Settled} epochs are said to be settled; {State.Settled} were");
        if (range.Settled > coordinator.State.Settled.Count)
            Report(
                DifferenceKind.EpochNotSettled,
                row,
                $"{range.Settled} epochs are said to be settled; {coordinator.State.Settled.Count} are"
            );
    }

    private void Acknowledge(JournalRow row, EpochId epoch)
    {
        if (State.Unsettled is not [var oldest, ..] || oldest.Closed.Epoch != epoch)
            Report(DifferenceKind.EventWithoutEffect, row, $"epoch {epoch} is said to be settled, and is not the oldest that waits for it");
        else if (!coordinator.State.Settled.Has(oldest.Closed))
            Report(DifferenceKind.EpochNotSettled, row, $"epoch {epoch} is said to be settled, and is not");
    }

    private void Report(DifferenceKind kind, JournalRow row, string text) => findings.Report(kind, row, text);
}
