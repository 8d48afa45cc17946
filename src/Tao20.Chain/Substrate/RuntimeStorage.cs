using static Tao20.Chain.Substrate.KeyHasher;

namespace Tao20.Chain.Substrate;

/// <summary>
/// The items of Subtensor's storage that are read, by raw keys (source: Subtensor, pallets/subtensor/src/lib.rs and
/// pallets/swap/src/pallet/mod.rs at spec 425; those that came later are marked).
/// </summary>
public static class RuntimeStorage
{
    private const string Subtensor = "SubtensorModule";
    private const string Swap = "Swap";

    /// <summary>Whether a subnet is there: a bool, absent when it is not. By netuid.</summary>
    public static readonly StorageItem NetworksAdded = new(Subtensor, "NetworksAdded", "bool", Identity);

    /// <summary>How often a netuid has been registered: a u64. By netuid.</summary>
    public static readonly StorageItem RegisteredSubnetCounter = new(Subtensor, "RegisteredSubnetCounter", "u64", Identity);

    /// <summary>Whether a subnet's alpha is traded: a bool, false by default. By netuid.</summary>
    public static readonly StorageItem SubtokenEnabled = new(Subtensor, "SubtokenEnabled", "bool", Identity);

    /// <summary>Whether a subnet's alpha can be transferred: a bool, true by default. By netuid.</summary>
    public static readonly StorageItem TransferToggle = new(Subtensor, "TransferToggle", "bool", Identity);

    /// <summary>1 where a pool makes the price: a u16. By netuid.</summary>
    public static readonly StorageItem SubnetMechanism = new(Subtensor, "SubnetMechanism", "u16", Identity);

    /// <summary>TAO in a subnet's pool, in rao: a u64. By netuid.</summary>
    public static readonly StorageItem SubnetTao = new(Subtensor, "SubnetTAO", "u64", Identity);

    /// <summary>Alpha in a subnet's pool, in 1e-9: a u64. By netuid.</summary>
    public static readonly StorageItem SubnetAlphaIn = new(Subtensor, "SubnetAlphaIn", "u64", Identity);

    /// <summary>The moving average of a subnet's price: an I96F32. By netuid.</summary>
    public static readonly StorageItem SubnetMovingPrice = new(Subtensor, "SubnetMovingPrice", "i128", Identity);

    /// <summary>The rate at which moving prices move: an I96F32, 12,885 / 2^32 by default. One for all subnets.</summary>
    public static readonly StorageItem SubnetMovingAlpha = new(Subtensor, "SubnetMovingAlpha", "i128");

    /// <summary>The first block with emission into a subnet: a u64. By netuid; absent before the subnet is started.</summary>
    public static readonly StorageItem FirstEmissionBlockNumber = new(Subtensor, "FirstEmissionBlockNumber", "u64", Identity);

    /// <summary>The blocks after which a subnet's moving price moves at half its rate: a u64, 201,600 by default. By netuid.</summary>
    public static readonly StorageItem EmaPriceHalvingBlocks = new(Subtensor, "EMAPriceHalvingBlocks", "u64", Identity);

    /// <summary>Whether neurons can be registered on a subnet; where not, its moving price stands still. By netuid.</summary>
    public static readonly StorageItem NetworkRegistrationAllowed = new(Subtensor, "NetworkRegistrationAllowed", "bool", Identity);

    /// <summary>The weight of TAO in a pool, 1e18 for 1: a u64, a half by default. By netuid.</summary>
    public static readonly StorageItem SwapBalancer = new(Swap, "SwapBalancer", "u64", Twox64Concat);

    /// <summary>The fee of a swap in 65535ths: a u16, 33 by default. By netuid.</summary>
    public static readonly StorageItem FeeRate = new(Swap, "FeeRate", "u16", Twox64Concat);

    /// <summary>The parameters of another curve than the balancer's; there on a pool that follows it (lending branch). By netuid.</summary>
    public static readonly StorageItem SwapSuperellipse = new(Swap, "SwapSuperellipse", "", Twox64Concat);

    /// <summary>TAO that waits to be added to a pool: a u64 (473). By netuid.</summary>
    public static readonly StorageItem BalancerTaoReservoir = new(Swap, "BalancerTaoReservoir", "u64", Twox64Concat);

    /// <summary>Alpha that waits to be added to a pool: a u64 (473). By netuid.</summary>
    public static readonly StorageItem BalancerAlphaReservoir = new(Swap, "BalancerAlphaReservoir", "u64", Twox64Concat);

    /// <summary>How many epochs a subnet has had: a u64. By netuid.</summary>
    public static readonly StorageItem SubnetEpochIndex = new(Subtensor, "SubnetEpochIndex", "u64", Identity);

    /// <summary>The block of a subnet's last epoch: a u64. By netuid.</summary>
    public static readonly StorageItem LastEpochBlock = new(Subtensor, "LastEpochBlock", "u64", Identity);

    /// <summary>The block an epoch that is due has been put off to: a u64, 0 when none has. By netuid.</summary>
    public static readonly StorageItem PendingEpochAt = new(Subtensor, "PendingEpochAt", "u64", Identity);

    /// <summary>How long ago a subnet's last epoch was, in blocks: a u64. By netuid.</summary>
    public static readonly StorageItem BlocksSinceLastStep = new(Subtensor, "BlocksSinceLastStep", "u64", Identity);

    /// <summary>The length of a subnet's epochs in blocks: a u16, 360 by default. By netuid.</summary>
    public static readonly StorageItem Tempo = new(Subtensor, "Tempo", "u16", Identity);

