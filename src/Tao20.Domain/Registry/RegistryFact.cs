using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>Something that a registry or the end of an epoch says. Facts come in chain order, each once.</summary>
/// <param name="Time">The time of its block, in seconds.</param>
public abstract record RegistryFact(ulong Time)
{
    /// <summary>The registry begins.</summary>
    public sealed record Created(ulong Time, RegistryRules Rules) : RegistryFact(Time);

    /// <summary>An epoch is over. What it pays its validators is known.</summary>
    /// <param name="Time">T: when.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Pool">What it gives its validators.</param>
    public sealed record EpochClosed(ulong Time, EpochId Epoch, Rao Pool) : RegistryFact(Time);

    /// <summary>A validator has added to its bond; all that the registry knows of it.</summary>
    public sealed record Bonded(ulong Time, Address Validator, RegistryAccount Account) : RegistryFact(Time);

    /// <summary>A part of a bond is leaving.</summary>
    public sealed record Unbonding(ulong Time, Address Validator, Wei Bond, Wei Leaving, ulong LeavesAt) : RegistryFact(Time);

    /// <summary>What was leaving has left.</summary>
    public sealed record Withdrawn(ulong Time, Address Validator) : RegistryFact(Time);

    /// <summary>A validator has named another attester.</summary>
    public sealed record AttesterSet(ulong Time, Address Validator, Address Attester) : RegistryFact(Time);

    /// <summary>A validator counts no more.</summary>
    public sealed record Dormant(ulong Time, Address Validator) : RegistryFact(Time);

    /// <summary>A validator counts again.</summary>
    public sealed record Awake(ulong Time, Address Validator) : RegistryFact(Time);

    /// <summary>The first commitment of an epoch has opened its round.</summary>
    /// <param name="Time">When.</param>
    /// <param name="Number">The round's number, from 1.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="ClosedAt">T: when the epoch ended.</param>
    /// <param name="Eligible">E: the eligible stake.</param>
    public sealed record RoundOpened(ulong Time, long Number, EpochId Epoch, ulong ClosedAt, UInt128 Eligible) : RegistryFact(Time);

    /// <summary>A validator has committed to a statement.</summary>
    public sealed record Committed(ulong Time, long Round, Address Validator, Hash256 Commitment) : RegistryFact(Time);

    /// <summary>A commitment counts as never made.</summary>
    public sealed record CommitmentVoided(ulong Time, long Round, Address Validator) : RegistryFact(Time);

    /// <summary>A validator has stated what it had committed to; the contract has checked the signature.</summary>
    /// <param name="Time">When.</param>
    /// <param name="Round">The round.</param>
    /// <param name="Validator">The validator.</param>
    /// <param name="Hash">The hash of the statement: the same for all that state the same.</param>
    /// <param name="Stake">The validator's effective stake.</param>
    /// <param name="Stated">The statement.</param>
    public sealed record Attested(ulong Time, long Round, Address Validator, Hash256 Hash, UInt128 Stake, Stated Stated)
        : RegistryFact(Time);

    /// <summary>A round is settled.</summary>
    public sealed record Settled(ulong Time, long Round, Hash256 Hash) : RegistryFact(Time);

    /// <summary>A deviation was punished.</summary>
    public sealed record Slashed(ulong Time, long Round, Address Validator, Severity Grade, UInt128 FromLeaving, UInt128 FromBond)
        : RegistryFact(Time);

    /// <summary>Parameters are proposed.</summary>
    public sealed record Proposed(ulong Time, long Number, Address Proposer, EpochId FromEpoch, string Text, Hash256 Key)
        : RegistryFact(Time);

    /// <summary>A validator agrees to a proposal.</summary>
    public sealed record Endorsed(ulong Time, long Number, Address Validator, UInt128 Stake) : RegistryFact(Time);

    /// <summary>A proposal has ended: its parameters are scheduled, or it has lapsed.</summary>
    public sealed record ProposalEnded(ulong Time, long Number) : RegistryFact(Time);

    /// <summary>Parameters hold from an epoch on, in place of all that were to hold from there.</summary>
    public sealed record ParametersScheduled(ulong Time, long Version, EpochId FromEpoch, string Text) : RegistryFact(Time);
}
