using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The addresses of Subtensor's precompiles (source: the Subtensor runtime).</summary>
public static class Precompiles
{
    /// <summary>Stakes and permits of a subnet's neurons.</summary>
    public static readonly Address Metagraph = Address.Parse("0x0000000000000000000000000000000000000802");

    /// <summary>A subnet's rules.</summary>
    public static readonly Address Subnet = Address.Parse("0x0000000000000000000000000000000000000803");

    /// <summary>Setting weights.</summary>
    public static readonly Address Neuron = Address.Parse("0x0000000000000000000000000000000000000804");

    /// <summary>Buying, selling and moving alpha.</summary>
    public static readonly Address Staking = Address.Parse("0x0000000000000000000000000000000000000805");

    /// <summary>From an EVM account to its UIDs.</summary>
    public static readonly Address UidLookup = Address.Parse("0x0000000000000000000000000000000000000806");

    /// <summary>The runtime's storage, by raw keys.</summary>
    public static readonly Address StorageQuery = Address.Parse("0x0000000000000000000000000000000000000807");

    /// <summary>Prices of alpha, and what a swap would give.</summary>
    public static readonly Address Alpha = Address.Parse("0x0000000000000000000000000000000000000808");
}
