using Tao20.Actors.Consensus;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>What the chain's state was at an epoch's last block, as far as it can be read.</summary>
/// <param name="Read">NAV, supply and UIDs; null where they cannot be read, and the first reason says why.</param>
/// <param name="NotVerified">What cannot be verified, and why.</param>
internal sealed record EpochInputs(StatementInputs? Read, IReadOnlyList<string> NotVerified);

/// <summary>An epoch as it follows from a history: settled anew, with what validators have said of it.</summary>
/// <param name="Report">How it is settled.</param>
/// <param name="FirstBlock">Its first block.</param>
/// <param name="Parameters">The parameters that hold for it.</param>
/// <param name="ParametersText">Their canonical text.</param>
/// <param name="Round">Its round, as far as the history goes; null where nobody has committed to anything.</param>
/// <param name="Book">What validators agree on at the history's end.</param>
/// <param name="Block">Up to which block the history goes.</param>
internal sealed record FoldedEpoch(
    EpochReport Report,
    ulong FirstBlock,
    DomainParameters Parameters,
    string ParametersText,
    RegistryRound? Round,
    RegistryBook Book,
    ulong Block
)
{
    /// <summary>The hash of the parameters, as it is in statements.</summary>
    public Hash256 ParametersHash { get; } = DomainParameters.HashOf(ParametersText, Keccak.Hash);

    /// <summary>Folds a history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="fold">What folds it, made once it has begun.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">
    /// The epoch has not ended, its rules are not known here, or what is needed is no longer there.
    /// </exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public static async Task<FoldedEpoch> ReadAsync(AuditHistory history, Func<EpochFold> fold, CancellationToken cancel)
    {
        await history.BeginAsync(cancel);
        var made = fold();
        await history.FeedAsync([made.Begin()], cancel);
        return made.Result(history.Where);
    }

    /// <summary>Reads the chain's state at the epoch's last block.</summary>
    /// <exception cref="EndpointsDisagreeException">Two endpoints say different things.</exception>
    /// <exception cref="ChainException">No endpoint has that state.</exception>
    public Task<StatementInputs> ReadInputsAsync(ChainConnection chain, ushort netuid, CancellationToken cancel) =>
        new StatementReader(chain.Pool, chain.Options, netuid).ReadAsync(
            Report.Closed,
            FirstBlock,
            [.. Report.Rewards.Payouts.Select(payout => payout.Miner.Miner)],
            Parameters.Statement,
            cancel
        );

    /// <summary>What there is to be stated of it; null where the chain's state is not known.</summary>
    public EpochComputation? Computed(EpochInputs inputs) =>
        inputs.Read is { } read ? EpochComputation.Of(read, Report, ParametersHash) : null;
}
