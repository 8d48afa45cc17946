using System.Collections.Immutable;
using Tao20.Actors.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;

namespace Tao20.Node.Hosting;

/// <summary>Holds the contract's composition against the index rule, by the daily emission files of a directory.</summary>
internal sealed class EmissionsCheck(DirectoryInfo directory) : ICompositionCheck
{
    public async Task<CompositionCheck> CheckAsync(NavInputs inputs, CancellationToken cancel)
    {
        var candidates = ImmutableList<(DateOnly AsOf, IReadOnlyList<Constituent> Rule)>.Empty;
        var days = CompositionCheck.RebalanceDays(inputs.Timestamp);
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
            : CompositionCheck.Of([.. inputs.Holdings.Select(holding => (holding.Netuid, holding.Weight))], candidates);
    }
}
