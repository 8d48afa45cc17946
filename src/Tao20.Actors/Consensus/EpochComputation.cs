using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Consensus;

/// <summary>What a node computes of an epoch at its last block: what a validator attests, and what an auditor holds against it.</summary>
/// <param name="Reading">NAV, or why there is none.</param>
/// <param name="Weights">The weights of the payouts.</param>
/// <param name="WeightsHash">Their hash.</param>
public sealed record EpochComputation(NavReading Reading, SubnetWeights Weights, Hash256 WeightsHash)
{
    /// <summary>Computes an epoch from what the chain says and its report.</summary>
    /// <param name="inputs">What the chain says.</param>
    /// <param name="report">The epoch's report.</param>
    public static EpochComputation Of(EpochInputs inputs, EpochReport report)
    {
        // Of a past block, its own time is the time NAV is wanted for.
        var reading = NavReading.Of(inputs.Nav, inputs.Header.Timestamp);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, inputs.Uids);
        return new EpochComputation(reading, weights, Eip712.WeightsHash(weights.Weights));
    }

    /// <summary>Reads what the chain says, from two endpoints where there are two, and computes the epoch.</summary>
    /// <param name="chain">The endpoints, and the contracts.</param>
    /// <param name="round">The epoch's round: which block is its last.</param>
    /// <param name="report">The epoch's report.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="from">The epoch's first block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="EndpointsDisagreeException">Two endpoints say different things.</exception>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    /// <exception cref="FormatException">What the contract gives cannot be read.</exception>
    public static async Task<EpochComputation> OfAsync(
        ChainConnection chain,
        Round round,
        EpochReport report,
        ushort netuid,
        ulong from,
        CancellationToken cancel
    )
    {
        IReadOnlyCollection<Address> miners = [.. report.Rewards.Payouts.Select(payout => payout.Miner.Miner)];

        // One word on the rules for both: of two endpoints one may be a gateway that does not tell them.
        var version = await chain.Runtime.AtAsync(round.LastBlock, cancel).ConfigureAwait(false);
        var profile = version?.Profile ?? RuntimeProfile.Unknown;
        var inputs = await chain
            .Pool.ReadAgreedAsync(
                one => EpochInputs.ReadAsync(one, chain.Options, round, miners, netuid, from, profile, cancel),
                (first, second) => first.DifferenceFrom(second)
            )
            .ConfigureAwait(false);
        return Of(inputs, report);
    }
}
