using System.Collections.Immutable;
using Tao20.Actors.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Node.Hosting;

/// <summary>Holds the contract's composition against the index rule, by the daily emission files of a directory.</summary>
internal sealed class EmissionsCheck(DirectoryInfo directory) : ICompositionCheck
{
    public Task<CompositionCheck> CheckAsync(NavInputs inputs, CancellationToken cancel) =>
        CheckAsync(
            [.. inputs.Holdings.Select(holding => (holding.Netuid, holding.Weight))],
            CompositionCheck.RebalanceDays(inputs.Timestamp),
            cancel
        );

    /// <summary>Holds a composition against the rule's for some days.</summary>
    /// <param name="composition">Netuid and weight of the legs; a leg without weight is being left, and is in no composition.</param>
    /// <param name="days">The days the rule may be as of; that which comes nearest tells.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<CompositionCheck> CheckAsync(
        IReadOnlyList<(ushort Netuid, Ratio Weight)> composition,
        IReadOnlyList<DateOnly> days,
        CancellationToken cancel
    )
    {
        var candidates = ImmutableList<(DateOnly AsOf, IReadOnlyList<Constituent> Rule)>.Empty;
        var problem = "";
        foreach (var day in days)
        {
            try
            {
                var (snapshots, _) = await EmissionFiles.ReadAsync(directory, IndexComposition.Window(day), cancel);
                candidates = candidates.Add((day, IndexComposition.Compose(snapshots)));
            }
            catch (NodeException e)
            {
                // One file a line; the first is enough to be looked after.
                problem = e.Message.Split('\n')[0];
            }
        }

        return candidates.IsEmpty
            ? new CompositionCheck(days[0], [$"it cannot be checked: {problem}"])
            : CompositionCheck.Of([.. composition.Where(leg => leg.Weight.Value > 0)], candidates);
    }
}
