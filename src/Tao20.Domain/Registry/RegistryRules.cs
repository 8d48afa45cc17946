using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>
/// What a registry goes by for ever, as it says itself when it is created: no setting of anybody (source: Contracts/Registry,
/// RegistryRules).
/// </summary>
/// <param name="MinStake">The least bond that counts.</param>
/// <param name="MinAttesters">The least accounts that settle a round or adopt parameters.</param>
/// <param name="CommitSeconds">How long commitments are taken after an epoch's end.</param>
/// <param name="RevealSeconds">How long statements are taken after that.</param>
/// <param name="EvidenceSeconds">How long after an epoch's end a deviation can be punished.</param>
/// <param name="UnbondingSeconds">How long what leaves a bond stays, and can be slashed.</param>
/// <param name="DormantRounds">After how many missed rounds a validator can be made dormant.</param>
/// <param name="ProposalDeposit">What a proposal of parameters deposits.</param>
/// <param name="Treasury">Whom slashed stake and lapsed deposits belong to.</param>
public sealed record RegistryRules(
    Wei MinStake,
    int MinAttesters,
    ulong CommitSeconds,
    ulong RevealSeconds,
    ulong EvidenceSeconds,
    ulong UnbondingSeconds,
    int DormantRounds,
    Wei ProposalDeposit,
    Address Treasury
)
{
    /// <summary>When the windows of an epoch are over that ended at a time, in seconds.</summary>
    public ulong EndOf(ulong closedAt) => closedAt + CommitSeconds + RevealSeconds;
}
