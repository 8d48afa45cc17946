using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Slashing;

namespace Tao20.Actors.Consensus;

/// <summary>What makes a node that counts a validator that speaks.</summary>
/// <param name="Key">The key of the validator's account, which holds its bond.</param>
/// <param name="Registry">The registry it attests to.</param>
/// <param name="Netuid">The subnet whose UIDs weights are of.</param>
/// <param name="Strategy">What it attests, given what it has computed.</param>
/// <param name="Emissions">Where subnets' emissions are known from, to hold the composition against the index rule; null for
/// nowhere.</param>
public sealed record ValidatorRole(
    PrivateKey Key,
    RegistryIdentity Registry,
    ushort Netuid,
    IAttestationStrategy Strategy,
    ICompositionCheck? Emissions = null
);

/// <summary>Holds what the contract has as its composition against the index rule.</summary>
public interface ICompositionCheck
{
    /// <summary>
    /// Checks a reading's composition. Emissions that cannot be used are a difference of their own: they never keep a node from
    /// attesting.
    /// </summary>
    Task<CompositionCheck> CheckAsync(NavInputs inputs, CancellationToken cancel);
}

/// <summary>Puts what was computed for an epoch into attestations. There is one honest way; a test network has others.</summary>
public interface IAttestationStrategy
{
    /// <summary>What is said, and at which final block at the earliest.</summary>
    /// <param name="computed">What this node has computed.</param>
    /// <param name="weights">The weights behind it.</param>
    /// <param name="round">The round it is for.</param>
    IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<Domain.Weights.SubnetWeight> weights, Round round);
}

/// <summary>One attestation to be made.</summary>
/// <param name="Said">Its fields; the hash of the weights is set when it is signed.</param>
/// <param name="Weights">The weights.</param>
/// <param name="NotBefore">The final block from which on it is sent.</param>
public sealed record PlannedAttestation(NavAttestation Said, IReadOnlyList<Domain.Weights.SubnetWeight> Weights, ulong NotBefore);

/// <summary>Says what was computed, at once.</summary>
public sealed class HonestStrategy : IAttestationStrategy
{
    /// <inheritdoc/>
    public IReadOnlyList<PlannedAttestation> Create(
        NavAttestation computed,
        IReadOnlyList<Domain.Weights.SubnetWeight> weights,
        Round round
    ) => [new PlannedAttestation(computed, weights, 0)];
}
