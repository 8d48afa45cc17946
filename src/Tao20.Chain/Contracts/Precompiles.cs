using System.Globalization;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>A precompile of Subtensor.</summary>
/// <param name="Name">What its interface is called.</param>
/// <param name="Address">Its address.</param>
/// <param name="Since">The first spec known here that has it.</param>
/// <param name="TakesForeignFrames">Whether it can be called by DELEGATECALL and CALLCODE from spec 452 on.</param>
/// <param name="Number">Its number among those that root switches (<c>PrecompileEnable</c>); null for one always on.</param>
public sealed record Precompile(string Name, Address Address, uint Since, bool TakesForeignFrames, byte? Number);

/// <summary>
/// Subtensor's precompiles, as far as they are used (source: Subtensor, precompiles/src/lib.rs, and pallets/admin-utils,
/// <c>PrecompileEnum</c>).
/// </summary>
public static class Precompiles
{
    /// <summary>Pays an account that has no EVM address.</summary>
    public static readonly Address BalanceTransfer = At(0x800);

    /// <summary>Stakes and permits of a subnet's neurons.</summary>
    public static readonly Address Metagraph = At(0x802);

    /// <summary>A subnet's rules.</summary>
    public static readonly Address Subnet = At(0x803);

    /// <summary>Setting weights.</summary>
    public static readonly Address Neuron = At(0x804);

    /// <summary>Buying, selling and moving alpha.</summary>
    public static readonly Address Staking = At(0x805);

    /// <summary>From an EVM account to its UIDs.</summary>
    public static readonly Address UidLookup = At(0x806);

    /// <summary>The runtime's storage, by raw keys.</summary>
    public static readonly Address StorageQuery = At(0x807);

    /// <summary>Prices of alpha, and what a swap would give.</summary>
    public static readonly Address Alpha = At(0x808);

    /// <summary>Acting for another account.</summary>
    public static readonly Address Proxy = At(0x80B);

    /// <summary>From an EVM address to its account.</summary>
    public static readonly Address AddressMapping = At(0x80C);

    /// <summary>Whether a function is switched off.</summary>
    public static readonly Address Registry = At(0x813);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Precompile> All { get; } =
    [
        new("IBalanceTransfer", BalanceTransfer, 425, false, 0),
        new("IMetagraph", Metagraph, 425, true, 3),
        new("ISubnet", Subnet, 425, false, 2),
        new("INeuron", Neuron, 425, false, 4),
        new("IStaking", Staking, 425, false, 1),
        new("IUidLookup", UidLookup, 425, true, 5),
        new("IStorageQuery", StorageQuery, 425, true, null),
        new("IAlpha", Alpha, 425, false, 6),
        new("IProxy", Proxy, 425, false, 8),
        new("IAddressMapping", AddressMapping, 425, true, 10),
        new("IPrecompileRegistry", Registry, 473, true, 17),
    ];

    private static Address At(uint number) => Address.Parse("0x" + number.ToString("x40", CultureInfo.InvariantCulture));
}
