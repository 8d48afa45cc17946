using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>A range that the cursor says to be folded, held against the trades that miners have in its blocks.</summary>
/// <param name="before">How far the cursor was before it.</param>
/// <param name="range">What the cursor says.</param>
/// <param name="schedule">The parameters of each epoch, with what the range says of them.</param>
/// <param name="findings">What is found.</param>
internal sealed class PassedRange(CursorState before, CursorEvent.RangeFolded range, ParameterSchedule schedule, AuditFindings findings)
{
    private readonly Dictionary<EpochId, HashSet<Address>> _traded = [];

    /// <summary>Its last block.</summary>
    public ulong LastBlock => range.Last.Number;

    /// <summary>Whether it says how far its miners are: earlier versions do not.</summary>
    public bool TellsHeads => range.Heads.Count > 0 || range.Trades == 0;

    /// <summary>Whether reading began in the middle of history, so that the first log ended an epoch that nobody here knows.</summary>
    private bool BeganWithin => before.Book.Open == default && range.Closed is not [{ Closed.Epoch.Value: 0 }, ..];

    /// <summary>The trades of a miner in it, by what the cursor says.</summary>
    public long CountOf(Address miner, MinerHead? recorded) =>
        recorded is { } head ? Math.Max(0, head.Trades - (before.Known.Of(miner)?.Trades ?? 0)) : 0;

    /// <summary>Takes trades of a miner into account, from one number in their batch to before another.</summary>
    public void Note(FoldedBatch batch, int from, int to)
    {
        var trades = batch.Trades.Span;
        while (from < to)
        {
            ref readonly var first = ref trades[from];
            var epoch = first.Epoch;
            while (from < to && trades[from].Epoch == epoch)
                from++;
            ref readonly var last = ref trades[from - 1];
            Traded(epoch).Add(first.Miner);
            if (!IsOf(epoch, first.Position) || !IsOf(epoch, last.Position))
                findings.Report(
                    DifferenceKind.TradeInOtherEpoch,
                    batch.Row,
                    $"the trades from {first.Position} to {last.Position} are counted for epoch {epoch}; "
                        + $"epoch {EpochAt(first.Position)} was open"
                );
            if (schedule.At(epoch).Parameters.Eligibility is var rules && rules != batch.Rules)
                findings.Report(
                    DifferenceKind.TradesByOtherRules,
                    batch.Row,
                    $"trades of epoch {epoch} are judged by {batch.Rules}; in that epoch {rules} hold"
                );
        }
    }

    /// <summary>Compares which miners have traded in its epochs with what the cursor says.</summary>
    /// <param name="row">The cursor's entry.</param>
    /// <param name="mayLack">Whether entries of a miner may be missing: then nothing follows from not having them.</param>
    public void CompareMiners(JournalRow row, Func<Address, bool> mayLack)
    {
        foreach (var closed in range.Closed)
        {
            var expected = Traded(closed.Closed.Epoch);
            if (closed.Closed.Epoch == before.Book.Open)
                expected.UnionWith(before.Book.Active);
            Compare(closed.Closed.Epoch, expected, closed.Miners, "traded in it");
        }

        var joined = Traded(range.OpenEpoch);
        if (range.OpenEpoch == before.Book.Open && range.Closed.Count == 0)
            joined.ExceptWith(before.Book.Active);
        Compare(range.OpenEpoch, joined, range.Joined, "traded in it for the first time");

        void Compare(EpochId epoch, HashSet<Address> expected, IReadOnlyList<Address> recorded, string what)
        {
            var missing = expected.Except(recorded).Order().ToList();
            var surplus = recorded.Where(miner => !expected.Contains(miner) && !mayLack(miner)).ToList();
            if (missing.Count + surplus.Count > 0)
                findings.Report(
                    DifferenceKind.EpochMinersDiffer,
                    row,
                    $"of epoch {epoch} the cursor says {recorded.Count} miners that {what}; "
                        + string.Join(
                            ", ",
                            missing
                                .Select(miner => $"{miner} did and is not named")
                                .Concat(surplus.Select(miner => $"{miner} did not"))
                                .Take(3)
                        )
                );
        }
    }

    private HashSet<Address> Traded(EpochId epoch) => _traded.TryGetValue(epoch, out var miners) ? miners : _traded[epoch] = [];

    private EpochId EpochAt(Position position)
    {
        var open = before.Book.Open;
        foreach (var closed in range.Closed)
        {
            if (closed.Closed.ClosedAt < position)
                open = closed.Closed.Opened;
        }

        return open;
    }

    private bool IsOf(EpochId epoch, Position position) =>
        EpochAt(position) == epoch
        || (
            BeganWithin
            && (
                range.Closed is [var first, ..] ? epoch == first.Closed.Epoch && position < first.Closed.ClosedAt : epoch == range.OpenEpoch
            )
        );
}
