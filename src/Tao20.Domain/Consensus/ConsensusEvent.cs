using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>What follows from the chain's facts: the same on every honest validator's machine, to the byte.</summary>
public abstract record ConsensusEvent
{
    private ConsensusEvent() { }

    /// <summary>A validator's bond is now this.</summary>
    public sealed record StakeSet(Address Validator, Wei Stake) : ConsensusEvent;

    /// <summary>A validator's standing has moved.</summary>
    public sealed record StandingMoved(Address Validator, StandingEvent Move) : ConsensusEvent;

    /// <summary>A round has begun.</summary>
    public sealed record RoundOpened(Round Round) : ConsensusEvent;

    /// <summary>An attestation has come.</summary>
    public sealed record AttestationTaken(Position Position, SignedAttestation Signed, AttestationVerdict Verdict) : ConsensusEvent;

    /// <summary>A round is over.</summary>
    /// <param name="Epoch">Its epoch.</param>
    /// <param name="State">How it ended.</param>
    /// <param name="AtBlock">The block that ended it.</param>
    /// <param name="Reference">What it took for right; null when it is not settled.</param>
    /// <param name="Judgements">How everyone did that had a part in it, by address; empty when disputed.</param>
    /// <param name="Unpaid">What of the validators' pool found nobody to be paid to.</param>
    public sealed record RoundConcluded(
        EpochId Epoch,
        RoundState State,
        ulong AtBlock,
        ConsensusValues? Reference,
        IReadOnlyList<Judgement> Judgements,
        Rao Unpaid
    ) : ConsensusEvent;

    /// <summary>Someone has violated a rule: a case to be raised.</summary>
    public sealed record CaseFound(Hash256 Id, SlashCase Case) : ConsensusEvent;

    /// <summary>A case is on chain.</summary>
    public sealed record CaseOpened(Hash256 Id, SlashCase Case, ulong Block) : ConsensusEvent;

    /// <summary>A vote has come.</summary>
    public sealed record VoteTaken(Hash256 Id, Address Voter, bool Support, UInt128 StakeWei) : ConsensusEvent;

    /// <summary>A case has moved on.</summary>
    public sealed record CaseMoved(Hash256 Id, CaseState State, UInt128 SlashedWei) : ConsensusEvent;
}
