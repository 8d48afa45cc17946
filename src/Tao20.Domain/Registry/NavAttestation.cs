using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>What a validator says about an epoch: the fields of the EIP-712 struct <c>NavAttestation</c>, in its order.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="BlockNumber">The epoch's last block, where everything is read.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Nav">The index's own NAV at that block; 0 where the chain could not tell it.</param>
/// <param name="TotalSupply">Tokens in circulation at that block.</param>
/// <param name="RankingRoot">The Merkle root of the ranking.</param>
/// <param name="WeightsHash">The hash of the weights.</param>
/// <param name="Parameters">The hash of all parameters in force.</param>
/// <param name="Validator">Who says it.</param>
public sealed record NavAttestation(
    EpochId Epoch,
    ulong BlockNumber,
    Hash256 BlockHash,
    TaoPerToken Nav,
    Wei TotalSupply,
    Hash256 RankingRoot,
    Hash256 WeightsHash,
    Hash256 Parameters,
    Address Validator
)
{
    /// <summary>What a validator signs of a statement.</summary>
    public static NavAttestation Of(Statement statement, Address validator) =>
        new(
            statement.Epoch,
            statement.BlockNumber,
            statement.BlockHash,
            statement.Nav,
            statement.TotalSupply,
            statement.RankingRoot,
            statement.WeightsHash,
            statement.Parameters,
            validator
        );
}
