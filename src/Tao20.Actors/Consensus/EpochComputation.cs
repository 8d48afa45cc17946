using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Nav;
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
    /// <summary>Computes an epoch from the chain and its report.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="reader">Reads the contract.</param>
    /// <param name="round">The epoch's round: which block is its last.</param>
    /// <param name="report">The epoch's report.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    /// <exception cref="FormatException">What the contract gives cannot be read, or the block is another one at this endpoint.</exception>
    public static async Task<EpochComputation> OfAsync(
        EndpointPool pool,
        NavReader reader,
        Round round,
        EpochReport report,
        ushort netuid,
        CancellationToken cancel
    )
    {
        BlockHeader? header = null;
        await pool.SendAsync([EthCalls.Header(round.LastBlock, found => header = found)], cancel).ConfigureAwait(false);
        if (header?.Hash != round.LastBlockHash)
            throw new FormatException($"block {round.LastBlock} is not {round.LastBlockHash} at this endpoint");

        // Of a past block, its own time is the time NAV is wanted for.
        var reading = NavReading.Of(await reader.ReadAsync(header, cancel).ConfigureAwait(false), header.Timestamp);
        var uids = await reader
            .UidsAsync(netuid, [.. report.Rewards.Payouts.Select(payout => payout.Miner.Miner)], header.Number, header.Hash, cancel)
            .ConfigureAwait(false);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids);
        return new EpochComputation(reading, weights, Eip712.WeightsHash(weights.Weights));
    }
}
