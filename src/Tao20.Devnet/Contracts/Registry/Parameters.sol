// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bonds} from "./Bonds.sol";

interface IEpochs {
    function getEpochInfo() external view returns (uint256 currentEpoch, uint256 startedAt, uint256 endsAt);
}

/// @notice By which parameters each epoch is judged, and how that is changed: by two thirds of the eligible stake, and never for an epoch
/// that is over.
abstract contract Parameters is Bonds {
    struct Version {
        uint64 fromEpoch;
        uint64 number;
        bytes32 hash;
    }

    struct Proposal {
        /// keccak256(abi.encode(fromEpoch, text))
        bytes32 key;
        address proposer;
        uint48 proposedAt;
        bool done;
        uint64 fromEpoch;
        uint64 epoch;
        uint64 version;
        uint64 endorsers;
        uint256 stake;
    }

    uint256 private constant LEAST_AHEAD = 48;
    uint256 private constant MOST_AHEAD = 720;
    /// Epochs after a proposal in which it can be adopted: fewer than LEAST_AHEAD, so that it never holds for an epoch that is over.
    uint256 private constant ADOPTABLE = 24;

    IEpochs public immutable index;
    uint256 internal immutable MIN_ATTESTERS;
    uint256 internal immutable PROPOSAL_DEPOSIT;
    address internal immutable TREASURY;

    /// @notice The number of the latest version.
    uint256 public latestVersion;
    uint256 public proposalCount;
    /// In the order of adoption.
    Version[] private schedule;
    mapping(uint256 number => Proposal) private proposals;
    mapping(uint256 number => mapping(address => bool)) public hasEndorsed;

    event Proposed(uint256 indexed number, address indexed proposer, uint256 fromEpoch, bytes text, bytes32 key);
    event Endorsed(uint256 indexed number, address indexed validator, uint256 stake);
    event Adopted(uint256 indexed number);
    event Lapsed(uint256 indexed number);
    event ParametersScheduled(uint256 indexed version, uint256 fromEpoch, bytes text);

    error NotEligible(address account);
    error WrongDeposit(uint256 given, uint256 needed);
    error NotAhead(uint256 fromEpoch, uint256 earliest, uint256 latest);
    error NotThisProposal(bytes32 key);
    error AlreadyEndorsed(address validator);
    error NotOpen(uint256 number);
    error NotEndorsed(uint256 number);
    error StillOpen(uint256 number);

    constructor(IEpochs index_, uint256 minAttesters, uint256 deposit, address treasury, bytes memory text) {
        (index, MIN_ATTESTERS, PROPOSAL_DEPOSIT, TREASURY) = (index_, minAttesters, deposit, treasury);
        scheduleText(0, text);
    }

    /// @notice The hash of the parameters that hold for an epoch, as far as is known now.
    /// @dev Of those that begin by then, the last adopted: it replaces all that was to hold from its first epoch on.
    function parametersOf(uint256 epoch) public view returns (bytes32) {
        uint256 i = schedule.length - 1;
        while (schedule[i].fromEpoch > epoch) i--;
        return schedule[i].hash;
    }

    function proposalOf(uint256 number) external view returns (Proposal memory) {
        return proposals[number];
    }

    /// @notice Proposes parameters from an epoch on, with the deposit.
    function propose(uint256 fromEpoch, bytes calldata text) external payable returns (uint256 number) {
        if (stakeAt(msg.sender, block.timestamp) == 0) revert NotEligible(msg.sender);
        if (msg.value != PROPOSAL_DEPOSIT) revert WrongDeposit(msg.value, PROPOSAL_DEPOSIT);
        uint256 epoch = currentEpoch();
        if (fromEpoch < epoch + LEAST_AHEAD || fromEpoch > epoch + MOST_AHEAD) {
            revert NotAhead(fromEpoch, epoch + LEAST_AHEAD, epoch + MOST_AHEAD);
        }
        number = ++proposalCount;
        Proposal storage p = proposals[number];
        (p.key, p.proposer, p.proposedAt) = (keyOf(fromEpoch, text), msg.sender, uint48(block.timestamp));
        (p.fromEpoch, p.epoch, p.version) = (uint64(fromEpoch), uint64(epoch), uint64(latestVersion));
        emit Proposed(number, msg.sender, fromEpoch, text, p.key);
    }

    /// @notice Agrees to a proposal with the effective stake of the second before it. It cannot be taken back.
    function endorse(uint256 number, bytes32 key) external {
        Proposal storage p = proposals[number];
        if (!isOpen(p)) revert NotOpen(number);
        if (key != p.key) revert NotThisProposal(p.key);
        if (hasEndorsed[number][msg.sender]) revert AlreadyEndorsed(msg.sender);
        uint256 stake = stakeAt(msg.sender, p.proposedAt - 1);
        if (stake == 0) revert NotEligible(msg.sender);
        hasEndorsed[number][msg.sender] = true;
        (p.stake, p.endorsers) = (p.stake + stake, p.endorsers + 1);
        emit Endorsed(number, msg.sender, stake);
    }

    /// @notice Puts an endorsed proposal in force; anyone may call it. It replaces what was scheduled from its first epoch on.
    function adopt(uint256 number, bytes calldata text) external {
        Proposal storage p = proposals[number];
        if (!isOpen(p)) revert NotOpen(number);
        if (keyOf(p.fromEpoch, text) != p.key) revert NotThisProposal(p.key);
        if (!suffices(p.endorsers, p.stake, eligibleAt(p.proposedAt - 1))) revert NotEndorsed(number);
        p.done = true;
        emit Adopted(number);
        scheduleText(p.fromEpoch, text);
        credit(p.proposer, PROPOSAL_DEPOSIT);
    }

    /// @notice Ends a proposal that can no longer be adopted; anyone may call it. The deposit is the treasury's.
    function lapse(uint256 number) external {
        Proposal storage p = proposals[number];
        if (p.proposer == address(0) || p.done) revert NotOpen(number);
        if (isOpen(p)) revert StillOpen(number);
        p.done = true;
        emit Lapsed(number);
        credit(TREASURY, PROPOSAL_DEPOSIT);
    }

    /// @dev What settles a statement and endorses a proposal: enough accounts, and two thirds of the eligible stake.
    function suffices(uint256 count, uint256 stake, uint256 eligible) internal view returns (bool) {
        return count >= MIN_ATTESTERS && 3 * stake >= 2 * eligible;
    }

    function currentEpoch() private view returns (uint256 epoch) {
        (epoch,,) = index.getEpochInfo();
    }

    function isOpen(Proposal storage p) private view returns (bool) {
        return p.proposer != address(0) && !p.done && p.version == latestVersion && currentEpoch() <= p.epoch + ADOPTABLE;
    }

    function keyOf(uint256 fromEpoch, bytes calldata text) private pure returns (bytes32) {
        return keccak256(abi.encode(fromEpoch, text));
    }

    function scheduleText(uint256 fromEpoch, bytes memory text) private {
        schedule.push(Version(SafeCast.toUint64(fromEpoch), uint64(++latestVersion), keccak256(text)));
        emit ParametersScheduled(latestVersion, fromEpoch, text);
    }
}
