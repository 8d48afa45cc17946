using System.Numerics;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Consensus;

/// <summary>The numbers of rounds and of what a violation costs (source: TAO20 specification, Round and Violations).</summary>
/// <param name="MinStakeWei">The least bond of a validator that takes part, in TAO wei. 1 to 2^96; default 1,000 TAO.</param>
/// <param name="MinAttestations">The least attestations of a quorum. 1 to 256; default 3.</param>
/// <param name="QuorumPercent">The least part of the eligible stake in a quorum, in percent. 51 to 100; default 67.</param>
/// <param name="WindowBlocks">How long a round collects after its first attestation, in blocks. 1 to 10,000; default 25.</param>
/// <param name="MissedWindow">Over how many of the last rounds missed ones are counted. 1 to 32; default 10.</param>
/// <param name="MissedWarning">From how many missed rounds on there is a warning. 1 to 32; default 3.</param>
/// <param name="MissedMinor">From how many missed rounds on it is a minor violation. 1 to 32; default 6.</param>
/// <param name="RepeatRounds">Within how many rounds a repetition is graver. 1 to 1,000; default 24.</param>
/// <param name="RepeatCount">From which violation in that time on it is one step graver. 2 to 100; default 3.</param>
/// <param name="DisputeBlocks">How long a case is open for votes, in blocks. 1 to 100,000; default 150.</param>
[Settings("Consensus")]
public sealed record ConsensusRules(
    [property: Setting("The least bond of a validator that takes part.", Least = "1", Most = "79228162514264337593543950335", Unit = "wei")]
        Wei MinStakeWei,
    [property: Setting(
        "The least attestations of a quorum: one validator alone never is one.",
        Least = "1",
        Most = "256",
        Unit = "attestations"
    )]
        int MinAttestations,
    [property: Setting("The least part of the eligible stake in a quorum.", Least = "51", Most = "100", Unit = "percent")]
        int QuorumPercent,
    [property: Setting("How long a round collects after its first attestation.", Least = "1", Most = "10000", Unit = "blocks")]
        int WindowBlocks,
    [property: Setting("Over how many of the last rounds missed ones are counted.", Least = "1", Most = "32", Unit = "rounds")]
        int MissedWindow,
    [property: Setting("From how many missed rounds on there is a warning.", Least = "1", Most = "32", Unit = "rounds")] int MissedWarning,
    [property: Setting("From how many missed rounds on it is a minor violation.", Least = "1", Most = "32", Unit = "rounds")]
        int MissedMinor,
    [property: Setting("Within how many rounds a repetition is graver.", Least = "1", Most = "1000", Unit = "rounds")] int RepeatRounds,
    [property: Setting("From which violation in that time on it is one step graver.", Least = "2", Most = "100", Unit = "violations")]
        int RepeatCount,
    [property: Setting("How long a case is open for votes.", Least = "1", Most = "100000", Unit = "blocks")] int DisputeBlocks
)
{
    /// <summary>The defaults of the specification.</summary>
    public static readonly ConsensusRules Default = new(Wei.From(1_000 * Wei.OneTao.Value), 3, 67, 25, 10, 3, 6, 24, 3, 150);

    // Upper bounds, included, of none, minor, moderate and severe; above is critical. In parts per million.
    private static readonly int[] NavBounds = [1_000, 5_000, 20_000, 50_000];
    private static readonly int[] WeightBounds = [50_000, 100_000, 150_000, 300_000];

    /// <summary>What a severity costs, in percent of the stake.</summary>
    public static int Percent(Severity severity) =>
        severity switch
        {
            Severity.Minor => 1,
            Severity.Moderate => 5,
            Severity.Severe => 15,
            Severity.Critical => 50,
            _ => 0,
        };

    /// <summary>How grave it is to attest <paramref name="nav"/> when <paramref name="reference"/> is right: 0.1, 0.5, 2 and 5 %.</summary>
    public static Severity OfNav(TaoPerToken nav, TaoPerToken reference) =>
        Grade(BigInteger.Abs((BigInteger)nav.Value - reference.Value), reference.Value, NavBounds);

    /// <summary>How grave it is to attest these weights: L1 distance over the sum of both: 5, 10, 15 and 30 %.</summary>
    public static Severity OfWeights(IReadOnlyList<Weights.SubnetWeight> weights, IReadOnlyList<Weights.SubnetWeight> reference)
    {
        var (distance, sum) = WeightsDistance(weights, reference);
        return Grade(distance, sum, WeightBounds);
    }

    /// <summary>The L1 distance of two weight vectors, and the sum of both.</summary>
    public static (long Distance, long Sum) WeightsDistance(
        IReadOnlyList<Weights.SubnetWeight> weights,
        IReadOnlyList<Weights.SubnetWeight> reference
    )
    {
        var difference = new Dictionary<ushort, long>();
        foreach (var weight in weights)
            difference[weight.Uid] = difference.GetValueOrDefault(weight.Uid) + weight.Weight;
        foreach (var weight in reference)
            difference[weight.Uid] = difference.GetValueOrDefault(weight.Uid) - weight.Weight;
        return (difference.Values.Sum(Math.Abs), weights.Sum(weight => (long)weight.Weight) + reference.Sum(weight => (long)weight.Weight));
    }

    private static Severity Grade(BigInteger distance, BigInteger whole, int[] boundsPpm)
    {
        // Nothing attested against nothing is no difference; something against nothing is all the difference there is.
        if (distance.IsZero)
            return Severity.None;
        var grade = Array.FindIndex(boundsPpm, bound => distance * 1_000_000 <= whole * bound);
        return grade < 0 ? Severity.Critical : (Severity)grade;
    }
}
