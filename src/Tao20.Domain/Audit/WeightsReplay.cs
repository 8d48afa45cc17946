using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Audit;

/// <summary>The weights of a validator, folded again.</summary>
/// <param name="settled">The settled epoch of a number; null where it is not known.</param>
/// <param name="findings">What is found.</param>
public sealed class WeightsReplay(Func<EpochId, EpochReport?> settled, AuditFindings findings)
{
    /// <summary>What its entries have come to.</summary>
    public WeightsState State { get; private set; } = WeightsState.Initial;

    /// <summary>Begins with a snapshot: its first entries are no longer there.</summary>
    public void Begin(WeightsState snapshot) => State = snapshot;

    /// <summary>Folds an event.</summary>
    public void Take(JournalRow row, WeightsProgress moved)
    {
        var epoch = moved.Closed.Epoch;
        var before = State.Of(epoch);
        if (before is null && State.Knows(moved.Closed))
            Report($"a later epoch had been taken up before epoch {epoch}");
        else if (before is null && moved.Stage != WeightsStage.Waiting)
            Report($"epoch {epoch} begins with {moved.Stage}");
        else if (before is { Ended: true })
            Report($"the weights of epoch {epoch} had ended before, with {before.Stage}");
        else if (before is not null && before.Closed != moved.Closed)
            Report($"epoch {epoch} has ended otherwise than before");
        if (before is null && settled(epoch) is { } report)
            Compare(row, moved, report);
        State = State.Evolve(moved);

        void Report(string text) => findings.Report(DifferenceKind.WeightsOutOfOrder, row, text);
    }

    /// <summary>
    /// Which UIDs miners have only the chain knows. What the weights are follows from the payouts of those that have one, unless two of
    /// them share it.
    /// </summary>
    private void Compare(JournalRow row, WeightsProgress moved, EpochReport report)
    {
        var paid = report
            .Rewards.Payouts.Where(payout => payout.Payout.Value > 0 && !moved.WithoutUid.Contains(payout.Miner.Miner))
            .Select(payout => (UInt128)payout.Payout.Value)
            .ToList();
        var most = paid.DefaultIfEmpty().Max();
        var expected = paid.Select(pay => SubnetWeights.Scaled(pay, most)).Where(weight => weight > 0).Order().ToList();
        var found = moved.Weights.Select(weight => weight.Weight).Order().ToList();
        if (found.Count == expected.Count ? !found.SequenceEqual(expected) : found.Count > expected.Count)
            findings.Report(
                DifferenceKind.WeightsDiffer,
                row,
                $"the weights of epoch {moved.Closed.Epoch} are {string.Join(' ', found)}; its payouts come to {string.Join(' ', expected)}"
            );
    }
}