    /// <summary>How many epochs after its commit a reveal is due: a u64, 1 by default. By netuid.</summary>
    public static readonly StorageItem RevealPeriodEpochs = new(Subtensor, "RevealPeriodEpochs", "u64", Twox64Concat);

    /// <summary>How many weights there are at least: a u16. By netuid.</summary>
    public static readonly StorageItem MinAllowedWeights = new(Subtensor, "MinAllowedWeights", "u16", Identity);

    /// <summary>The UID of a hotkey: a u16, absent when it is not registered. By netuid and hotkey.</summary>
    public static readonly StorageItem Uids = new(Subtensor, "Uids", "u16", Identity, Blake2_128Concat);

    /// <summary>The hotkey of a UID. By netuid and UID.</summary>
    public static readonly StorageItem Keys = new(Subtensor, "Keys", "[u8;32]", Identity, Identity);

    /// <summary>The block a UID was registered in: a u64. By netuid and UID.</summary>
    public static readonly StorageItem BlockAtRegistration = new(Subtensor, "BlockAtRegistration", "u64", Identity, Identity);

    /// <summary>The block of each UID's last update: a list of u64. By netuid.</summary>
    public static readonly StorageItem LastUpdate = new(Subtensor, "LastUpdate", "Vec<u64>", Identity);

    /// <summary>Which UIDs are validators: a list of bool. By netuid.</summary>
    public static readonly StorageItem ValidatorPermit = new(Subtensor, "ValidatorPermit", "Vec<bool>", Identity);

    /// <summary>The weights a UID has set: a list of (UID, weight). By netuid and UID.</summary>
    public static readonly StorageItem Weights = new(Subtensor, "Weights", "Vec<(u16,u16)>", Identity, Identity);

    /// <summary>The commits that have not been revealed: a list of (hash, epoch, block, 0). By netuid and hotkey.</summary>
    public static readonly StorageItem WeightCommits = new(
        Subtensor,
        "WeightCommits",
        "Vec<([u8;32],u64,u64,u64)>",
        Twox64Concat,
        Twox64Concat
    );

    /// <summary>The EVM address a UID is associated with, and the block since when. By netuid and UID.</summary>
    public static readonly StorageItem AssociatedEvmAddress = new(
        Subtensor,
        "AssociatedEvmAddress",
        "([u8;20],u64)",
        Twox64Concat,
        Twox64Concat
    );

    /// <summary>The UIDs of an EVM address: a list of (UID, block) (473). By netuid and address.</summary>
    public static readonly StorageItem AssociatedUidsByEvmAddress = new(
        Subtensor,
        "AssociatedUidsByEvmAddress",
        "Vec<(u16,u64)>",
        Twox64Concat,
        Twox64Concat
    );

    /// <summary>The coldkey of a hotkey; absent when there is no such hotkey. By hotkey.</summary>
    public static readonly StorageItem Owner = new(Subtensor, "Owner", "[u8;32]", Blake2_128Concat);

    /// <summary>The hotkeys a coldkey has stake with. By coldkey.</summary>
    public static readonly StorageItem StakingHotkeys = new(Subtensor, "StakingHotkeys", "Vec<[u8;32]>", Blake2_128Concat);

    /// <summary>What a coldkey has agreed to: a u128; bit 0 is to take locked alpha. By coldkey.</summary>
    public static readonly StorageItem AccountFlags = new(Subtensor, "AccountFlags", "u128", Blake2_128Concat);

    /// <summary>The least stake weight with which weights are set: a u64.</summary>
    public static readonly StorageItem StakeThreshold = new(Subtensor, "StakeThreshold", "u64");

    /// <summary>The subnets that are being dissolved, the first of them in work: a list of u16 (473).</summary>
    public static readonly StorageItem DissolveCleanupQueue = new(Subtensor, "DissolveCleanupQueue", "Vec<u16>");

    /// <summary>The subnet in work and its phase; absent when none is (473).</summary>
    public static readonly StorageItem CurrentDissolveCleanupStatus = new(Subtensor, "CurrentDissolveCleanupStatus", "");

    /// <summary>The base fee in wei: a U256, the low byte first.</summary>
    public static readonly StorageItem BaseFeePerGas = new("BaseFee", "BaseFeePerGas", "[u64;4]");

    /// <summary>How far the base fee moves: parts per million, 0 when it does not.</summary>
    public static readonly StorageItem Elasticity = new("BaseFee", "Elasticity", "u32");

    /// <summary>The chain id: a u64.</summary>
    public static readonly StorageItem ChainId = new("EVMChainId", "ChainId", "u64");

    /// <summary>The block until which safe mode holds: a u32, absent when it is off.</summary>
    public static readonly StorageItem EnteredUntil = new("SafeMode", "EnteredUntil", "u32");

    /// <summary>Whether anybody may deploy contracts: a bool.</summary>
    public static readonly StorageItem DisableWhitelistCheck = new("EVM", "DisableWhitelistCheck", "bool");

    /// <summary>Who may: a list of addresses.</summary>
    public static readonly StorageItem WhitelistedCreators = new("EVM", "WhitelistedCreators", "Vec<[u8;20]>");

    /// <summary>Whether a precompile is switched on: a bool, true by default. By the precompile's number.</summary>
    public static readonly StorageItem PrecompileEnable = new("AdminUtils", "PrecompileEnable", "bool", Blake2_128Concat);
}
