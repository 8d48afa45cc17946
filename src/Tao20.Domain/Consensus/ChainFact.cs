using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>Something the chain says about validators. Facts come in chain order, each once.</summary>
public abstract record ChainFact
{
    private ChainFact() { }

    /// <summary>Where it stands in the chain; null for the passing of blocks.</summary>
    public Position? At =>
        this switch
        {
            EpochClosed closed => closed.Epoch.ClosedAt,
            BondChanged bond => bond.Position,
            Attested attested => attested.Position,
            CaseRaised raised => raised.Position,
            CaseVoted voted => voted.Position,
            CaseDecided decided => decided.Position,
            CaseExecuted executed => executed.Position,
            _ => null,
        };

    /// <summary>All logs up to a block have been seen.</summary>
    public sealed record BlockReached(ulong Block) : ChainFact;

    /// <summary>An epoch has been closed and settled; its round begins.</summary>
    /// <param name="Epoch">The epoch and how it ended.</param>
    /// <param name="Parameters">The hash of the parameters in force in it.</param>
    /// <param name="Rules">Of these, the rules of rounds.</param>
    /// <param name="ValidatorPool">What it gives its validators.</param>
    public sealed record EpochClosed(ClosedEpoch Epoch, Hash256 Parameters, ConsensusRules Rules, Rao ValidatorPool) : ChainFact;

    /// <summary>A bond has changed to this.</summary>
    public sealed record BondChanged(Position Position, Address Validator, Wei Bond) : ChainFact;

    /// <summary>A validator has attested; the contract has checked the signature.</summary>
    public sealed record Attested(Position Position, SignedAttestation Signed) : ChainFact;

    /// <summary>Someone has raised a case.</summary>
    public sealed record CaseRaised(Position Position, Hash256 Id, SlashCase Case, Address By) : ChainFact;

    /// <summary>Someone has voted.</summary>
    public sealed record CaseVoted(Position Position, Hash256 Id, Address Voter, bool Support, UInt128 StakeWei) : ChainFact;

    /// <summary>A case has been confirmed (or rejected, when <paramref name="Confirmed"/> is false).</summary>
    public sealed record CaseDecided(Position Position, Hash256 Id, bool Confirmed) : ChainFact;

    /// <summary>The stake has been taken.</summary>
    public sealed record CaseExecuted(Position Position, Hash256 Id, Address Accused, UInt128 SlashedWei) : ChainFact;
}
