using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Registry;

/// <summary>
/// What is stated about an epoch that is over: a function of the chain at the epoch's last block, in which there is nothing of a
/// validator's own (source: Contracts/Registry/Statements.sol).
/// </summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="BlockNumber">The epoch's last block, where everything is read.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Nav">The index's own NAV at that block; 0 where the chain could not tell it.</param>
/// <param name="TotalSupply">Tokens in circulation at that block.</param>
/// <param name="RankingRoot">The Merkle root of the ranking.</param>
/// <param name="WeightsHash">The hash of the weights, before any fitting to the subnet.</param>
/// <param name="Parameters">The hash of the text of the parameters that hold for the epoch.</param>
public sealed record Statement(
    EpochId Epoch,
    ulong BlockNumber,
    Hash256 BlockHash,
    TaoPerToken Nav,
    Wei TotalSupply,
    Hash256 RankingRoot,
    Hash256 WeightsHash,
    Hash256 Parameters
);

/// <summary>A statement with the weights it has the hash of.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Weights">The weights, by UID ascending.</param>
public sealed record Stated(Statement Statement, IReadOnlyList<SubnetWeight> Weights);
