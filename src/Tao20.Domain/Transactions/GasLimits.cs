using System.Numerics;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;

namespace Tao20.Domain.Transactions;

/// <summary>What a transaction contains, as far as the gas it must be given depends on it.</summary>
public enum GasKind
{
    /// <summary>Nothing of the chain's own: tokens, the registry.</summary>
    Plain,

    /// <summary>Alpha that is bought, or approved of.</summary>
    Stake,

    /// <summary>One exit of a stake: a sale, a transfer, a move.</summary>
    StakeExit,

    /// <summary>A registration, a commit, a reveal or an association.</summary>
    Neuron,

    /// <summary>Weights in the clear.</summary>
    SetWeights,

    /// <summary>A trade of the whole basket: an exit of a stake for each subnet.</summary>
    Basket,

    /// <summary>A contract that is made.</summary>
    Creation,
}

/// <summary>What the chain takes a transaction for.</summary>
/// <param name="Action">What a check of the chain can switch off.</param>
/// <param name="Gas">What it contains.</param>
public readonly record struct IntentKind(ChainAction Action, GasKind Gas);

/// <summary>
/// How much gas a transaction is given: <c>max(floor, ceil(estimate * 5 / 4))</c>, and none is sent that would need more than its ceiling.
/// A floor is what the chain demands to be there though it may charge less: 2,240,625 for every exit of a stake from spec 463 on, for the
/// walk through a full list of hotkeys (source: Subtensor, precompiles/src/extensions.rs and pallets/subtensor/src/staking/stake_utils.rs;
/// the numbers are those of the chain reference, section 10). Of a spec that is not known there is no floor.
/// </summary>
public static class GasLimits
{
    private const ulong StakeAt425 = 100_000;
    private const ulong NeuronAt425 = 150_000;
    private const ulong SetWeightsAt425 = 3_200_000;
    private const ulong StakeExitAt473 = 2_600_000;
    private const ulong AnythingAt473 = 150_000;

    /// <summary>The gas limit of a transaction.</summary>
    /// <param name="fees">The margin, and what is configured in place of floors and ceilings.</param>
    /// <param name="profile">Which of the chain's rules hold.</param>
    /// <param name="kind">What it contains.</param>
    /// <param name="estimate">The gas with which it has succeeded in a simulation.</param>
    public static ulong Of(FeePolicy fees, RuntimeProfile profile, GasKind kind, ulong estimate)
    {
        var withMargin = ((BigInteger)estimate * (100 + fees.GasMarginPercent) + 99) / 100;
        return (ulong)BigInteger.Min(ulong.MaxValue, BigInteger.Max(withMargin, fees.GasFloor ?? Floor(profile, kind)));
    }

    /// <summary>The most a transaction may need.</summary>
    public static ulong Ceiling(FeePolicy fees, GasKind kind) =>
        kind switch
        {
            GasKind.Basket or GasKind.Creation => fees.GasCeiling,
            GasKind.SetWeights or GasKind.Neuron => fees.GasCeilingForWeights,
            _ => fees.GasCeilingPerCall,
        };

    private static ulong Floor(RuntimeProfile profile, GasKind kind) =>
        (profile, kind) switch
        {
            (RuntimeProfile.Unknown, _) => 0,
            (_, GasKind.Plain or GasKind.Creation) => 0,
            (RuntimeProfile.Spec473, GasKind.StakeExit or GasKind.Basket) => StakeExitAt473,
            (RuntimeProfile.Spec473, _) => AnythingAt473,
            (_, GasKind.SetWeights) => SetWeightsAt425,
            (_, GasKind.Neuron) => NeuronAt425,
            _ => StakeAt425,
        };
}
