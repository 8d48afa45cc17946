// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ChainCalls} from "./Index/ChainCalls.sol";

interface IEpochs {
    function epoch() external view returns (uint256);
}

/// @notice The first registry of validators, which Registry/ValidatorRegistry.sol takes the place of.
/// @dev It checks signatures, counts votes and moves bonds. What is a violation is decided by the voters, who recompute it; the
/// evidence of a case is in the log that raises it, and its hash is its id, so that it cannot be raised twice.
contract FirstRegistry is EIP712("TAO20", "1"), ReentrancyGuard {
    using Checkpoints for Checkpoints.Trace208;

    struct NavAttestation {
        uint256 epoch;
        uint64 blockNumber;
        bytes32 blockHash;
        uint256 nav;
        uint256 totalSupply;
        bytes32 rankingRoot;
        bytes32 weightsHash;
        bytes32 parameters;
        address validator;
    }

    struct Case {
        uint256 epoch;
        address accused;
        uint8 kinds;
        uint8 severity;
        uint64 stakeBlock;
        uint256 referenceNav;
        bytes32 referenceRoot;
        bytes32 referenceWeightsHash;
    }

    enum CaseState {
        None,
        Raised,
        Confirmed,
        Executed,
        Rejected
    }

    struct Progress {
        CaseState state;
        uint8 severity;
        address accused;
        uint64 stakeBlock;
        uint64 raisedAt;
        uint256 eligible;
        uint256 votesFor;
        uint256 votesAgainst;
    }

    uint256 public constant MIN_STAKE = 1000 ether;
    uint256 public constant MAX_VALIDATORS = 256;
    uint256 public constant DISPUTE_BLOCKS = 150;
    uint256 public constant CONFIRM_PERCENT = 67;

    /// @notice Longer than an epoch, a round's window and a dispute together: who has lied cannot leave before it is judged.
    uint256 public constant WITHDRAWAL_BLOCKS = 1000;

    bytes32 private constant ATTESTATION_TYPE = keccak256(
        "NavAttestation(uint256 epoch,uint64 blockNumber,bytes32 blockHash,uint256 nav,uint256 totalSupply,bytes32 rankingRoot,bytes32 weightsHash,bytes32 parameters,address validator)"
    );

    IEpochs public immutable index;

    mapping(address => uint256) public bondOf;
    mapping(address => uint256) public leaving;
    mapping(address => uint256) public leavesAt;
    mapping(address => Checkpoints.Trace208) private history;
    mapping(address => bool) private known;
    address[] private validators;

    /// @notice The digest of the first attestation of an epoch and validator.
    mapping(uint256 => mapping(address => bytes32)) public attested;
    mapping(bytes32 => Progress) public cases;
    mapping(bytes32 => mapping(address => bool)) public hasVoted;
    uint256 public slashedTotal;

    event BondChanged(address indexed validator, uint256 bond);
    event WithdrawalBegun(address indexed validator, uint256 amount, uint256 unlocksAt);
    event Withdrawn(address indexed validator, uint256 amount);
    event Attested(address indexed validator, uint256 indexed epoch, NavAttestation attestation, bytes32 digest, uint16[] uids, uint16[] weights, bytes signature);
    event CaseRaised(bytes32 indexed id, address indexed accused, address raisedBy, Case details, bytes32[] digests, uint256[] missedEpochs);
    event Voted(bytes32 indexed id, address indexed voter, bool support, uint256 stake);
    event CaseConfirmed(bytes32 indexed id);
    event CaseRejected(bytes32 indexed id);
    event CaseExecuted(bytes32 indexed id, address indexed accused, uint256 slashed);

    error NotAValidator(address account);
    error EpochNotClosed(uint256 epoch);
    error WrongSigner(address signer, address validator);
    error WrongWeights(bytes32 given, bytes32 signed);
    error AlreadyAttested(bytes32 digest);
    error CaseExists(bytes32 id);
    error UnknownAttestation(bytes32 digest);
    error NotAnEquivocation();
    error NoSuchSeverity(uint8 severity);
    error NotOpen(bytes32 id);
    error AlreadyVoted(address voter);
    error NoVote(address account);
    error NotConfirmed(bytes32 id);
    error TooMuch(uint256 wanted, uint256 there);
    error Locked(uint256 until);
    error TooManyValidators();
    error StakeBlockNotPast(uint64 stakeBlock);

    constructor(IEpochs index_) {
        index = index_;
    }

    // ---- bonds ------------------------------------------------------------------------------------------------------------------

    /// @notice Adds TAO to the caller's bond.
    function bond() external payable {
        if (!known[msg.sender]) {
            if (validators.length == MAX_VALIDATORS) revert TooManyValidators();
            if (msg.value < MIN_STAKE) revert TooMuch(MIN_STAKE, msg.value);
            known[msg.sender] = true;
            validators.push(msg.sender);
        }
        setBond(msg.sender, bondOf[msg.sender] + msg.value);
    }

    /// @notice Takes a part out of the bond; it stays here, and can be slashed, until the withdrawal time is over.
    /// @dev A second withdrawal makes the first wait anew.
    function beginWithdrawal(uint256 amount) external {
        if (amount > bondOf[msg.sender]) revert TooMuch(amount, bondOf[msg.sender]);
        setBond(msg.sender, bondOf[msg.sender] - amount);
        leaving[msg.sender] += amount;
        leavesAt[msg.sender] = block.number + WITHDRAWAL_BLOCKS;
        emit WithdrawalBegun(msg.sender, amount, leavesAt[msg.sender]);
    }

    /// @notice Pays out what has waited long enough, in whole rao; what is less than an account may have stays.
    /// @dev By precompile, so that no code of who is paid runs: up to spec 451 it could act as this contract, and take every bond.
    function withdraw() external nonReentrant {
        uint256 rao = leaving[msg.sender] / ChainCalls.RAO;
        if (rao < ChainCalls.EXISTENTIAL_DEPOSIT) revert TooMuch(ChainCalls.EXISTENTIAL_DEPOSIT * ChainCalls.RAO, leaving[msg.sender]);
        if (block.number < leavesAt[msg.sender]) revert Locked(leavesAt[msg.sender]);
        leaving[msg.sender] -= rao * ChainCalls.RAO;
        emit Withdrawn(msg.sender, rao * ChainCalls.RAO);
        ChainCalls.pay(msg.sender, rao, ChainCalls.PAY_GAS);
    }

    function getValidators() external view returns (address[] memory accounts, uint256[] memory bonds) {
        accounts = validators;
        bonds = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; i++) bonds[i] = bondOf[accounts[i]];
    }

    /// @notice The bond at the end of a past block.
    function bondAt(address account, uint64 atBlock) public view returns (uint256) {
        return history[account].upperLookupRecent(uint48(Math.min(atBlock, type(uint48).max)));
    }

    // ---- attestations -----------------------------------------------------------------------------------------------------------

    /// @notice Puts a signed attestation on chain; anyone may bring it. A second, different one of the same validator and epoch is
    /// taken too: it is the proof of an equivocation.
    function attest(NavAttestation calldata said, uint16[] calldata uids, uint16[] calldata weights, bytes calldata signature) external {
        if (!known[said.validator]) revert NotAValidator(said.validator);
        if (said.epoch >= index.epoch()) revert EpochNotClosed(said.epoch);
        bytes32 hash = keccak256(abi.encode(uids, weights));
        if (hash != said.weightsHash) revert WrongWeights(hash, said.weightsHash);
        bytes32 digest = digestOf(said);
        address signer = recover(digest, signature);
        if (signer != said.validator) revert WrongSigner(signer, said.validator);
        if (attested[said.epoch][said.validator] == digest) revert AlreadyAttested(digest);
        if (attested[said.epoch][said.validator] == 0) attested[said.epoch][said.validator] = digest;
        emit Attested(said.validator, said.epoch, said, digest, uids, weights, signature);
    }

    function digestOf(NavAttestation calldata said) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPE, said)));
    }

    // ---- cases ------------------------------------------------------------------------------------------------------------------

    /// @notice Accuses a validator. The signatures prove that the accused has said what it is accused of: for each digest the
    /// attestation and its signature; a case of absence has none.
    function raiseCase(
        Case calldata details,
        NavAttestation[] calldata said,
        bytes[] calldata signatures,
        uint256[] calldata missedEpochs
    ) external returns (bytes32 id) {
        if (bondAt(msg.sender, uint64(block.number - 1)) < MIN_STAKE) revert NotAValidator(msg.sender);
        if (details.severity == 0 || details.severity > 4) revert NoSuchSeverity(details.severity);
        if (details.stakeBlock >= block.number) revert StakeBlockNotPast(details.stakeBlock);
        bytes32[] memory digests = new bytes32[](said.length);
        for (uint256 i = 0; i < said.length; i++) {
            digests[i] = digestOf(said[i]);
            if (said[i].validator != details.accused || said[i].epoch != details.epoch) revert UnknownAttestation(digests[i]);
            address signer = recover(digests[i], signatures[i]);
            if (signer != details.accused) revert WrongSigner(signer, details.accused);
        }
        // Two different attestations of one epoch; for anything but absence at least one.
        bool equivocation = details.kinds & 4 != 0;
        if (equivocation && (said.length != 2 || digests[0] == digests[1])) revert NotAnEquivocation();
        if (details.kinds & 8 == 0 && said.length == 0) revert UnknownAttestation(0);

        id = idOf(details, digests, missedEpochs);
        if (cases[id].state != CaseState.None) revert CaseExists(id);
        cases[id] = Progress(
            CaseState.Raised, details.severity, details.accused, details.stakeBlock, uint64(block.number), eligibleStake(details.accused, uint64(block.number - 1)), 0, 0
        );
        emit CaseRaised(id, details.accused, msg.sender, details, digests, missedEpochs);
    }

    /// @notice Votes with the bond held before the case was raised. 67 % of all but the accused confirm it; more than 33 % against
    /// it reject it. A case that is not confirmed in time can no longer be.
    function vote(bytes32 id, bool support) external {
        Progress storage p = cases[id];
        if (p.state != CaseState.Raised || block.number > p.raisedAt + DISPUTE_BLOCKS) revert NotOpen(id);
        if (hasVoted[id][msg.sender]) revert AlreadyVoted(msg.sender);
        uint256 stake = bondAt(msg.sender, p.raisedAt - 1);
        if (stake < MIN_STAKE || msg.sender == p.accused) revert NoVote(msg.sender);
        hasVoted[id][msg.sender] = true;
        if (support) p.votesFor += stake;
        else p.votesAgainst += stake;
        emit Voted(id, msg.sender, support, stake);
        if (p.votesFor * 100 >= p.eligible * CONFIRM_PERCENT) {
            p.state = CaseState.Confirmed;
            emit CaseConfirmed(id);
        } else if (p.votesAgainst * 100 > p.eligible * (100 - CONFIRM_PERCENT)) {
            p.state = CaseState.Rejected;
            emit CaseRejected(id);
        }
    }

    /// @notice Takes the stake of a confirmed case, once; anyone may call it. What is already leaving is taken too if need be.
    function execute(bytes32 id) external nonReentrant {
        Progress storage p = cases[id];
        if (p.state != CaseState.Confirmed) revert NotConfirmed(id);
        p.state = CaseState.Executed;
        uint256 wanted = bondAt(p.accused, p.stakeBlock) * percentOf(p.severity) / 100;
        uint256 fromBond = wanted < bondOf[p.accused] ? wanted : bondOf[p.accused];
        uint256 rest = wanted - fromBond;
        uint256 fromLeaving = rest < leaving[p.accused] ? rest : leaving[p.accused];
        leaving[p.accused] -= fromLeaving;
        slashedTotal += fromBond + fromLeaving;
        emit CaseExecuted(id, p.accused, fromBond + fromLeaving);
        setBond(p.accused, bondOf[p.accused] - fromBond);
    }

    function idOf(Case calldata details, bytes32[] memory digests, uint256[] calldata missedEpochs) public view returns (bytes32) {
        return keccak256(
            abi.encode(block.chainid, address(this), details, keccak256(abi.encodePacked(digests)), keccak256(abi.encodePacked(missedEpochs)))
        );
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    function percentOf(uint8 severity) private pure returns (uint256) {
        return severity == 1 ? 1 : severity == 2 ? 5 : severity == 3 ? 15 : 50;
    }

    function eligibleStake(address accused, uint64 atBlock) private view returns (uint256 sum) {
        for (uint256 i = 0; i < validators.length; i++) {
            if (validators[i] == accused) continue;
            uint256 stake = bondAt(validators[i], atBlock);
            if (stake >= MIN_STAKE) sum += stake;
        }
    }

    function setBond(address account, uint256 amount) private {
        bondOf[account] = amount;
        history[account].push(SafeCast.toUint48(block.number), SafeCast.toUint208(amount));
        emit BondChanged(account, amount);
    }

    /// @dev The zero address when it is nobody's signature: malformed, out of range or with the higher s.
    function recover(bytes32 digest, bytes calldata signature) private pure returns (address signer) {
        (signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
    }
}
