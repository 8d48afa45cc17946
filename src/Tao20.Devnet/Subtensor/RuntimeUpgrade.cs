using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Devnet.Subtensor;

/// <summary>What happens to the chain in the block in which its runtime becomes another.</summary>
public static class RuntimeUpgrade
{
    /// <summary>
    /// A spec that nobody has seen. It stands for any that is to come, and differs in what specs have differed in before: transfers cost
    /// twice the gas, the least that is transferred is another, one subnet has another curve, and the item of the storage by which
    /// recycled UIDs are noticed is gone.
    /// </summary>
    public const uint Unseen = 500;

    private const ushort OtherCurve = 7;
    private const ulong OtherMinTransfer = 300_000;
    private const ulong OtherTransferGas = 300_000;

    /// <summary>The specs a chain can be upgraded to.</summary>
    public static IReadOnlyList<uint> Specs { get; } = [.. SubtensorMock.Specs, Unseen];

    /// <summary>The transactions that upgrade the chain.</summary>
    /// <param name="keeper">Any account.</param>
    /// <param name="spec">The spec that the chain has afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such spec.</exception>
    public static IReadOnlyList<DevnetTransaction> To(Address keeper, uint spec)
    {
        if (SubtensorMock.Specs.Contains(spec))
            return [SubtensorMock.Set(keeper, "setSpec", spec)];
        if (spec != Unseen)
            throw new ArgumentOutOfRangeException(nameof(spec), spec, $"not one of {string.Join(", ", Specs)}");
        object[] rules = [Unseen, false, true, true, true, true, true, 2_000_000UL, OtherMinTransfer, 20_000_000UL];
        return
        [
            SubtensorMock.Set(keeper, "setRules", [rules]),
            SubtensorMock.Set(
                keeper,
                "setGas",
                Precompiles.Staking,
                Convert.FromHexString(Keccak.Selector("transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)").AsSpan(2)),
                OtherTransferGas,
                OtherTransferGas
            ),
            SubtensorMock.Set(keeper, "setForeignCurve", OtherCurve, true),
            SubtensorMock.Set(keeper, "setDropped", "BlockAtRegistration", true),
        ];
    }
}
