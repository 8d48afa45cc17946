// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChainCalls} from "./ChainCalls.sol";
import {ChainStorage} from "./ChainStorage.sol";
import {isLess, Leg, Target} from "./Holdings.sol";
import {Index} from "./Index.sol";
import {Means} from "./Means.sol";
import {RuleTable, Rules} from "./Rules.sol";
import {Reference} from "./Targets.sol";

/// @notice What can be proposed.
enum Kind {
    Composition,
    Hotkey,
    WriteDown,
    Router,
    Fee,
    Owner,
    Guardian
}

/// @notice The time lock before everything that an index's owner can do. A proposal waits in the open, so that who does not like it can
/// redeem; then anyone can apply it, for as long as it does not expire. There is one of a kind at a time, of a leg's hotkey and of its
/// write-down one for each leg. It holds nothing.
/// @dev What a proposal has to fulfil is checked when it is made and when it is applied, and what it is about must be the same.
contract Manager {
    uint256 private constant MOST_LEGS = 20;
    uint256 private constant LEAST_WEIGHT = 0.005e18;
    uint256 private constant MOST_WEIGHT = 0.3e18;
    uint256 private constant ONE = 1e18;
    /// A pool with less TAO than this, in rao, is too small to be traded in.
    uint256 private constant LEAST_POOL = 1_000e9;
    uint256 private constant DYNAMIC = 1;

    struct Pending {
        /// Of what is proposed and of what it is about.
        bytes32 hash;
        uint256 since;
    }

    Index public index;
    /// Who makes it, and may do nothing but name the index once: the owner need not sign for that.
    address private immutable deployer;
    address public owner;
    address public guardian;
    uint256 public windowSince;
    uint256 public pausedSince;
    Rules private times;
    mapping(bytes32 slot => Pending) private pendings;

    event Proposed(Kind indexed kind, uint16 indexed netuid, bytes data, uint256 due, uint256 expires);
    event Cancelled(Kind indexed kind, uint16 indexed netuid);
    event Applied(Kind indexed kind, uint16 indexed netuid);
    event OwnerSet(address owner);
    event GuardianSet(address guardian);

    error NotOwner();
    error NotGuardian();
    error NotDue();
    error BadComposition();
    error BadProposal();
    error NoHotkey(bytes32 hotkey);
    error AlreadyProposed(Kind kind, uint16 netuid);
    error HeldElsewhere(bytes32 hotkey);

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    constructor(address owner_, address guardian_, Rules memory rules_) {
        RuleTable.check(rules_);
        (deployer, owner, guardian, times) = (msg.sender, owner_, guardian_, rules_);
    }

    /// @notice Names the index it manages, once: the index names its manager when it is made.
    function bind(Index index_) external {
        if (msg.sender != deployer) revert NotOwner();
        if (address(index) != address(0) || index_.manager() != address(this)) revert BadProposal();
        index = index_;
    }

    function rules() external view returns (Rules memory) {
        return times;
    }

    // ---- proposals --------------------------------------------------------------------------------------------------------------

    /// @notice Proposes something. `data` is, ABI-encoded:
    /// Composition: (Target[] targets, bytes16[] hashes, Reference[] references), the hashes BLAKE2b-128 of the targets' hotkeys, which
    /// count for legs that are new;
    /// Hotkey: (uint16 netuid, bytes32 hotkey, bytes16 hash); WriteDown: (uint16 netuid, bytes16 hash of the index's coldkey);
    /// Router: (address router, bool allowed); Fee: (uint256 bps); Owner and Guardian: (address).
    function propose(Kind kind, bytes calldata data) external onlyOwner {
        (uint16 netuid, bytes32 about) = check(kind, data);
        Pending storage pending_ = pendings[slotOf(kind, netuid)];
        if (pending_.since > 0 && block.timestamp <= pending_.since + times.delay + times.expiry) revert AlreadyProposed(kind, netuid);
        (pending_.hash, pending_.since) = (keccak256(abi.encode(data, about)), block.timestamp);
        emit Proposed(kind, netuid, data, block.timestamp + times.delay, block.timestamp + times.delay + times.expiry);
    }

    /// @notice Does what was proposed, after its time and before it expires; anyone may, but for an owner, who accepts it itself.
    function execute(Kind kind, bytes calldata data, uint256 legGas) external {
        (uint16 netuid, bytes32 about) = check(kind, data);
        Pending storage pending_ = pendings[slotOf(kind, netuid)];
        (uint256 since, bytes32 hash) = (pending_.since, pending_.hash);
        if (since == 0 || hash != keccak256(abi.encode(data, about))) revert BadProposal();
        if (block.timestamp < since + times.delay || block.timestamp > since + times.delay + times.expiry) revert NotDue();
        delete pendings[slotOf(kind, netuid)];
        emit Applied(kind, netuid);
        if (kind == Kind.Composition) applyComposition(data);
        else if (kind == Kind.Hotkey) applyHotkey(data, legGas);
        else if (kind == Kind.WriteDown) index.writeDown(netuid);
        else if (kind == Kind.Router) applyRouter(data);
        else if (kind == Kind.Fee) index.setFee(abi.decode(data, (uint256)));
        else if (kind == Kind.Owner) applyOwner(data);
        else applyGuardian(data);
    }

    /// @notice Takes back a proposal; owner and guardian may.
    function cancel(Kind kind, uint16 netuid) external {
        if (msg.sender != owner && msg.sender != guardian) revert NotOwner();
        if (pendings[slotOf(kind, netuid)].since == 0) revert BadProposal();
        delete pendings[slotOf(kind, netuid)];
        emit Cancelled(kind, netuid);
    }

    /// @notice Since when something is proposed; 0 when it is not.
    function proposedSince(Kind kind, uint16 netuid) external view returns (uint256) {
        return pendings[slotOf(kind, netuid)].since;
    }

    /// @notice Stops mint and trades for a while; redeeming goes on.
    function pause() external {
        if (msg.sender != guardian) revert NotGuardian();
        if (pausedSince > 0 && block.timestamp < pausedSince + times.pauseEvery) revert NotDue();
        pausedSince = block.timestamp;
        index.pause(block.timestamp + times.pause);
    }

    // ---- what a proposal has to fulfil ------------------------------------------------------------------------------------------

    /// @return netuid The leg of those kinds of which each leg has its own.
    /// @return about What must be the same when it is applied.
    function check(Kind kind, bytes calldata data) private view returns (uint16 netuid, bytes32 about) {
        if (kind == Kind.Composition) return (0, checkComposition(data));
        if (kind == Kind.Hotkey) return checkHotkey(data);
        if (kind == Kind.WriteDown) return checkWriteDown(data);
        if (kind == Kind.Fee && abi.decode(data, (uint256)) > index.MAX_FEE_BPS()) revert BadProposal();
        if (kind == Kind.Owner && abi.decode(data, (address)) == address(0)) revert BadProposal();
    }

    function checkComposition(bytes calldata data) private view returns (bytes32 about) {
        (Target[] memory targets, bytes16[] memory hashes, Reference[] memory references) =
            abi.decode(data, (Target[], bytes16[], Reference[]));
        if (targets.length == 0 || targets.length > MOST_LEGS || hashes.length != targets.length) revert BadComposition();
        uint256 sum;
        uint64[] memory registrations = new uint64[](targets.length);
        for (uint256 i = 0; i < targets.length; i++) {
            for (uint256 j = 0; j < i; j++) if (targets[j].netuid == targets[i].netuid) revert BadComposition();
            if (targets[i].weight < LEAST_WEIGHT || targets[i].weight > MOST_WEIGHT) revert BadComposition();
            sum += targets[i].weight;
            requireHotkey(targets[i].hotkey, hashes[i]);
            registrations[i] = checkSubnet(targets[i].netuid);
        }
        if (sum != ONE) revert BadComposition();
        Leg[] memory legs = index.legs();
        for (uint256 i = 0; i < references.length; i++) {
            (bool isLeg, bool isNamed) = (false, references[i].price == 0);
            for (uint256 j = 0; j < legs.length; j++) isLeg = isLeg || legs[j].netuid == references[i].netuid;
            for (uint256 j = 0; j < targets.length; j++) isNamed = isNamed || targets[j].netuid == references[i].netuid;
            if (!isLeg || isNamed) revert BadComposition();
        }
        return keccak256(abi.encode(registrations));
    }

    /// @dev A subnet that can be bought into: it is there, trades and transfers, its pool is large enough, and its price has a mean.
    function checkSubnet(uint16 netuid) private view returns (uint64) {
        (ChainStorage.Found found, uint256 registration) = ChainStorage.registrations(netuid);
        if (found != ChainStorage.Found.Value || ChainStorage.isQueuedForDissolution(netuid)) revert Means.NoReference(netuid);
        bool on;
        (found, on) = ChainStorage.networkAdded(netuid);
        if (found != ChainStorage.Found.Value || !on) revert Means.NoReference(netuid);
        (found, on) = ChainStorage.subtokenEnabled(netuid);
        if (found != ChainStorage.Found.Value || !on || !ChainStorage.transferAllowed(netuid)) revert Means.NoReference(netuid);
        uint256 value;
        (found, value) = ChainStorage.mechanism(netuid);
        if (netuid == 0 || found != ChainStorage.Found.Value || value != DYNAMIC) revert Means.NoReference(netuid);
        (found, value) = ChainStorage.poolTao(netuid);
        if (found != ChainStorage.Found.Value || value < LEAST_POOL) revert Means.NoReference(netuid);
        (uint256 mean,) = index.means().mean(netuid);
        uint256 spot = ChainCalls.spotPrice(netuid);
        if ((spot > mean ? spot - mean : mean - spot) * 2 > mean) revert Means.NoReference(netuid);
        return uint64(registration);
    }

    function checkHotkey(bytes calldata data) private view returns (uint16 netuid, bytes32 about) {
        bytes32 hotkey;
        bytes16 hash;
        (netuid, hotkey, hash) = abi.decode(data, (uint16, bytes32, bytes16));
        requireHotkey(hotkey, hash);
        Leg memory leg = legOf(netuid);
        return (netuid, bytes32(uint256(leg.registration)));
    }

    /// @dev Only of a leg that is missing, and not while a hotkey of the index holds it: then it is to be followed. What follows it ends
    /// the proposal.
    function checkWriteDown(bytes calldata data) private view returns (uint16 netuid, bytes32 about) {
        bytes16 hash;
        (netuid, hash) = abi.decode(data, (uint16, bytes16));
        Leg memory leg = legOf(netuid);
        bytes32 coldkey = index.coldkey();
        if (!isLess(ChainCalls.stakeOf(netuid, leg.hotkey, coldkey), leg.book)) revert BadProposal();
        bytes32[] memory hotkeys = ChainStorage.stakingHotkeys(coldkey, hash);
        if (hotkeys.length == 0) revert NoHotkey(coldkey);
        for (uint256 i = 0; i < hotkeys.length; i++) {
            if (!isLess(ChainCalls.stakeOf(netuid, hotkeys[i], coldkey), leg.book)) revert HeldElsewhere(hotkeys[i]);
        }
        return (netuid, keccak256(abi.encode(leg.registration, leg.hotkey, leg.book, leg.follows)));
    }

    /// @dev Anybody can make the index's own account a hotkey beforehand, and swap it away later.
    function requireHotkey(bytes32 hotkey, bytes16 hash) private view {
        if (hotkey == index.coldkey() || !ChainStorage.hotkeyExists(hotkey, hash)) revert NoHotkey(hotkey);
    }

    function legOf(uint16 netuid) private view returns (Leg memory) {
        Leg[] memory legs = index.legs();
        for (uint256 i = 0; i < legs.length; i++) if (legs[i].netuid == netuid) return legs[i];
        revert BadComposition();
    }

    // ---- what it does -----------------------------------------------------------------------------------------------------------

    function applyComposition(bytes calldata data) private {
        (Target[] memory targets,, Reference[] memory references) = abi.decode(data, (Target[], bytes16[], Reference[]));
        if (index.totalSupply() == 0) {
            index.beginWith(targets);
            return;
        }
        if (windowSince > 0 && block.timestamp < windowSince + times.window) revert NotDue();
        windowSince = block.timestamp;
        index.setTargets(targets, references, block.timestamp + times.window);
    }

    function applyHotkey(bytes calldata data, uint256 legGas) private {
        (uint16 netuid, bytes32 hotkey,) = abi.decode(data, (uint16, bytes32, bytes16));
        index.setHotkey(netuid, hotkey, legGas);
    }

    function applyRouter(bytes calldata data) private {
        (address router, bool allowed) = abi.decode(data, (address, bool));
        index.setRouter(router, allowed);
    }

    function applyOwner(bytes calldata data) private {
        address next = abi.decode(data, (address));
        if (msg.sender != next) revert NotOwner();
        owner = next;
        emit OwnerSet(next);
    }

    function applyGuardian(bytes calldata data) private {
        guardian = abi.decode(data, (address));
        emit GuardianSet(guardian);
    }

    function slotOf(Kind kind, uint16 netuid) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, netuid));
    }
}
