using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>Where a round is.</summary>
public enum RoundState : byte
{
    /// <summary>Attestations are taken.</summary>
    Collecting = 0,

    /// <summary>There is a reference, and everyone is judged by it.</summary>
    Settled = 1,

    /// <summary>No root or no weights have more than half of the stake: nobody is judged, operators decide.</summary>
    Disputed = 2,

    /// <summary>No quorum in time: nobody is judged but for having been absent.</summary>
    Expired = 3,
}

/// <summary>What becomes of an attestation.</summary>
public enum AttestationVerdict : byte
{
    /// <summary>It counts.</summary>
    Counted = 0,

    /// <summary>Its validator has no part in this round.</summary>
    NotEligible = 1,

    /// <summary>It was made under other parameters: not counted, not punished.</summary>
    IncompatibleParameters = 2,

    /// <summary>It is of another block than the epoch's last: not counted, as if absent.</summary>
    WrongBlock = 3,

    /// <summary>The round is over.</summary>
    Late = 4,

    /// <summary>The same once more.</summary>
    Repeated = 5,

    /// <summary>Another one of the same validator for the same epoch: a critical violation.</summary>
    Equivocation = 6,

    /// <summary>There is no round of this epoch: it is not closed, or long gone.</summary>
    NoSuchRound = 7,
}

/// <summary>A validator that has a part in a round.</summary>
/// <param name="Validator">Its account.</param>
/// <param name="Stake">Its bond at the epoch's last block.</param>
public readonly record struct EligibleValidator(Address Validator, Wei Stake);

/// <summary>How a validator did in a round.</summary>
/// <param name="Validator">Its account.</param>
/// <param name="Attested">It attested, in time and of the right block.</param>
/// <param name="Agreed">Its root is the reference's, and neither NAV nor weights are off.</param>
/// <param name="Nav">How far its NAV is off.</param>
/// <param name="Weights">How far its weights are off.</param>
/// <param name="Severity">What is held against it, repetition included.</param>
/// <param name="Payout">Its part of the validators' pool.</param>
public sealed record Judgement(
    Address Validator,
    bool Attested,
    bool Agreed,
    Severity Nav,
    Severity Weights,
    Severity Severity,
    Rao Payout
);

/// <summary>The round of one epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Number">Counts the rounds, from 1.</param>
/// <param name="LastBlock">The epoch's last block.</param>
/// <param name="LastBlockHash">Its hash.</param>
/// <param name="Parameters">The hash of the parameters in force.</param>
/// <param name="Rules">The rules in force.</param>
/// <param name="ValidatorPool">What the epoch gives its validators.</param>
/// <param name="Eligible">Who has a part in it, by address.</param>
/// <param name="State">Where it is.</param>
/// <param name="FirstAttestedAt">The block of the first attestation that counts; null before it.</param>
/// <param name="Counted">The attestations that count, as they came.</param>
/// <param name="Others">Attestations that do not count but can be contradicted, and the first that contradicts an earlier one.</param>
/// <param name="Incompatible">Validators with other parameters.</param>
/// <param name="Equivocated">Validators that contradicted themselves.</param>
public sealed record Round(
    EpochId Epoch,
    long Number,
    ulong LastBlock,
    Hash256 LastBlockHash,
    Hash256 Parameters,
    ConsensusRules Rules,
    Rao ValidatorPool,
    IReadOnlyList<EligibleValidator> Eligible,
    RoundState State,
    ulong? FirstAttestedAt,
    IReadOnlyList<CountedAttestation> Counted,
    IReadOnlyList<SignedAttestation> Others,
    IReadOnlyList<Address> Incompatible,
    IReadOnlyList<Address> Equivocated
)
{
    /// <summary>The last block of its window; null before the first attestation.</summary>
    public ulong? WindowEnd => FirstAttestedAt + (ulong)Rules.WindowBlocks;

    /// <summary>The stake of all that have a part in it, in wei.</summary>
    public UInt128 EligibleStake => Eligible.Aggregate((UInt128)0, (sum, validator) => sum + validator.Stake.Value);

    /// <summary>The stake behind the attestations that count, in wei.</summary>
    public UInt128 AttestedStake => ConsensusValues.Sum(Counted);

    /// <summary>Everyone has attested.</summary>
    public bool Complete => Eligible.Count > 0 && Counted.Count == Eligible.Count;

    /// <summary>At least three attestations, and 67 % of the stake.</summary>
    public bool HasQuorum => Counted.Count >= Rules.MinAttestations && AttestedStake * 100 >= EligibleStake * (uint)Rules.QuorumPercent;

    /// <summary>What becomes of an attestation that comes in <paramref name="block"/>.</summary>
    public AttestationVerdict Judge(SignedAttestation signed, ulong block)
    {
        var said = signed.Attestation;
        if (First(said.Validator) is not null)
            return AttestationsBy(said.Validator).Any(word => word.Digest == signed.Digest)
                ? AttestationVerdict.Repeated
                : AttestationVerdict.Equivocation;
        if (Eligible.All(validator => validator.Validator != said.Validator))
            return AttestationVerdict.NotEligible;
        if (State != RoundState.Collecting || block > WindowEnd)
            return AttestationVerdict.Late;
        if (said.Parameters != Parameters)
            return AttestationVerdict.IncompatibleParameters;
        return said.BlockNumber == LastBlock && said.BlockHash == LastBlockHash
            ? AttestationVerdict.Counted
            : AttestationVerdict.WrongBlock;
    }

    /// <summary>The round with an attestation of this verdict in it.</summary>
    public Round With(SignedAttestation signed, ulong block, AttestationVerdict verdict)
    {
        var validator = signed.Attestation.Validator;
        return verdict switch
        {
            AttestationVerdict.Counted => this with
            {
                FirstAttestedAt = FirstAttestedAt ?? block,
                Counted = [.. Counted, new CountedAttestation(signed, Eligible.First(one => one.Validator == validator).Stake)],
            },
            AttestationVerdict.IncompatibleParameters => this with
            {
                Incompatible = [.. Incompatible, validator],
                Others = [.. Others, signed],
            },
            AttestationVerdict.WrongBlock or AttestationVerdict.Late => this with { Others = [.. Others, signed] },
            AttestationVerdict.Equivocation when !Equivocated.Contains(validator) => this with
            {
                Equivocated = [.. Equivocated, validator],
                Others = [.. Others, signed],
            },
            _ => this,
        };
    }

    /// <summary>The first attestation of a validator; null when there is none.</summary>
    public SignedAttestation? First(Address validator) => AttestationsBy(validator).FirstOrDefault();

    /// <summary>What a validator has said in this round: one attestation, or two that contradict each other, the first first.</summary>
    public IEnumerable<SignedAttestation> AttestationsBy(Address validator) =>
        Counted
            .Where(counted => counted.Validator == validator)
            .Select(counted => counted.Signed)
            .Concat(Others.Where(other => other.Attestation.Validator == validator));
}
