using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Consensus;

/// <summary>An attestation that counts in a round, with the stake behind it.</summary>
/// <param name="Signed">The attestation.</param>
/// <param name="Stake">The validator's bond at the epoch's last block.</param>
public sealed record CountedAttestation(SignedAttestation Signed, Wei Stake)
{
    /// <summary>Who attested.</summary>
    public Address Validator => Signed.Attestation.Validator;
}

/// <summary>What a round takes for right.</summary>
/// <param name="Nav">The lower stake-weighted median of NAV.</param>
/// <param name="RankingRoot">The root of more than half of the attested stake.</param>
/// <param name="WeightsHash">The weights' hash of more than half of the attested stake.</param>
/// <param name="Weights">The weights themselves.</param>
public sealed record ConsensusValues(TaoPerToken Nav, Hash256 RankingRoot, Hash256 WeightsHash, IReadOnlyList<SubnetWeight> Weights)
{
    /// <summary>
    /// The reference of these attestations; null when no root, or no weights, have more than half of the stake behind them.
    /// </summary>
    public static ConsensusValues? Of(IReadOnlyList<CountedAttestation> counted)
    {
        var total = Sum(counted);
        if (
            Majority(counted, total, signed => signed.Attestation.RankingRoot) is not { } root
            || Majority(counted, total, signed => signed.Attestation.WeightsHash) is not { } weights
        )
            return null;
        return new ConsensusValues(
            MedianNav(counted, total),
            root,
            weights,
            counted.First(attestation => attestation.Signed.Attestation.WeightsHash == weights).Signed.Weights
        );
    }

    /// <summary>The smallest NAV such that those at or below it hold at least half of the stake: the lower weighted median.</summary>
    public static TaoPerToken MedianNav(IReadOnlyList<CountedAttestation> counted, UInt128 total)
    {
        UInt128 below = 0;
        foreach (var attestation in counted.OrderBy(attestation => attestation.Signed.Attestation.Nav.Value))
        {
            below += attestation.Stake.Value;
            if (below * 2 >= total)
                return attestation.Signed.Attestation.Nav;
        }

        throw new ArgumentException("A median of no attestations.", nameof(counted));
    }

    /// <summary>The stake behind these attestations, in wei.</summary>
    public static UInt128 Sum(IEnumerable<CountedAttestation> counted) =>
        counted.Aggregate((UInt128)0, (sum, attestation) => sum + attestation.Stake.Value);

    private static Hash256? Majority(IReadOnlyList<CountedAttestation> counted, UInt128 total, Func<SignedAttestation, Hash256> said)
    {
        foreach (var group in counted.GroupBy(attestation => said(attestation.Signed)))
        {
            if (Sum(group) * 2 > total)
                return group.Key;
        }

        return null;
    }
}
