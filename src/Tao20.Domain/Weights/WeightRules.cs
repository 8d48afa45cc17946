using System.Numerics;

namespace Tao20.Domain.Weights;

/// <summary>What a subnet demands of weights: read from the chain each time, never configured.</summary>
/// <param name="VersionKey">The version key weights have to name.</param>
/// <param name="RateLimitBlocks">How many blocks lie between two updates of a neuron, at least.</param>
/// <param name="CommitReveal">Weights are first committed to, and revealed some tempos later.</param>
/// <param name="RevealTempos">How many tempos later.</param>
/// <param name="MinWeights">How many weights there are at least, unless the subnet is smaller.</param>
/// <param name="MaxLimit">The largest share one weight may have of all, in 65535ths.</param>
/// <param name="Neurons">How many neurons the subnet has.</param>
/// <param name="TempoBlocks">The subnet's tempo: 360 on Bittensor.</param>
public sealed record WeightRules(
    ulong VersionKey,
    ulong RateLimitBlocks,
    bool CommitReveal,
    ulong RevealTempos,
    ushort MinWeights,
    ushort MaxLimit,
    ushort Neurons,
    ulong TempoBlocks
)
{
    /// <summary>The tempo of Bittensor's subnets, in blocks.</summary>
    public const ulong BittensorTempo = 360;

    /// <summary>
    /// The blocks in which a commit is revealed: the whole of exactly the tempo that is <see cref="RevealTempos"/> after that of the
    /// commit, where tempos are counted by <c>(block + netuid + 1) / (tempo + 1)</c> (source: Subtensor, <c>get_epoch_index</c>
    /// and <c>is_reveal_block_range</c>).
    /// </summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="committed">The block the commit is in.</param>
    public (ulong First, ulong Last) RevealWindow(ushort netuid, ulong committed)
    {
        var length = TempoBlocks + 1;
        var first = ((committed + netuid + 1) / length + RevealTempos) * length - netuid - 1;
        return (first, first + length - 1);
    }

    /// <summary>
    /// The weights as the subnet takes them: where one would have more than <see cref="MaxLimit"/> of all, the largest are cut to one
    /// height, the highest that keeps to it. Null when there is no such; <paramref name="problem"/> says why.
    /// </summary>
    public IReadOnlyList<SubnetWeight>? Fit(IReadOnlyList<SubnetWeight> weights, out string? problem)
    {
        var least = Math.Min(MinWeights, Neurons);
        problem =
            weights.Count == 0 ? "nobody who is paid has a UID on the subnet"
            : weights.Count < least ? $"there are {weights.Count} weights and the subnet takes no fewer than {least}"
            : weights[^1].Uid >= Neurons ? $"UID {weights[^1].Uid} is not on the subnet, which has {Neurons}"
            : !Holds(weights, 1) ? $"{weights.Count} weights cannot each keep below {MaxLimit}/65535 of their sum"
            : null;
        if (problem is not null)
            return null;

        // The share of the largest grows with the height they are cut to: the highest that holds is found by halving.
        var (holds, breaks) = (1, ushort.MaxValue + 1);
        while (breaks - holds > 1)
        {
            var middle = (holds + breaks) / 2;
            if (Holds(weights, middle))
                holds = middle;
            else
                breaks = middle;
        }

        return [.. weights.Select(weight => weight with { Weight = (ushort)Math.Min(weight.Weight, holds) })];
    }

    private bool Holds(IReadOnlyList<SubnetWeight> weights, int height)
    {
        var cut = weights.Select(weight => Math.Min(weight.Weight, height)).ToList();
        return MaxLimit == ushort.MaxValue || (BigInteger)cut.Max() * ushort.MaxValue <= (BigInteger)cut.Sum() * MaxLimit;
    }
}

/// <summary>The neuron that sets weights.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Permit">Whether it is a validator of the subnet.</param>
/// <param name="LastUpdate">The block of its last update; 0 when it never did.</param>
public sealed record WeightSetter(ushort Uid, bool Permit, ulong LastUpdate);
