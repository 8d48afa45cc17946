// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {ChainStorage} from "./ChainStorage.sol";
import {Holdings, Leg, State, Target} from "./Holdings.sol";
import {Means} from "./Means.sol";
import {RuleTable, Rules} from "./Rules.sol";

/// @notice The price of a leg that is left and has no mean, in wei per alpha: its proposal's word, in the open for as long as that waits.
struct Reference {
    uint16 netuid;
    uint96 price;
}

/// @notice What the legs are to be, and the trades towards it. A composition is turned into units, alpha per token, once; in the window
/// that this opens, anyone may trade a leg towards them in small steps: each near the mean price, by little of the pool, and all together
/// by no more than the room of a day. Outside a window nothing trades.
/// @dev Whether there are targets at all is the manager's, behind its time lock; how much is traded, and at which prices, is not.
abstract contract Targets is Holdings {
    /// @notice How far the spot price may be from the mean, in hundredths of a percent; and how far a trade may go beyond.
    uint256 public constant BAND_BPS = 200;
    /// @notice What all trades of a day come to at most, in hundredths of a percent of all holdings' value.
    uint256 public constant ROOM_BPS = 600;
    uint256 private constant ROOM_PARTS = 8;
    uint256 private constant ANCHOR_BPS = 2_000;
    uint256 private constant BPS = 10_000;
    uint256 private constant LEAVING_ERROR_BPS = 500;
    /// A holding that is nearer to its target than this is there.
    uint256 private constant NEAR_BPS = 50;
    uint256 private constant CRUMBS = 50_000_000;
    /// How far a trade may move the price, in millionths: twice the fee, which takes back what a sandwich could gain.
    uint256 private constant MOST_IMPACT = 1_000;
    uint256 private constant LEAST_IMPACT = 200;
    uint256 private constant MILLION = 1_000_000;
    uint256 private constant DEFAULT_FEE_RATE = 33;

    uint256 public immutable gap;
    uint256 public immutable day;
    uint256 public windowUntil;
    uint256 public pausedUntil;
    /// @notice What could be traded for at `roomAt`, in rao.
    uint256 public room;
    uint256 public roomAt;
    mapping(uint16 netuid => uint256) private named;

    event LegAdded(uint16 indexed netuid, bytes32 hotkey);
    event LegRemoved(uint16 indexed netuid);
    event WindowOpened(uint16[] netuids, uint256[] units, uint256 until);
    event WindowClosed();
    event Stepped(
        uint16 indexed netuid, bool sells, uint256 alphaBefore, uint256 alphaAfter, uint256 tao, uint256 spot, uint256 mean, uint256 limit
    );
    event RoomSpent(uint256 rao, uint256 left);

    error OutsideBand(uint16 netuid, uint256 spot, uint256 mean);
    error TooSoon(uint256 notBefore);
    error NoRoom();
    error WindowShut();
    error IsPaused(uint256 until);
    error NotDue();

    constructor(Rules memory rules) {
        RuleTable.check(rules);
        (gap, day) = (rules.gap, rules.day);
    }

    // ---- targets ----------------------------------------------------------------------------------------------------------------

    /// @notice Other legs before the first mint.
    function beginWith(Target[] calldata targets) external onlyManager nonReentrant {
        if (tokensInAll() > 0) revert NotDue();
        setLegs(targets);
    }

    /// @notice Fixes how much of each leg a token is to have, and opens a window to trade for it. Legs not named are to be left.
    function setTargets(Target[] calldata targets, Reference[] calldata references, uint256 until) external onlyManager nonReentrant {
        sync();
        removeEmpty(targets);
        for (uint256 i = 0; i < references.length; i++) named[references[i].netuid] = references[i].price;
        (uint256 supply, uint256 value) = (tokensInAll(), taoHeld() * RAO);
        if (supply == 0) revert NotDue();
        for (uint256 i = 0; i < list.length; i++) {
            Leg storage leg = list[i];
            State memory state = stateOf(leg);
            requireWhole(leg.netuid, state);
            (bool isNamed, Target calldata target) = find(targets, leg.netuid);
            (leg.weight, leg.unit) = (isNamed ? target.weight : 0, 0);
            leg.anchor = uint96(isNamed ? steppingPrice(leg, NORMAL_ERROR_BPS) : priceOfLeft(leg));
            value += state.held * leg.anchor / RAO;
        }
        for (uint256 i = 0; i < targets.length; i++) {
            if (position(targets[i].netuid) == list.length) add(targets[i]);
        }
        if (list.length > MAX_LEGS) revert BadComposition();
        (uint16[] memory netuids, uint256[] memory units) = (new uint16[](list.length), new uint256[](list.length));
        for (uint256 i = 0; i < list.length; i++) {
            Leg storage leg = list[i];
            if (leg.weight > 0) leg.unit = uint96(Math.mulDiv(uint256(leg.weight) * RAO, value, uint256(leg.anchor) * supply));
            (netuids[i], units[i]) = (leg.netuid, leg.unit);
        }
        windowUntil = until;
        emit WindowOpened(netuids, units, until);
    }

    /// @notice Ends a window whose time is over; anyone may.
    function close() external {
        if (windowUntil == 0 || block.timestamp < windowUntil) revert NotDue();
        endWindow();
    }

    // ---- a step -----------------------------------------------------------------------------------------------------------------

    /// @notice Trades a leg towards its target, as far as price, impact and room allow; anyone may, while a window is open.
    function step(uint16 netuid, uint256 legGas) external nonReentrant {
        if (block.timestamp >= windowUntil) revert WindowShut();
        if (block.timestamp < pausedUntil) revert IsPaused(pausedUntil);
        sync();
        State[] memory states = statesOf();
        for (uint256 i = 0; i < states.length; i++) requireWhole(list[i].netuid, states[i]);
        uint256 place = position(netuid);
        if (place == states.length) revert BadComposition();
        Leg storage leg = list[place];
        if (block.timestamp < leg.steppedAt + gap) revert TooSoon(leg.steppedAt + gap);
        (uint256 supply, uint256 spot) = (tokensInAll(), ChainCalls.spotPrice(netuid));
        uint256 mean = leg.unit > 0 ? steppingPrice(leg, NORMAL_ERROR_BPS) : leavingPrice(leg);
        if (isFurther(spot, mean, BAND_BPS) || isFurther(mean, leg.anchor, ANCHOR_BPS)) revert OutsideBand(netuid, spot, mean);
        refill(states, supply);

        uint256 before = states[place].held;
        uint256 target = Math.mulDiv(leg.unit, supply, ONE);
        if (before * BPS > target * (BPS + NEAR_BPS)) sell(leg, before, target, spot, mean, legGas);
        else if (before * BPS < target * (BPS - NEAR_BPS)) buy(leg, before, target, spot, mean, legGas);
        else revert NotDue();
        leg.steppedAt = uint64(block.timestamp);
        states[place].held = leg.book;
        if (isThere(states, supply)) endWindow();
        if (leg.unit == 0 && leg.book == 0) remove(place);
    }

    function sell(Leg storage leg, uint256 before, uint256 target, uint256 spot, uint256 mean, uint256 legGas) private {
        uint256 limit = Math.max(spot - spot * impactOf(leg.netuid) / MILLION, mean - mean * BAND_BPS / BPS);
        uint256 alpha = before - target;
        bool isRest = leg.unit == 0 && Math.mulDiv(before, spot, ONE) < CRUMBS;
        if (!isRest) alpha = Math.min(alpha, Math.mulDiv(room, ONE, spot));
        if (alpha == 0) revert NoRoom();
        uint256 rao = address(this).balance / RAO;
        ChainCalls.sellStakeAbove(leg.netuid, leg.hotkey, alpha, Math.ceilDiv(limit, RAO), legGas);
        uint256 holds = held(leg);

        // What is left of a leg that stays may not be sold along.
        if (leg.unit > 0 && before > holds + alpha + 1) revert LegSwept(leg.netuid);
        note(leg, true, before, holds, address(this).balance / RAO - rao, spot, mean, limit);
    }

    function buy(Leg storage leg, uint256 before, uint256 target, uint256 spot, uint256 mean, uint256 legGas) private {
        uint256 limit = Math.min(spot + spot * impactOf(leg.netuid) / MILLION, mean + mean * BAND_BPS / BPS);
        uint256 has = address(this).balance / RAO;
        uint256 tao = taoOf(has);
        if (tao > 0) tao -= ChainCalls.EXISTENTIAL_DEPOSIT;
        uint256 rao = Math.min(Math.min(Math.mulDiv(target - before, spot, ONE), room), tao);
        if (rao == 0) revert NoRoom();
        if (!leg.active) {
            leg.active = true;
            revision++;
            before = held(leg);
        }
        ChainCalls.buyStakeBelow(leg.netuid, leg.hotkey, rao, limit / RAO, legGas);
        note(leg, false, before, held(leg), has - address(this).balance / RAO, spot, mean, limit);
    }

    function note(Leg storage leg, bool sells, uint256 before, uint256 after_, uint256 rao, uint256 spot, uint256 mean, uint256 limit)
        private
    {
        leg.book = uint64(after_);
        room -= Math.min(rao, room);
        emit Stepped(leg.netuid, sells, before, after_, rao, spot, mean, limit);
        emit RoomSpent(rao, room);
    }

    // ---- limits -----------------------------------------------------------------------------------------------------------------

    /// @dev Refills evenly, up to an eighth of a day's.
    function refill(State[] memory states, uint256 supply) private {
        uint256 ofDay = Math.mulDiv(navAt(states, taoHeld(), supply, true), supply, ONE) / RAO * ROOM_BPS / BPS;
        uint256 most = ofDay / ROOM_PARTS;
        room = roomAt == 0 ? most : Math.min(most, room + ofDay * (block.timestamp - roomAt) / day);
        roomAt = block.timestamp;
    }

    function impactOf(uint16 netuid) private view returns (uint256) {
        (ChainStorage.Found found, uint256 rate) = ChainStorage.feeRate(netuid);
        if (found == ChainStorage.Found.Nothing && means.defaultsHold()) rate = DEFAULT_FEE_RATE;
        else if (found != ChainStorage.Found.Value) revert Means.NoReference(netuid);
        return Math.min(MOST_IMPACT, Math.max(LEAST_IMPACT, 2 * MILLION * rate / type(uint16).max));
    }

    /// @dev The price that a leg is traded by: its mean, which spot is not far from.
    function steppingPrice(Leg storage leg, uint256 errorBps) internal view returns (uint256 mean) {
        (mean,) = means.meanWithin(leg.netuid, errorBps);
        if (isFurther(ChainCalls.spotPrice(leg.netuid), mean, BPS / 2)) revert Means.NoReference(leg.netuid);
    }

    /// @dev That of a leg that is being left: by a mean that may be worse, or by what its proposal named.
    function leavingPrice(Leg storage leg) private view returns (uint256) {
        uint256 price = named[leg.netuid];
        return price > 0 ? price : steppingPrice(leg, LEAVING_ERROR_BPS);
    }

    /// @dev That of a leg that is left, in the value of all: by its mean, and without one by the latest there was.
    function priceOfLeft(Leg storage leg) private view returns (uint256) {
        uint256 price = named[leg.netuid];
        if (price > 0) return price;
        try means.meanWithin(leg.netuid, LEAVING_ERROR_BPS) returns (uint256 mean, uint256) {
            return mean;
        } catch {
            return referencePrice(leg);
        }
    }

    function isFurther(uint256 price, uint256 from, uint256 bps) private pure returns (bool) {
        return (price > from ? price - from : from - price) * BPS > from * bps;
    }

    /// @dev Whether nothing is left to trade for.
    function isThere(State[] memory states, uint256 supply) private view returns (bool) {
        for (uint256 i = 0; i < states.length; i++) {
            (uint256 has, uint256 target) = (states[i].held, Math.mulDiv(list[i].unit, supply, ONE));
            uint256 off = has > target ? has - target : target - has;
            if (off * BPS > target * NEAR_BPS && Math.mulDiv(off, list[i].anchor, ONE) >= CRUMBS) return false;
        }
        return true;
    }

    // ---- the list ---------------------------------------------------------------------------------------------------------------

    function endWindow() private {
        windowUntil = 0;
        for (uint256 i = 0; i < list.length; i++) delete named[list[i].netuid];
        emit WindowClosed();
    }

    function removeEmpty(Target[] calldata targets) private {
        for (uint256 i = list.length; i > 0; i--) {
            delete named[list[i - 1].netuid];
            (bool isNamed,) = find(targets, list[i - 1].netuid);
            Leg storage leg = list[i - 1];
            if (!isNamed && (!leg.active || (held(leg) == 0 && !isMissing(leg, 0)))) remove(i - 1);
        }
    }

    function remove(uint256 place) private {
        emit LegRemoved(list[place].netuid);
        takeOut(place);
    }

    function add(Target calldata target) private {
        Leg storage leg = addLeg(target);
        leg.anchor = uint96(steppingPrice(leg, NORMAL_ERROR_BPS));
        emit LegAdded(target.netuid, target.hotkey);
    }

    function find(Target[] calldata targets, uint16 netuid) private pure returns (bool, Target calldata) {
        for (uint256 i = 0; i < targets.length; i++) if (targets[i].netuid == netuid) return (true, targets[i]);
        return (false, targets[0]);
    }
}
