using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The events of the TAO20 contract that are read (source: its ABI).</summary>
public static class Tao20Events
{
    /// <summary>A mint.</summary>
    public const string MintedSignature = "TAO20Minted(address,address,uint256,uint256,uint16,uint256,bytes32)";

    /// <summary>A redemption.</summary>
    public const string RedeemedSignature = "TAO20Redeemed(address,address,uint256,uint256,uint256)";

    /// <summary>The contract's own count of a miner.</summary>
    public const string ActivitySignature = "MinerActivityTracked(address,uint256,bool,uint256,uint256,uint256)";

    /// <summary>The end of an epoch and the start of the next.</summary>
    public const string EpochAdvancedSignature = "EpochAdvanced(uint256,uint256,uint256)";

    /// <summary>The topic of a mint.</summary>
    public static readonly Hash256 Minted = Keccak.Topic(MintedSignature);

    /// <summary>The topic of a redemption.</summary>
    public static readonly Hash256 Redeemed = Keccak.Topic(RedeemedSignature);

    /// <summary>The topic of the contract's own count.</summary>
    public static readonly Hash256 Activity = Keccak.Topic(ActivitySignature);

    /// <summary>The topic of an epoch's end.</summary>
    public static readonly Hash256 EpochAdvanced = Keccak.Topic(EpochAdvancedSignature);

    /// <summary>All topics that are read.</summary>
    public static readonly IReadOnlyList<Hash256> All = [Minted, Redeemed, Activity, EpochAdvanced];
}
