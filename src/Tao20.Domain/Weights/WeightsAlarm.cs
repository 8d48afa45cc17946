namespace Tao20.Domain.Weights;

/// <summary>
/// Whether weights arrive. The chain tells nobody when they do not: a last update that stands still is the only proof (source: the chain
/// reference, sections 7 and 10).
/// </summary>
public static class WeightsAlarm
{
    /// <summary>After so many tempos without an update there is an alarm.</summary>
    public const int Tempos = 2;

    /// <summary>What is wrong, a line each; empty when nothing is.</summary>
    /// <param name="block">The block.</param>
    /// <param name="clock">The subnet's epochs at it.</param>
    /// <param name="revealPeriod">How many epochs after its commit a reveal is due.</param>
    /// <param name="lastUpdate">The block of the neuron's last update; at first that of its registration.</param>
    /// <param name="commits">Its commits that are open.</param>
    public static IReadOnlyList<string> Of(
        ulong block,
        EpochClock clock,
        ulong revealPeriod,
        ulong lastUpdate,
        IReadOnlyList<OpenCommit> commits
    )
    {
        List<string> alarms = [];
        if (clock.Tempo > 0 && block > lastUpdate + (ulong)(Tempos * clock.Tempo))
            alarms.Add($"no weights have arrived since block {lastUpdate}, more than {Tempos} tempos of {clock.Tempo} blocks ago");
        foreach (var commit in commits.Where(commit => commit.Epoch + revealPeriod < clock.Current))
            alarms.Add(
                $"the commit of block {commit.Block} was to be revealed in epoch {commit.Epoch + revealPeriod} of the subnet and was "
                    + $"not: it is {clock.Current} now"
            );
        if (commits.Count >= WeightRules.MaxOpenCommits)
            alarms.Add($"{commits.Count} commits are open, and no more are taken");
        return alarms;
    }

    /// <summary>
    /// Whether weights that were revealed are not what the subnet has, two tempos later: what has been accepted has had no effect.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="clock">The subnet's epochs at it.</param>
    /// <param name="set">The weights that were set last.</param>
    /// <param name="stored">The weights the subnet has of the neuron; null where they have not been read.</param>
    public static string? OfStored(ulong block, EpochClock clock, WeightsProgress set, IReadOnlyList<SubnetWeight>? stored)
    {
        if (set.Stage != WeightsStage.Set || stored is null || clock.Tempo == 0 || block <= set.SetAt + (ulong)(Tempos * clock.Tempo))
            return null;

        // The chain scales them so that the largest is 65535, and drops those of a UID that has gone to somebody else since.
        var most = set.Weights.Select(weight => weight.Weight).DefaultIfEmpty().Max();
        var sent = set.Weights.ToDictionary(weight => weight.Uid, weight => SubnetWeights.Scaled(weight.Weight, most));
        return stored.Count > 0 && stored.All(weight => sent.TryGetValue(weight.Uid, out var value) && value == weight.Weight)
            ? null
            : $"the weights of epoch {set.Closed.Epoch}, set in block {set.SetAt}, are not those the subnet has";
    }
}
