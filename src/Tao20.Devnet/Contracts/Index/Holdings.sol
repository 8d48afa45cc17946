// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {ChainStorage} from "./ChainStorage.sol";
import {Means} from "./Means.sol";

/// @notice A constituent. Alpha in units of 1e-9, prices in wei per alpha.
struct Leg {
    uint16 netuid;
    /// Whether it has been bought or minted for: before, stake on it is not counted.
    bool active;
    /// Which registration of the netuid it is of.
    uint64 registration;
    /// What was held at the end of the last operation that found it whole.
    uint64 book;
    /// When it was last traded towards its target.
    uint64 steppedAt;
    /// How often its stake was followed to another hotkey.
    uint24 follows;
    bytes32 hotkey;
    /// How much of it a token is to have, in units of 1e-9 per 1e18; 0 of a leg that is left.
    uint96 unit;
    /// Its mean price when the composition was applied.
    uint96 anchor;
    uint64 weight;
}

/// @notice What there should be of a leg, as a part of 1e18.
struct Target {
    uint16 netuid;
    uint64 weight;
    bytes32 hotkey;
}

/// @notice How a leg is at the beginning of an operation.
struct State {
    uint256 held;
    bool counts;
    bool missing;
    bool dissolving;
    bool known;
}

/// @dev Holdings only grow between operations, but for what the chain's pools round away.
function isLess(uint256 holds, uint256 book) pure returns (bool) {
    return holds + 2 + book / 1e9 < book;
}

/// @notice What the chain says of a subnet.
enum Presence {
    Unknown,
    There,
    Gone
}

