// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MappedAccount} from "./MappedAccount.sol";

/// @notice Who called a precompile, and how: what the runtime's PrecompileHandle tells.
struct Frame {
    /// The precompile's address.
    address precompile;
    /// Whose account acts: the caller of the frame the code runs in.
    address caller;
    /// The value sent along.
    uint256 value;
    /// The gas that was given to the precompile.
    uint256 gas;
    /// Whether the code runs in another account's frame (DELEGATECALL, CALLCODE).
    bool foreign;
}

/// @notice What a runtime does its own way: one value each for spec 425 and 473, and each of them can be set by itself.
struct Rules {
    uint32 spec;
    /// Asking for more alpha than there is moves what there is, instead of failing.
    bool capsTransfers;
    /// DELEGATECALL and CALLCODE of some precompiles are refused.
    bool refusesForeignFrames;
    /// UIDs by address are found in an index of their own, instead of among the first so many of the subnet.
    bool reverseUidIndex;
    /// A subnet is dissolved in steps, over any number of blocks.
    bool phasedDissolution;
    /// The functions that came after 425 are there.
    bool laterFunctions;
    /// A list of staking hotkeys is bounded, and an entry leaves it with its last alpha.
    bool boundsStakingHotkeys;
    /// The least that is staked or sold in parts, and the least that is transferred, in rao.
    uint64 minStake;
    uint64 minTransfer;
    /// Less than this much left, in rao, is sold along.
    uint64 nominatorMinStake;
}

/// @notice A subnet and its pool. TAO and alpha in units of 1e-9.
struct Subnet {
    bool exists;
    bool subtokenEnabled;
    bool transfersOff;
    bool legacy;
    bool foreignCurve;
    bool refusesQuotes;
    bool refusesSwaps;
    uint16 mechanism;
    uint16 feeRate;
    uint64 tao;
    uint64 alpha;
    uint64 alphaOut;
    uint64 quoteWeight;
    uint64 taoReservoir;
    uint64 alphaReservoir;
    uint64 registrations;
    uint64 registeredAt;
    uint128 movingPrice;
    uint8 dissolution;
    bool dissolutionQueued;
}

/// @notice Alpha of one hotkey on one subnet, held in shares; decimals of the real pool's floats are 1e18 here.
struct SharePool {
    uint256 value;
    uint256 shares;
}

/// @notice By what a subnet's moving price moves: its first block with emission, the blocks by which it is halved (0 for the default), and
/// whether nobody registers, in which case it stands still.
struct Emission {
    uint64 first;
    uint64 halving;
    bool closed;
}

struct Lock {
    uint64 alpha;
    bytes32 hotkey;
}

/// @notice A subnet's epochs. A slot that is due is fired, or put off block by block.
struct Clock {
    uint16 tempo;
    uint64 index;
    uint64 last;
}

struct WeightRules {
    uint64 versionKey;
    uint64 rateLimit;
    bool commitRevealOff;
    uint64 revealPeriod;
    uint16 minWeights;
    uint16 maxUids;
}

struct Neuron {
    bytes32 hotkey;
    bool permit;
    uint64 lastUpdate;
    uint64 registeredAt;
    uint64 stakeWeight;
    address evm;
    uint64 associatedAt;
}

struct Commit {
    bytes32 hash;
    uint64 epoch;
    uint64 blockNumber;
}

struct Weight {
    uint16 uid;
    uint16 value;
}

/// @notice What a call needs to be given, and what it is charged, in gas: samples, which a test may set.
struct GasRule {
    uint64 available;
    uint64 charged;
}

/// @notice One value of the runtime's storage, as a key of 0x807 names it: the hash of the item's name, and what it is the value of.
struct StorageKey {
    bytes32 item;
    uint16 netuid;
    uint16 uid;
    bytes32 account;
}

