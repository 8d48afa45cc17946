using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Checks;
using Tao20.Domain.Units;
using static Tao20.Domain.Checks.ChainAction;

namespace Tao20.Chain.Checks;

/// <summary>A function of a precompile, and what needs it.</summary>
/// <param name="Precompile">The precompile.</param>
/// <param name="Signature">The function.</param>
/// <param name="Users">What is off without it.</param>
/// <param name="Since">The first spec known here that has it.</param>
internal sealed record UsedFunction(Address Precompile, string Signature, IReadOnlyList<ChainAction> Users, uint Since = 425)
{
    /// <summary>Its selector, as 0x and hex digits.</summary>
    public string Selector { get; } = Keccak.Selector(Signature);
}

/// <summary>The functions of precompiles that something rests on, the node's and its contracts' (source: docs/subtensor.md).</summary>
internal static class UsedFunctions
{
    public static IReadOnlyList<UsedFunction> All { get; } =
    [
        new(Precompiles.AddressMapping, "addressMapping(address)", [Mint, Redeem, Deploy]),
        new(Precompiles.Metagraph, "getUidCount(uint16)", [Weights]),
        new(Precompiles.Subnet, "getWeightsVersionKey(uint16)", [Weights]),
        new(Precompiles.Subnet, "getWeightsSetRateLimit(uint16)", [Weights]),
        new(Precompiles.Subnet, "getCommitRevealWeightsEnabled(uint16)", [Weights]),
        new(Precompiles.Subnet, "getCommitRevealWeightsInterval(uint16)", [Weights]),
        new(Precompiles.Subnet, "getMinAllowedWeights(uint16)", [Weights]),
        new(Precompiles.Neuron, "setWeights(uint16,uint16[],uint16[],uint64)", [Weights]),
        new(Precompiles.Neuron, "commitWeights(uint16,bytes32)", [Weights]),
        new(Precompiles.Neuron, "revealWeights(uint16,uint16[],uint16[],uint16[],uint64)", [Weights]),
        new(Precompiles.Neuron, "associateEvmKey(uint16,address,uint64,bytes)", [Associate], 473),
        new(Precompiles.Staking, "addStakeLimit(bytes32,uint256,uint256,bool,uint256)", [Mint]),
        new(Precompiles.Staking, "removeStakeLimit(bytes32,uint256,uint256,bool,uint256)", [Redeem]),
        new(Precompiles.Staking, "transferStake(bytes32,bytes32,uint256,uint256,uint256)", [Redeem]),
        new(Precompiles.Staking, "transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)", [Mint]),
        new(Precompiles.Staking, "approve(address,uint256,uint256)", [Mint]),
        new(Precompiles.Staking, "allowance(address,address,uint256)", [Mint]),
        new(Precompiles.Staking, "getStake(bytes32,bytes32,uint256)", [Nav, Mint, Redeem]),
        new(Precompiles.UidLookup, "uidLookup(uint16,address,uint16)", [Nav, Weights]),
        new(Precompiles.Alpha, "getAlphaPrice(uint16)", [Nav, Mint, Redeem]),
        new(Precompiles.Alpha, "getTaoInPool(uint16)", [Nav]),
        new(Precompiles.Alpha, "getAlphaInPool(uint16)", [Nav]),
        new(Precompiles.Alpha, "simSwapTaoForAlpha(uint16,uint64)", [Mint]),
        new(Precompiles.Alpha, "simSwapAlphaForTao(uint16,uint64)", [Redeem]),
    ];
}
