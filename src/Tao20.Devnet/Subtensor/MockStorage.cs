using Tao20.Chain.Substrate;
using Tao20.Domain.Units;

namespace Tao20.Devnet.Subtensor;

/// <summary>Makes the mock's storage readable by the keys the runtime would have: only whole keys that are known have a value.</summary>
public static class MockStorage
{
    private static readonly IReadOnlyList<StorageItem> OfSubnets =
    [
        RuntimeStorage.NetworksAdded,
        RuntimeStorage.RegisteredSubnetCounter,
        RuntimeStorage.SubtokenEnabled,
        RuntimeStorage.TransferToggle,
        RuntimeStorage.SubnetMechanism,
        RuntimeStorage.SubnetTao,
        RuntimeStorage.SubnetAlphaIn,
        RuntimeStorage.SubnetMovingPrice,
        RuntimeStorage.FirstEmissionBlockNumber,
        RuntimeStorage.EmaPriceHalvingBlocks,
        RuntimeStorage.NetworkRegistrationAllowed,
        RuntimeStorage.SwapBalancer,
        RuntimeStorage.FeeRate,
        RuntimeStorage.SwapSuperellipse,
        RuntimeStorage.BalancerTaoReservoir,
        RuntimeStorage.BalancerAlphaReservoir,
        RuntimeStorage.SubnetEpochIndex,
        RuntimeStorage.LastEpochBlock,
        RuntimeStorage.PendingEpochAt,
        RuntimeStorage.BlocksSinceLastStep,
        RuntimeStorage.Tempo,
        RuntimeStorage.RevealPeriodEpochs,
        RuntimeStorage.MinAllowedWeights,
        RuntimeStorage.LastUpdate,
        RuntimeStorage.ValidatorPermit,
    ];

    private static readonly IReadOnlyList<StorageItem> OfUids =
    [
        RuntimeStorage.Keys,
        RuntimeStorage.BlockAtRegistration,
        RuntimeStorage.AssociatedEvmAddress,
        RuntimeStorage.Weights,
    ];

    /// <summary>The items of a subnet.</summary>
    public static DevnetTransaction Subnet(Address from, ushort netuid) => Know(from, OfSubnets, item => item.Key(netuid), netuid);

    /// <summary>The items of a UID.</summary>
    public static DevnetTransaction Uid(Address from, ushort netuid, ushort uid) =>
        Know(from, OfUids, item => item.Key(netuid, uid), netuid, uid);

    /// <summary>The items of a hotkey on a subnet.</summary>
    public static DevnetTransaction Hotkey(Address from, ushort netuid, Hash256 hotkey) =>
        Know(from, [RuntimeStorage.Uids, RuntimeStorage.WeightCommits], item => item.Key(netuid, hotkey), netuid, account: hotkey);

    /// <summary>The UIDs of an EVM address on a subnet.</summary>
    public static DevnetTransaction Association(Address from, ushort netuid, Address address)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        address.CopyTo(word[(Hash256.Length - Address.Length)..]);
        return Know(
            from,
            [RuntimeStorage.AssociatedUidsByEvmAddress],
            item => item.Key(netuid, address),
            netuid,
            account: new Hash256(word)
        );
    }

    /// <summary>The items of an account, as a hotkey and as a coldkey.</summary>
    public static DevnetTransaction Account(Address from, Hash256 account) =>
        Know(
            from,
            [RuntimeStorage.Owner, RuntimeStorage.StakingHotkeys, RuntimeStorage.AccountFlags],
            item => item.Key(account),
            account: account
        );

    /// <summary>The items there is one of.</summary>
    public static DevnetTransaction Chain(Address from) =>
        Know(
            from,
            [
                RuntimeStorage.StakeThreshold,
                RuntimeStorage.SubnetMovingAlpha,
                RuntimeStorage.DissolveCleanupQueue,
                RuntimeStorage.CurrentDissolveCleanupStatus,
            ],
            item => item.Key()
        );

    private static DevnetTransaction Know(
        Address from,
        IReadOnlyList<StorageItem> items,
        Func<StorageItem, byte[]> key,
        ushort netuid = 0,
        ushort uid = 0,
        Hash256 account = default
    ) =>
        SubtensorMock.Set(
            from,
            "setStorageKeys",
            items.Select(key).ToList(),
            items.Select(item => item.Name).ToList(),
            netuid,
            uid,
            account
        );
}