/// @notice What the index holds: its legs, how each is, what all are worth, and what becomes of one that comes apart.
abstract contract Holdings is ReentrancyGuard {
    /// @notice TAO below this, in rao, is neither asked for at mint nor paid at redeem: a donated rao cannot block mints.
    uint256 public constant MIN_TAO = 20_000_000;
    uint256 internal constant ONE = 1e18;
    uint256 internal constant RAO = ChainCalls.RAO;
    uint256 internal constant MAX_LEGS = 32;
    uint256 internal constant NORMAL_ERROR_BPS = 100;

    /// @notice Who alone changes fee, routers, hotkeys and the composition, each behind its time lock.
    address public immutable manager;
    /// @notice Where mean prices come from.
    Means public immutable means;
    bytes32 public immutable coldkey;

    Leg[] internal list;
    /// @notice Raised whenever positions in the list of legs change.
    uint256 public revision;

    event LegDissolved(uint16 indexed netuid, uint256 book);
    event HotkeyFollowed(uint16 indexed netuid, bytes32 hotkey);
    event HotkeySet(uint16 indexed netuid, bytes32 hotkey);
    event WrittenDown(uint16 indexed netuid, uint256 book);

    error LegsChanged(uint256 revision);
    error LegDissolving(uint16 netuid);
    error HoldingMissing(uint16 netuid);
    error NotMissing(uint16 netuid);
    error NotManager();
    error BadComposition();
    /// @notice A leg's rest was too little for a nomination, and was sold along.
    error LegSwept(uint16 netuid);

    modifier onlyManager() {
        if (msg.sender != manager) revert NotManager();
        _;
    }

    constructor(address manager_, Means means_, Target[] memory targets) {
        (manager, means, coldkey) = (manager_, means_, ChainCalls.coldkeyOf(address(this)));
        setLegs(targets);
    }

    // ---- views ------------------------------------------------------------------------------------------------------------------

    function legs() external view returns (Leg[] memory) {
        return list;
    }

    function getIndexComposition() external view returns (uint16[] memory netuids, uint256[] memory weights) {
        (netuids, weights) = (new uint16[](list.length), new uint256[](list.length));
        for (uint256 i = 0; i < list.length; i++) (netuids[i], weights[i]) = (list[i].netuid, list[i].weight);
    }

    /// @notice The index's TAO as a leg, in rao; 0 below the minimum.
    function taoHeld() public view returns (uint256) {
        return taoOf(address(this).balance / RAO);
    }

    /// @notice Value of all holdings at spot prices over the supply, 18 decimals; 1.0 while there is no supply. For display and attestation.
    function getCurrentNAV() external view returns (uint256) {
        return navOf(false);
    }

    /// @notice The same with mean prices: what events are valued at. A leg without a mean counts with its anchor.
    function referenceNav() external view returns (uint256) {
        return navOf(true);
    }

    // ---- legs that come apart ---------------------------------------------------------------------------------------------------

    /// @notice Takes legs out of the list whose subnets are gone; what they have paid is among the index's TAO.
    function sync() public {
        bool chainReads = presenceOf(0) == Presence.There;
        for (uint256 i = list.length; i > 0; i--) {
            Leg storage leg = list[i - 1];
            (ChainStorage.Found found, uint256 registration) = ChainStorage.registrations(leg.netuid);
            bool replaced = found == ChainStorage.Found.Value && registration > leg.registration;
            if (!replaced && !(chainReads && presenceOf(leg.netuid) == Presence.Gone && !isDissolving(leg))) continue;
            emit LegDissolved(leg.netuid, leg.book);
            takeOut(i - 1);
        }
    }

    /// @notice Goes after a leg's stake when it has been moved to another hotkey, as a swap of hotkeys moves that of all nominators.
    function follow(uint16 netuid, bytes32 hotkey) external nonReentrant {
        Leg storage leg = legOf(netuid);
        if (!isMissing(leg, held(leg))) revert NotMissing(netuid);
        uint256 holds = ChainCalls.stakeOf(netuid, hotkey, coldkey);
        if (isLess(holds, leg.book)) revert HoldingMissing(netuid);
        (leg.hotkey, leg.book, leg.follows) = (hotkey, uint64(holds), leg.follows + 1);
        emit HotkeyFollowed(netuid, hotkey);
    }

    // ---- the manager ------------------------------------------------------------------------------------------------------------

    /// @notice Moves a leg's stake to another hotkey.
    function setHotkey(uint16 netuid, bytes32 hotkey, uint256 legGas) external onlyManager nonReentrant {
        Leg storage leg = legOf(netuid);
        uint256 holds = held(leg);
        if (isMissing(leg, holds)) revert HoldingMissing(netuid);
        uint256 before = ChainCalls.stakeOf(netuid, hotkey, coldkey);
        if (holds > 0) ChainCalls.moveStake(netuid, leg.hotkey, hotkey, holds, legGas);
        uint256 after_ = ChainCalls.stakeOf(netuid, hotkey, coldkey);
        if (leg.active && after_ + 1 < before + holds) revert ChainCalls.LegFailed(netuid, "moveStake");
        (leg.hotkey, leg.book) = (hotkey, uint64(after_));
        emit HotkeySet(netuid, hotkey);
    }

    /// @notice Takes a leg that is missing for what is left of it.
    function writeDown(uint16 netuid) external onlyManager {
        Leg storage leg = legOf(netuid);
        uint256 holds = held(leg);
        if (!isMissing(leg, holds)) revert NotMissing(netuid);
        leg.book = uint64(holds);
        emit WrittenDown(netuid, holds);
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    /// @dev What every operation begins with: legs that are gone are out, positions are those meant, and each leg is looked at.
    function begin(uint256 revision_, uint256 length) internal returns (State[] memory states) {
        sync();
        if (revision != revision_ || length != list.length) revert LegsChanged(revision);
        return statesOf();
    }

    function statesOf() internal view returns (State[] memory states) {
        states = new State[](list.length);
        for (uint256 i = 0; i < states.length; i++) states[i] = stateOf(list[i]);
    }

    function stateOf(Leg storage leg) internal view returns (State memory state) {
        state.known = true;
        if (!leg.active) return state;
        state.held = held(leg);
        state.missing = isMissing(leg, state.held);
        state.counts = state.held > 0 || state.missing;
        (ChainStorage.Found found, uint256 registration) = ChainStorage.registrations(leg.netuid);
        state.known = found == ChainStorage.Found.Value && registration == leg.registration;
        Presence presence = presenceOf(leg.netuid);
        if (presence == Presence.There) return state;
        state.dissolving = presence == Presence.Gone && presenceOf(0) == Presence.There;
        if (!state.dissolving) state.known = false;
    }

    /// @dev Mint, trades and new targets need every leg to be there, and to be what it was.
    function requireWhole(uint16 netuid, State memory state) internal pure {
        if (!state.known) revert Means.NoReference(netuid);
        if (state.dissolving) revert LegDissolving(netuid);
        if (state.missing) revert HoldingMissing(netuid);
    }

    function held(Leg storage leg) internal view returns (uint256) {
        return ChainCalls.stakeOf(leg.netuid, leg.hotkey, coldkey);
    }

    function isMissing(Leg storage leg, uint256 holds) internal view returns (bool) {
        return leg.active && isLess(holds, leg.book);
    }

    /// @dev Whether the chain says that there is such a subnet, or that there is none: what cannot be read says nothing.
    function presenceOf(uint16 netuid) internal view returns (Presence) {
        (ChainStorage.Found found, bool added) = ChainStorage.networkAdded(netuid);
        if (found == ChainStorage.Found.Unreadable) return Presence.Unknown;
        return added ? Presence.There : Presence.Gone;
    }

    /// @dev Of a subnet that is gone: whether its alpha is still there, or its turn is still to come.
    function isDissolving(Leg storage leg) internal view returns (bool) {
        return held(leg) > 0 || ChainStorage.isQueuedForDissolution(leg.netuid);
    }

    function registrationOf(uint16 netuid) internal view returns (uint64) {
        (ChainStorage.Found found, uint256 registration) = ChainStorage.registrations(netuid);
        if (found != ChainStorage.Found.Value) revert Means.NoReference(netuid);
        return uint64(registration);
    }

    function legOf(uint16 netuid) internal view returns (Leg storage) {
        uint256 found = position(netuid);
        if (found == list.length) revert BadComposition();
        return list[found];
    }

    /// @dev Where a subnet's leg is; how many there are, where it has none.
    function position(uint16 netuid) internal view returns (uint256 i) {
        while (i < list.length && list[i].netuid != netuid) i++;
    }

    function takeOut(uint256 from) internal {
        for (uint256 i = from + 1; i < list.length; i++) list[i - 1] = list[i];
        list.pop();
        revision++;
    }

    /// @dev The legs of an index that holds nothing.
    function setLegs(Target[] memory targets) internal {
        if (targets.length == 0 || targets.length > MAX_LEGS) revert BadComposition();
        delete list;
        uint256 sum;
        for (uint256 i = 0; i < targets.length; i++) {
            if (position(targets[i].netuid) < i) revert BadComposition();
            sum += targets[i].weight;
            addLeg(targets[i]);
        }
        if (sum != ONE) revert BadComposition();
    }

    function addLeg(Target memory target) internal returns (Leg storage leg) {
        leg = list.push();
        (leg.netuid, leg.registration) = (target.netuid, registrationOf(target.netuid));
        (leg.hotkey, leg.weight) = (target.hotkey, target.weight);
        revision++;
    }

    function taoOf(uint256 rao) internal pure returns (uint256) {
        return rao < MIN_TAO ? 0 : rao;
    }

    function navOf(bool byMeans) internal view returns (uint256) {
        return navAt(statesOf(), taoHeld(), tokensInAll(), byMeans);
    }

    function navAt(State[] memory states, uint256 tao, uint256 tokens, bool byMeans) internal view returns (uint256) {
        if (tokens == 0) return ONE;
        uint256 value = tao * RAO;
        for (uint256 i = 0; i < states.length; i++) {
            if (!states[i].counts || states[i].dissolving) continue;
            value += states[i].held * (byMeans ? referencePrice(list[i]) : ChainCalls.spotPrice(list[i].netuid)) / RAO;
        }
        return Math.mulDiv(value, ONE, tokens);
    }

    /// @dev Never spot: what is scored could be pumped inside one transaction.
    function referencePrice(Leg storage leg) internal view returns (uint256) {
        uint256 last = means.lastMean(leg.netuid, leg.registration);
        return last == 0 ? leg.anchor : last;
    }

    /// @dev The tokens there are.
    function tokensInAll() internal view virtual returns (uint256);
}
