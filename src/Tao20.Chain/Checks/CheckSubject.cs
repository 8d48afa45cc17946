using Tao20.Domain.Checks;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Checks;

/// <summary>What a check of the chain is about, and what bounds it is held to.</summary>
public sealed record CheckSubject
{
    /// <summary>The TAO20 contract; null checks the chain alone.</summary>
    public Address? Contract { get; init; }

    /// <summary>Whose transactions are sent; null for none.</summary>
    public Address? Account { get; init; }

    /// <summary>The subnet on which the account is a neuron; null where it need not be one.</summary>
    public ushort? Netuid { get; init; }

    /// <summary>Whether the account sets weights there.</summary>
    public bool SetsWeights { get; init; }

    /// <summary>Subnets that are asked after besides those of the contract's composition.</summary>
    public IReadOnlyList<ushort> Netuids { get; init; } = [];

    /// <summary>The chain that is meant; null takes the node's word.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>What gas may cost, and how much of it is given.</summary>
    public FeePolicy Fees { get; init; } = new();

    /// <summary>By which rule the account's transactions were charged, as far as that has been seen.</summary>
    public FeeRule? Charged { get; init; }

    /// <summary>How things are bounded.</summary>
    public CheckOptions Bounds { get; init; } = new();

    /// <summary>The last report about the same: what it recorded has to be so still; null for none.</summary>
    public CheckReport? Before { get; init; }
}
