using Tao20.Domain.Units;

namespace Tao20.Domain.Weights;

/// <summary>What a subnet demands of weights: read from the chain each time, never configured.</summary>
/// <param name="VersionKey">The version key weights have to name.</param>
/// <param name="RateLimitBlocks">How many blocks lie between two updates of a neuron, at least.</param>
/// <param name="CommitReveal">Weights are first committed to, and revealed some epochs later.</param>
/// <param name="RevealPeriod">How many epochs later: in that epoch, and in no other.</param>
/// <param name="MinWeights">How many weights there are at least, zeros among them, unless the subnet is smaller.</param>
/// <param name="Neurons">How many neurons the subnet has.</param>
/// <param name="Clock">Its epochs.</param>
public sealed record WeightRules(
    ulong VersionKey,
    ulong RateLimitBlocks,
    bool CommitReveal,
    ulong RevealPeriod,
    ushort MinWeights,
    ushort Neurons,
    EpochClock Clock
)
{
    /// <summary>How many commits of one hotkey may be open (source: Subtensor, weights.rs, <c>TooManyUnrevealedCommits</c>).</summary>
    public const int MaxOpenCommits = 10;

    /// <summary>
    /// The weights as the subnet takes them: where they are too few, neurons that are paid nothing are among them with a weight of 0.
    /// Null when there is no such; <paramref name="problem"/> says why.
    /// </summary>
    /// <param name="weights">By UID, ascending.</param>
    /// <param name="problem">Why not.</param>
    public IReadOnlyList<SubnetWeight>? Fit(IReadOnlyList<SubnetWeight> weights, out string? problem)
    {
        problem =
            weights.Count == 0 ? "nobody who is paid has a UID on the subnet"
            : weights[^1].Uid >= Neurons ? $"UID {weights[^1].Uid} is not on the subnet, which has {Neurons}"
            : null;
        if (problem is not null)
            return null;
        var missing = Math.Min(MinWeights, Neurons) - weights.Count;
        if (missing <= 0)
            return weights;
        var paid = weights.Select(weight => weight.Uid).ToHashSet();
        var unpaid = Enumerable.Range(0, Neurons).Select(uid => (ushort)uid).Where(uid => !paid.Contains(uid)).Take(missing);
        return [.. weights.Concat(unpaid.Select(uid => new SubnetWeight(uid, 0))).OrderBy(weight => weight.Uid)];
    }
}

/// <summary>The neuron that sets weights.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Permit">Whether it is a validator of the subnet.</param>
/// <param name="LastUpdate">The block of its last update, which is that of its registration at first.</param>
public sealed record WeightSetter(ushort Uid, bool Permit, ulong LastUpdate)
{
    /// <summary>The weights the subnet has of it, by UID; null where they have not been read.</summary>
    public IReadOnlyList<SubnetWeight>? Stored { get; init; }
}

/// <summary>Who has a UID: another registration is somebody else, whatever the UID.</summary>
/// <param name="Uid">The UID.</param>
/// <param name="Hotkey">Its hotkey.</param>
/// <param name="RegisteredAt">The block of its registration.</param>
public readonly record struct NeuronIdentity(ushort Uid, Hash256 Hotkey, ulong RegisteredAt);

/// <summary>All of a subnet that its weights depend on, at one block.</summary>
/// <param name="Block">The block.</param>
/// <param name="Rules">What it demands.</param>
/// <param name="Self">Who sets them; null when the account has no neuron there.</param>
/// <param name="Commits">The account's commits that are open.</param>
/// <param name="Neurons">Who has each UID that was asked for; null for one that nobody has.</param>
public sealed record SubnetView(
    ulong Block,
    WeightRules Rules,
    WeightSetter? Self,
    IReadOnlyList<OpenCommit> Commits,
    IReadOnlyDictionary<ushort, NeuronIdentity?> Neurons
);
