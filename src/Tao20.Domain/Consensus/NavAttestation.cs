using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Consensus;

/// <summary>What a validator says about an epoch: the fields of the EIP-712 struct <c>NavAttestation</c>, in its order.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="BlockNumber">The epoch's last block, where everything is read.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Nav">NAV at that block.</param>
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
);

/// <summary>
/// An attestation as it stands on chain: the contract has checked that the signature is the validator's and the weights are those
/// hashed.
/// </summary>
/// <param name="Attestation">What is said.</param>
/// <param name="Digest">Its EIP-712 digest: what is signed.</param>
/// <param name="Weights">The weights behind <see cref="NavAttestation.WeightsHash"/>, by UID ascending.</param>
/// <param name="Signature">r, s and v: 65 bytes.</param>
public sealed record SignedAttestation(
    NavAttestation Attestation,
    Hash256 Digest,
    IReadOnlyList<SubnetWeight> Weights,
    ReadOnlyMemory<byte> Signature
);