/// @notice The state of the chain that stands in for Subtensor, which all its precompiles share.
/// @dev Each precompile's code is run in the state's account by DELEGATECALL: all inherit this and declare no storage of their own.
abstract contract SubtensorState {
    address internal constant BALANCE_TRANSFER = address(0x800);
    address internal constant METAGRAPH = address(0x802);
    address internal constant SUBNET = address(0x803);
    address internal constant NEURON = address(0x804);
    address internal constant STAKING = address(0x805);
    address internal constant UID_LOOKUP = address(0x806);
    address internal constant STORAGE_QUERY = address(0x807);
    address internal constant ALPHA = address(0x808);
    address internal constant ADDRESS_MAPPING = address(0x80C);
    address internal constant REGISTRY = address(0x813);
    /// anvil's precompile (--celo) that moves balances inside a transaction and runs no code.
    address private constant MOVE = address(0xfd);
    uint256 internal constant RAO = 1e9;
    uint256 internal constant EXISTENTIAL_DEPOSIT = 500;
    uint256 private constant FRAME_BYTES = 160;

    Rules internal rules;
    mapping(address precompile => bool) internal disabled;
    mapping(address precompile => mapping(bytes4 selector => GasRule)) internal gasRules;

    mapping(uint16 netuid => Subnet) internal subnets;
    mapping(bytes32 hotkey => bytes32 coldkey) internal owners;
    mapping(bytes32 hotkey => mapping(uint16 netuid => SharePool)) internal sharePools;
    mapping(bytes32 hotkey => mapping(uint16 netuid => mapping(bytes32 coldkey => uint256))) internal shares;
    mapping(bytes32 coldkey => mapping(bytes32 hotkey => uint256 subnets)) internal positions;
    mapping(uint16 netuid => bytes32[2][]) internal holders;
    mapping(uint16 netuid => mapping(bytes32 hotkey => mapping(bytes32 coldkey => bool))) internal isHolder;
    mapping(bytes32 coldkey => bytes32[]) internal stakingHotkeys;
    mapping(bytes32 coldkey => mapping(uint16 netuid => Lock)) internal locks;
    mapping(bytes32 coldkey => bool) internal acceptsLocked;
    mapping(uint16 netuid => mapping(bytes32 hotkey => mapping(bytes32 coldkey => uint64))) internal collateral;
    mapping(address source => mapping(address spender => mapping(uint16 netuid => mapping(uint64 registration => uint256)))) internal allowances;
    mapping(bytes32 hotkey => mapping(uint16 netuid => bytes32)) internal successors;

    mapping(uint16 netuid => Emission) internal emissions;
    /// The moving rate with 32 bits behind the point, 0 for the default.
    uint64 internal movingRate;
    uint64 internal constant DEFAULT_MOVING_RATE = 12_885;
    uint64 internal constant DEFAULT_HALVING = 201_600;

    mapping(uint16 netuid => Clock) internal clocks;
    mapping(uint16 netuid => mapping(uint64 due => uint64 blocks)) internal deferrals;
    mapping(uint16 netuid => WeightRules) internal weightRules;
    mapping(uint16 netuid => Neuron[]) internal neurons;
    mapping(uint16 netuid => mapping(bytes32 hotkey => uint16)) internal uidsPlusOne;
    mapping(uint16 netuid => mapping(bytes32 hotkey => Commit[])) internal commits;
    mapping(uint16 netuid => mapping(uint16 uid => Weight[])) internal weights;
    mapping(uint16 netuid => mapping(address evm => uint16[])) internal uidsByEvm;
    mapping(uint16 netuid => uint64) internal burns;
    mapping(uint16 netuid => uint16) internal prunableUidPlusOne;

    mapping(bytes32 key => StorageKey) internal storageKeys;
    mapping(bytes32 item => bool) internal dropped;
    mapping(bytes32 item => bytes) internal lengthened;
    mapping(bytes32 coldkey => address) internal addresses;
    mapping(address account => bytes32) internal coldkeys;
    mapping(bytes32 coldkey => uint256) internal owed;
    uint16[] internal dissolving;
    mapping(uint16 netuid => uint256 holders) internal settled;
    uint64 internal stakeThreshold;

    /// @notice A dispatch that fails: all gas that was given is burnt, and nobody in the EVM learns why. Only who calls this state
    /// directly, and not through a precompile's address, gets the name.
    error DispatchFailed(string name);

    function fail(string memory name) internal pure {
        revert DispatchFailed(name);
    }

    function ensure(bool holds, string memory name) internal pure {
        if (!holds) fail(name);
    }

    /// @dev Behind a call's own data stands who called.
    function frame() internal pure returns (Frame memory) {
        return abi.decode(msg.data[msg.data.length - FRAME_BYTES:], (Frame));
    }

    /// @dev The key a call of 0x807 consists of.
    function withoutFrame() internal pure returns (bytes calldata) {
        return msg.data[:msg.data.length - FRAME_BYTES - 4 * 32];
    }

    /// @notice Of functions that are not in every runtime.
    modifier later() {
        if (!rules.laterFunctions) revert("Unknown selector");
        _;
    }

    modifier reads() {
        if (frame().value != 0) revert("Function is not payable");
        _;
    }

    modifier notPayable() {
        if (frame().value != 0) revert("Function is not payable");
        requireWritable();
        _;
    }

    modifier payableButNeverUsed() {
        requireWritable();
        _;
    }

    /// @dev In a static frame a write fails, which a call can find out and survive.
    function requireWritable() private {
        (bool writes,) = address(this).call{gas: 5_000}(abi.encodeWithSignature("probe()"));
        if (!writes) revert("Can't call non-static function in static context");
    }

    // ---- numbers ----------------------------------------------------------------------------------------------------------------

    /// @dev A netuid given as uint256.
    function netuidOf(uint256 word) internal pure returns (uint16) {
        ensure(word <= type(uint16).max, "the value is outside of u16 bounds");
        return uint16(word);
    }

    function saturated(uint256 word) internal pure returns (uint64) {
        return word > type(uint64).max ? type(uint64).max : uint64(word);
    }

    // ---- accounts and balances -----------------------------------------------------------------------------------------------

    /// @dev The coldkey of an address; who has acted once is known by it from then on, and gets what was owed to it.
    function known(address account) internal returns (bytes32 coldkey) {
        coldkey = coldkeys[account];
        if (coldkey == 0) {
            coldkey = MappedAccount.ofAddress(account);
            (coldkeys[account], addresses[coldkey]) = (coldkey, account);
            uint256 rao = owed[coldkey];
            if (rao > 0) {
                owed[coldkey] = 0;
                moveTao(address(this), account, rao);
            }
        }
    }

    /// @dev The same in a view.
    function coldkeyOf(address account) internal view returns (bytes32) {
        bytes32 coldkey = coldkeys[account];
        return coldkey == 0 ? MappedAccount.ofAddress(account) : coldkey;
    }

    function moveTao(address from, address to, uint256 rao) internal {
        if (rao == 0 || from == to) return;
        (bool ok,) = MOVE.call(abi.encode(from, to, rao * RAO));
        ensure(ok, "InsufficientBalance");
    }

    /// @dev To an account of which the address may not be known yet: then it is booked until it is.
    function payColdkey(bytes32 coldkey, uint256 rao) internal {
        address account = addresses[coldkey];
        if (account == address(0)) owed[coldkey] += rao;
        else moveTao(address(this), account, rao);
    }

    /// @dev Keeps count of the subnets on which a coldkey has alpha with a hotkey.
    function setShares(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 amount) internal {
        uint256 before = shares[hotkey][netuid][coldkey];
        if (before == 0 && amount > 0) positions[coldkey][hotkey]++;
        if (before > 0 && amount == 0) positions[coldkey][hotkey]--;
        shares[hotkey][netuid][coldkey] = amount;
    }

    function burn(uint256 gas) internal {
        (bool survived,) = address(this).call{gas: gas}(abi.encodeWithSignature("burnAll()"));
        assert(!survived);
    }

    // ---- the epoch clock (run_coinbase.rs, drain_pending; weights.rs, current_epoch_with_lookahead) ----------------------------

    /// @notice A subnet's epochs at the current block: how many have been fired, when the last was, and the block to which one that
    /// is due has been put off, or 0.
    function epochs(uint16 netuid) internal view returns (uint64 index, uint64 last, uint64 pendingAt) {
        Clock storage clock = clocks[netuid];
        (index, last) = (clock.index, clock.last);
        while (clock.tempo > 0) {
            uint64 due = last + clock.tempo;
            if (block.number < due) break;
            uint64 fires = due + deferrals[netuid][due];
            if (block.number < fires) return (index, last, uint64(block.number) + 1);
            (index, last) = (index + 1, fires);
        }
    }

    /// @notice The epoch a transaction of this block counts for.
    function epochOfNow(uint16 netuid) internal view returns (uint64) {
        (uint64 index,, uint64 pendingAt) = epochs(netuid);
        return pendingAt > 0 ? index + 1 : index;
    }
}
