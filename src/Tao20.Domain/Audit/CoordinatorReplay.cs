using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>
/// The settled epochs and the book of validators, folded again: each epoch is settled anew by what its miners' entries have come to, and
/// each step of the book is taken anew.
/// </summary>
/// <param name="findings">What is found.</param>
/// <param name="miners">The miners whose entries have come.</param>
/// <param name="mayLack">Whether a miner's first entries are no longer there.</param>
internal sealed class CoordinatorReplay(
    AuditFindings findings,
    IReadOnlyDictionary<Address, MinerReplay> miners,
    Func<Address, bool> mayLack
)
{
    private readonly Queue<BookItem> _ahead = new();

    /// <summary>What its entries have come to.</summary>
    public CoordinatorState State { get; private set; } = CoordinatorState.Initial(followsRegistry: false);

    /// <summary>Whether its first entries are no longer there, or say nothing to this version.</summary>
    public bool MayLackFacts { get; private set; }

    /// <summary>Epochs of which every miner's volume follows from its entries.</summary>
    public long RecomputedEpochs { get; private set; }

    /// <summary>Epochs of which some miners' volumes are only known as they were written.</summary>
    public long EpochsTakenAsWritten { get; private set; }

    /// <summary>It is known whether a registry is followed.</summary>
    public void Begin(bool followsRegistry) => State = CoordinatorState.Initial(followsRegistry);

    /// <summary>Begins with a snapshot: its first entries are no longer there.</summary>
    public void Begin(CoordinatorState snapshot) => (State, MayLackFacts) = (snapshot, true);

    /// <summary>What was queued of the blocks up to one.</summary>
    public IReadOnlyList<BookItem> PassFacts(ulong lastBlock)
    {
        var passed = new List<BookItem>();
        while (_ahead.TryPeek(out var item) && item.At.Block <= lastBlock)
            passed.Add(_ahead.Dequeue());
        return passed;
    }

    /// <summary>Folds an event.</summary>
    /// <param name="row">Where it is written.</param>
    /// <param name="e">The event.</param>
    /// <param name="cursor">How far the cursor is; null where that is not known at this entry.</param>
    /// <param name="schedule">The parameters of each epoch.</param>
    public void Take(JournalRow row, CoordinatorEvent e, CursorState? cursor, Parameters.ParameterSchedule? schedule)
    {
        switch (e)
        {
            case CoordinatorEvent.EpochSettled(var report):
                Settle(row, report, cursor, schedule);
                break;
            case CoordinatorEvent.FactsQueued(var items):
                Queue(row, items);
                break;
            case CoordinatorEvent.BookAdvanced advanced:
                Advance(row, advanced);
                break;
            case CoordinatorEvent.FirstRegistryTold:
                findings.TakeAsWritten();
                MayLackFacts = true;
                break;
            case CoordinatorEvent.StatingPaused(var isPaused) when isPaused == State.IsPaused:
                findings.Report(DifferenceKind.EventWithoutEffect, row, $"stating was {(isPaused ? "paused" : "on")} before");
                break;
        }

        if (e is CoordinatorEvent.BookAdvanced(var taken, _) && (State.Inbox.Book is null || taken > State.Inbox.Queue.Count))
            return;
        State = State.Evolve(e);
    }

    private void Settle(JournalRow row, EpochReport report, CursorState? cursor, Parameters.ParameterSchedule? schedule)
    {
        if (State.Settled.Has(report.Closed))
        {
            findings.Report(DifferenceKind.EpochOutOfOrder, row, $"epoch {report.Closed.Epoch} was settled before");
            return;
        }

        var closed = report.Closed;
        var activities = report.Ranking.Activities.ToList();
        IEnumerable<Address> traded = activities.Select(activity => activity.Miner);
        if (cursor is not null)
        {
            // Whether the cursor knows of those that are settled already depends on the version.
            var next = cursor.Unsettled.FirstOrDefault(waiting => !State.Settled.Has(waiting.Closed));
            if (next?.Closed != closed)
                findings.Report(
                    DifferenceKind.EpochOutOfOrder,
                    row,
                    $"epoch {closed.Epoch} is settled, ended at {closed.ClosedAt}; "
                        + (next is null ? "none is to be" : $"{next.Closed.Epoch} is to be, ended at {next.Closed.ClosedAt}")
                );
            else
                traded = next.Miners;
        }

        // Journals of earlier versions do not have the hash; what they were settled by is not known any more.
        if (report.Chain is null || schedule is null)
        {
            if (report.Chain is null && State.Settled.Last is { Chain: not null })
                findings.Report(DifferenceKind.EpochDiffers, row, $"epoch {closed.Epoch} has no hash, and the one before it has");
            findings.TakeAsWritten();
            EpochsTakenAsWritten++;
            return;
        }

        var written = activities.ToDictionary(activity => activity.Miner);
        var volumes = traded.Select(miner => VolumeOf(miner, closed, written)).ToList();
        var expected = EpochReport.Settle(
            closed,
            volumes.Select(volume => volume.Volume),
            schedule.At(closed.Epoch),
            State.Settled.Last,
            findings.Keccak
        );
        if (volumes.TrueForAll(volume => volume.IsRecomputed))
            RecomputedEpochs++;
        else
            EpochsTakenAsWritten++;
        if (!findings.Same(new CoordinatorEvent.EpochSettled(expected), new CoordinatorEvent.EpochSettled(report)))
            findings.Report(
                DifferenceKind.EpochDiffers,
                row,
                $"epoch {closed.Epoch} is settled otherwise than by the trades of its miners",
                new CoordinatorEvent.EpochSettled(expected),
                new CoordinatorEvent.EpochSettled(report)
            );
    }

    private (EpochVolume Volume, bool IsRecomputed) VolumeOf(Address miner, ClosedEpoch closed, Dictionary<Address, EpochVolume> written)
    {
        if (miners.TryGetValue(miner, out var replay) ? replay.Knows(closed.Epoch) : !mayLack(miner))
            return (replay?.Volume.Of(closed.Epoch) ?? EpochVolume.None(miner, closed.Epoch), true);
        return (written.GetValueOrDefault(miner) ?? EpochVolume.None(miner, closed.Epoch), false);
    }

    private void Queue(JournalRow row, IReadOnlyList<BookItem> items)
    {
        var before = State.Inbox.LastItem;
        foreach (var item in items)
        {
            if (before is { } at && item.At <= at)
            {
                findings.Report(DifferenceKind.FactsOutOfOrder, row, $"what happened at {item.At} comes after what happened at {at}");
                break;
            }

            before = item.At;
        }

        foreach (var item in items)
            _ahead.Enqueue(item);
    }

    private void Advance(JournalRow row, CoordinatorEvent.BookAdvanced advanced)
    {
        IReadOnlyList<CoordinatorEvent> decided = State.Inbox.Book is null
            ? []
            : State.Decide(new CoordinatorCommand.Advance(), findings.Keccak);
        if (decided is not [CoordinatorEvent.BookAdvanced expected])
            findings.Report(
                DifferenceKind.BookDiffers,
                row,
                $"the book is said to take {advanced.Taken} of what waits; nothing of it can be taken"
            );
        else if (
            advanced.Rounds.Count == 0
            && expected.Rounds.Count > 0
            && State.Inbox.LastRound is null
            && expected.Taken == advanced.Taken
        )
            findings.TakeAsWritten(); // earlier versions kept no hashes of rounds
        else if (!findings.Same(expected, advanced))
            findings.Report(
                DifferenceKind.BookDiffers,
                row,
                "the book takes other entries, or rounds have other hashes",
                expected,
                advanced
            );
    }
}
