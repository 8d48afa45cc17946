using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Consensus;

/// <summary>What there is to be stated of an epoch: what a validator commits to, and what an auditor holds against it.</summary>
/// <param name="Stated">The statement with its weights.</param>
/// <param name="WithoutUid">Paid miners that have no UID.</param>
/// <param name="NavFailure">Why the chain could not tell the NAV, in kind; null where it could.</param>
public sealed record EpochComputation(Stated Stated, IReadOnlyList<Address> WithoutUid, string? NavFailure)
{
    /// <summary>The statement about an epoch: a function of the chain, in which there is nothing of this node.</summary>
    /// <param name="inputs">What the chain says at the epoch's last block.</param>
    /// <param name="report">The epoch's report.</param>
    /// <param name="parameters">The hash of the parameters that hold for it.</param>
    public static EpochComputation Of(StatementInputs inputs, EpochReport report, Hash256 parameters)
    {
        var weights = SubnetWeights.Of(report.Rewards.Payouts, inputs.Uids);
        var statement = new Statement(
            report.Closed.Epoch,
            report.Closed.LastBlock,
            report.Closed.LastBlockHash,
            inputs.Nav,
            inputs.Supply,
            report.RankingRoot,
            Eip712.WeightsHash(weights.Weights),
            parameters
        );
        return new EpochComputation(new Stated(statement, weights.Weights), weights.WithoutUid, inputs.NavFailure);
    }

    /// <summary>Reads what the chain says, from two endpoints where there are two, and makes the statement.</summary>
    /// <param name="chain">The endpoints, and the contracts.</param>
    /// <param name="report">The epoch's report.</param>
    /// <param name="from">The epoch's first block.</param>
    /// <param name="rules">How the chain is asked.</param>
    /// <param name="parameters">The hash of the parameters that hold for it.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="EndpointsDisagreeException">Two endpoints say different things.</exception>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    /// <exception cref="FormatException">What the contract gives cannot be read.</exception>
    public static async Task<EpochComputation> OfAsync(
        ChainConnection chain,
        EpochReport report,
        ulong from,
        StatementRules rules,
        Hash256 parameters,
        ushort netuid,
        CancellationToken cancel
    )
    {
        var reader = new StatementReader(chain.Pool, chain.Options, netuid);
        IReadOnlyCollection<Address> miners = [.. report.Rewards.Payouts.Select(payout => payout.Miner.Miner)];
        return Of(await reader.ReadAsync(report.Closed, from, miners, rules, cancel).ConfigureAwait(false), report, parameters);
    }
}
