using Tao20.Chain.Substrate;

namespace Tao20.Chain.Runtime;

/// <summary>
/// What the index takes for a number whose key is absent, which has to be what the runtime takes for it: proved by the metadata before an
/// index is deployed (source: Contracts/Index/Means.sol and Targets.sol; Subtensor, pallets/subtensor/src/lib.rs).
/// </summary>
public static class RuntimeDefaults
{
    private static readonly IReadOnlyList<(StorageItem Item, UInt128 Value)> All =
    [
        (RuntimeStorage.SubnetMovingAlpha, 12_885),
        (RuntimeStorage.EmaPriceHalvingBlocks, 201_600),
        (RuntimeStorage.FeeRate, 33),
    ];

    /// <summary>What is otherwise; null when nothing is.</summary>
    public static string? Difference(RuntimeMetadata metadata) =>
        All.Where(one => metadata.DefaultOf(one.Item) != one.Value)
            .Select(one =>
                $"{one.Item.Pallet}.{one.Item.Name} is {metadata.DefaultOf(one.Item)?.ToString() ?? "not declared"} where it is absent, "
                + $"and the index takes it for {one.Value}"
            )
            .FirstOrDefault();
}
