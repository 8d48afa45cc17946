using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What there should be of a leg.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Weight">Its weight, of 1e18: 0.5 % to 30 %.</param>
/// <param name="Hotkey">Where its stake is to be; counts for a leg that is new.</param>
public readonly record struct LegTarget(ushort Netuid, ulong Weight, Hash256 Hotkey);

/// <summary>The price of a leg that is left and has no mean.</summary>
/// <param name="Netuid">The leg.</param>
/// <param name="PriceWei">Its price, in wei per alpha.</param>
public readonly record struct NamedPrice(ushort Netuid, BigInteger PriceWei);

/// <summary>What can be proposed to an index's manager (source: Contracts/Index/Manager.sol, propose).</summary>
public abstract record Proposal
{
    private Proposal() { }

    /// <summary>Its kind.</summary>
    public abstract ProposalKind Kind { get; }

    /// <summary>The leg it is of; 0 where its kind is of no leg.</summary>
    public virtual ushort Netuid => 0;

    /// <summary>Other targets.</summary>
    /// <param name="Targets">1 to 20 legs, whose weights sum to 1e18.</param>
    /// <param name="Prices">Prices of legs that are left and have no mean.</param>
    public sealed record Composition(ImmutableList<LegTarget> Targets, ImmutableList<NamedPrice> Prices) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Composition;
    }

    /// <summary>Another hotkey of a leg.</summary>
    /// <param name="Leg">The leg.</param>
    /// <param name="To">The hotkey its stake is moved to.</param>
    public sealed record Hotkey(ushort Leg, Hash256 To) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Hotkey;

        /// <inheritdoc/>
        public override ushort Netuid => Leg;
    }

    /// <summary>A leg that is missing is taken for what is left of it.</summary>
    /// <param name="Leg">The leg.</param>
    /// <param name="Coldkey">The index's own coldkey.</param>
    public sealed record WriteDown(ushort Leg, Hash256 Coldkey) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.WriteDown;

        /// <inheritdoc/>
        public override ushort Netuid => Leg;
    }

    /// <summary>A router is listed, or no longer.</summary>
    /// <param name="Address">The router.</param>
    /// <param name="IsAllowed">Whether it is to be listed.</param>
    public sealed record Router(Address Address, bool IsAllowed) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Router;
    }

    /// <summary>Another fee.</summary>
    /// <param name="Bps">In hundredths of a percent, 0 to 100.</param>
    public sealed record Fee(int Bps) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Fee;
    }

    /// <summary>Another owner, who has to accept it.</summary>
    /// <param name="Account">The account.</param>
    public sealed record Owner(Address Account) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Owner;
    }

    /// <summary>Another guardian.</summary>
    /// <param name="Account">The account.</param>
    public sealed record Guardian(Address Account) : Proposal
    {
        /// <inheritdoc/>
        public override ProposalKind Kind => ProposalKind.Guardian;
    }
}
