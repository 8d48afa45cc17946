// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ChainCalls} from "../Index/ChainCalls.sol";
import {Bonds} from "./Bonds.sol";
import {Grade, Grades} from "./Grades.sol";
import {IEpochs, Parameters} from "./Parameters.sol";
import {Stated, Statement, Statements} from "./Statements.sol";

/// @notice What the registry goes by for ever. Amounts in wei, times in seconds of chain time.
struct RegistryRules {
    uint256 minStake;
    uint256 minAttesters;
    uint256 commitSeconds;
    uint256 revealSeconds;
    uint256 evidenceSeconds;
    uint256 unbondingSeconds;
    uint256 dormantRounds;
    uint256 proposalDeposit;
    address treasury;
}

/// @notice Where validators bond TAO and state each epoch's NAV, ranking and weights: first a commitment, then what it is to. Where two
/// thirds of the eligible stake have stated the same, that is settled, and who has stated something else can be slashed by anyone, by
/// comparison alone. It takes one statement per account and round: a second signature means nothing.
contract ValidatorRegistry is EIP712("TAO20", "1"), Parameters {
    struct Round {
        uint64 epoch;
        /// T: the time of the block in which the epoch ended.
        uint48 closedAt;
        /// E: the eligible stake at the end of the second before T.
        uint256 eligible;
        /// The hash of the statement that was settled, or 0.
        bytes32 settled;
    }

    struct Entry {
        bytes32 commitment;
        /// The hash of what was stated, or 0.
        bytes32 statement;
        bool punished;
    }

    struct Support {
        uint208 stake;
        uint48 accounts;
    }

    uint256 private constant LEAST_WINDOW = 120;
    uint256 private immutable COMMIT;
    uint256 private immutable REVEAL;
    uint256 private immutable EVIDENCE;
    uint256 private immutable DORMANT_ROUNDS;

    /// @notice The round of an epoch, or 0.
    mapping(uint256 epoch => uint256 number) public roundOf;
    mapping(uint256 number => Round) private rounds;
    mapping(uint256 number => mapping(address => Entry)) private entries;
    mapping(uint256 number => mapping(bytes32 statement => Support)) private statedBy;

    event RegistryCreated(address indexed index, RegistryRules rules);
    event RoundOpened(uint256 indexed number, uint256 indexed epoch, uint256 closedAt, uint256 eligible);
    event Committed(uint256 indexed number, address indexed validator, bytes32 commitment);
    event CommitmentVoided(uint256 indexed number, address indexed validator);
    event Attested(
        uint256 indexed number, address indexed validator, bytes32 indexed hash, uint256 stake, Stated stated, bytes32 salt, bytes signature
    );
    event Settled(uint256 indexed number, bytes32 hash, uint256 stake, uint256 accounts);
    event Slashed(uint256 indexed number, address indexed validator, Grade grade, uint256 fromLeaving, uint256 fromBond);

    error BadRules();
    error NotTheNewestEpoch(uint256 epoch, uint256 current);
    error OutsideWindow(uint256 from, uint256 until);
    error NoCommitment();
    error AlreadyCommitted(bytes32 commitment);
    error AlreadyAttested(bytes32 hash);
    error WrongCommitment(bytes32 commitment);
    error WrongParameters(bytes32 parameters);
    error WrongSigner(address signer, address attester);
    error NotSettled(uint256 number);
    error NotStated(bytes32 hash);
    error NoDeviation();
    error AlreadyPunished(address validator);

    constructor(IEpochs index_, RegistryRules memory rules_, bytes memory text)
        payable
        Bonds(rules_.minStake, rules_.unbondingSeconds)
        Parameters(index_, rules_.minAttesters, rules_.proposalDeposit, treasuryOf(rules_), text)
    {
        (, uint256 startedAt, uint256 endsAt) = index_.getEpochInfo();
        uint256 round = rules_.commitSeconds + rules_.revealSeconds;
        bool windows = rules_.commitSeconds >= LEAST_WINDOW && rules_.revealSeconds >= LEAST_WINDOW && endsAt - startedAt >= round;
        bool spans = rules_.evidenceSeconds >= round && rules_.unbondingSeconds > rules_.evidenceSeconds;
        bool amounts = rules_.minStake > 0 && rules_.minStake % ChainCalls.RAO == 0 && rules_.proposalDeposit % ChainCalls.RAO == 0;
        bool counts = rules_.minAttesters > 0 && rules_.dormantRounds > 0;
        if (!windows || !spans || !amounts || !counts) revert BadRules();
        requireExistential(msg.value);
        (COMMIT, REVEAL) = (rules_.commitSeconds, rules_.revealSeconds);
        (EVIDENCE, DORMANT_ROUNDS) = (rules_.evidenceSeconds, rules_.dormantRounds);
        emit RegistryCreated(address(index_), rules());
    }

    /// @notice The rules, as they were given.
    function rules() public view returns (RegistryRules memory) {
        return RegistryRules(MIN_STAKE, MIN_ATTESTERS, COMMIT, REVEAL, EVIDENCE, UNBONDING, DORMANT_ROUNDS, PROPOSAL_DEPOSIT, TREASURY);
    }

    function roundAt(uint256 number) external view returns (Round memory) {
        return rounds[number];
    }

    function entryOf(uint256 number, address validator) external view returns (Entry memory) {
        return entries[number][validator];
    }

    /// @notice How much stake, of how many accounts, has stated the same.
    function supportOf(uint256 number, bytes32 statement) external view returns (Support memory) {
        return statedBy[number][statement];
    }

    function digestOf(Statement calldata said, address validator) public view returns (bytes32) {
        return _hashTypedDataV4(Statements.structHashOf(said, validator));
    }

    // ---- a round ------------------------------------------------------------------------------------------------------------------

    /// @notice Commits to a statement about the newest epoch that is over: keccak256(abi.encode(digest, salt)). Its attester alone may do
    /// it. The first commitment of an epoch opens its round.
    function commit(address validator, uint256 epoch, bytes32 commitment) external {
        requireAttester(validator);
        (uint256 current, uint256 closedAt,) = index.getEpochInfo();
        if (current == 0 || epoch != current - 1) revert NotTheNewestEpoch(epoch, current);
        requireWindow(closedAt, closedAt + COMMIT);
        if (commitment == 0) revert NoCommitment();
        if (stakeAt(validator, closedAt - 1) == 0) revert NotEligible(validator);
        uint256 number = roundOf[epoch] == 0 ? open(epoch, closedAt) : roundOf[epoch];
        Entry storage entry = entries[number][validator];
        if (entry.commitment != 0) revert AlreadyCommitted(entry.commitment);
        entry.commitment = commitment;
        emit Committed(number, validator, commitment);
    }

    /// @notice States what was committed to, with the attester's signature; anyone may bring it.
    function attest(address validator, Stated calldata stated, bytes32 salt, bytes calldata signature) external {
        uint256 number = roundOf[stated.statement.epoch];
        Round storage round = rounds[number];
        requireWindow(round.closedAt + COMMIT, round.closedAt + COMMIT + REVEAL);
        Entry storage entry = entries[number][validator];
        if (entry.statement != 0) revert AlreadyAttested(entry.statement);
        bytes32 digest = digestOf(stated.statement, validator);
        if (keccak256(abi.encode(digest, salt)) != entry.commitment) revert WrongCommitment(entry.commitment);
        Statements.requirePlausible(stated);
        bytes32 parameters = parametersOf(round.epoch);
        if (stated.statement.parameters != parameters) revert WrongParameters(parameters);
        requireSigner(validator, digest, signature);
        bytes32 hash = Statements.hashOf(stated.statement);
        uint256 stake = stakeAt(validator, round.closedAt - 1);
        entry.statement = hash;
        seen(validator, number);
        emit Attested(number, validator, hash, stake, stated, salt, signature);
        count(number, round, hash, stake);
    }

    /// @notice Slashes who has stated something else than what was settled, once; anyone may call it, with both statements, which the
    /// chain's logs hold.
    function punishDeviation(uint256 number, address accused, Stated calldata settled, Stated calldata other) external {
        Round storage round = rounds[number];
        Entry storage entry = entries[number][accused];
        if (round.settled == 0) revert NotSettled(number);
        if (block.timestamp >= round.closedAt + EVIDENCE) revert OutsideWindow(round.closedAt, round.closedAt + EVIDENCE);
        requireStated(settled, round.settled);
        requireStated(other, entry.statement);
        Grade grade = Grades.between(settled, other);
        if (grade == Grade.None) revert NoDeviation();
        if (entry.punished) revert AlreadyPunished(accused);
        entry.punished = true;
        uint256 wanted = stakeAt(accused, round.closedAt - 1) * Grades.percentOf(grade) / 100;
        (uint256 fromLeaving, uint256 fromBond) = take(accused, wanted - wanted % ChainCalls.RAO);
        emit Slashed(number, accused, grade, fromLeaving, fromBond);
        credit(TREASURY, fromLeaving + fromBond);
    }

    // ---- dormancy -----------------------------------------------------------------------------------------------------------------

    /// @notice Has a validator that has stayed away from enough rounds count no more; anyone may call it. Nothing is taken.
    function markDormant(address validator) external {
        if (stakeAt(validator, block.timestamp) == 0) revert NotEligible(validator);
        uint256 ended = roundCount;
        if (ended > 0 && block.timestamp < rounds[ended].closedAt + COMMIT + REVEAL) ended--;
        if (ended < accounts[validator].lastSeen + DORMANT_ROUNDS) revert NotDormant(validator);
        update(validator, accounts[validator].bond, true);
        emit Dormant(validator);
    }

    /// @notice Has a dormant validator count again. Its attester alone may do it.
    function wake(address validator) external {
        requireAttester(validator);
        if (!accounts[validator].dormant) revert NotDormant(validator);
        update(validator, accounts[validator].bond, false);
        emit Awake(validator);
    }

    // ---- inside -------------------------------------------------------------------------------------------------------------------

    function open(uint256 epoch, uint256 closedAt) private returns (uint256 number) {
        number = ++roundCount;
        roundOf[epoch] = number;
        rounds[number] = Round(uint64(epoch), uint48(closedAt), eligibleAt(closedAt - 1), 0);
        emit RoundOpened(number, epoch, closedAt, rounds[number].eligible);
    }

    function count(uint256 number, Round storage round, bytes32 hash, uint256 stake) private {
        Support storage support = statedBy[number][hash];
        support.stake += uint208(stake);
        support.accounts++;
        if (round.settled == 0 && suffices(support.accounts, support.stake, round.eligible)) {
            round.settled = hash;
            emit Settled(number, hash, support.stake, support.accounts);
        }
    }

    /// @dev One of a round that can still be attested; those that are over are of no account any more.
    function voidCommitment(address validator) internal override {
        Entry storage entry = entries[roundCount][validator];
        if (entry.commitment == 0 || entry.statement != 0) return;
        entry.commitment = 0;
        emit CommitmentVoided(roundCount, validator);
    }

    function requireWindow(uint256 from, uint256 until) private view {
        if (block.timestamp < from || block.timestamp >= until) revert OutsideWindow(from, until);
    }

    function requireSigner(address validator, bytes32 digest, bytes calldata signature) private view {
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        address attester = attesterOf(validator);
        if (signer != attester) revert WrongSigner(signer, attester);
    }

    function requireStated(Stated calldata given, bytes32 hash) private pure {
        if (Statements.hashOf(given.statement) != hash) revert NotStated(hash);
        Statements.requireWeights(given);
    }

    function treasuryOf(RegistryRules memory given) private pure returns (address) {
        return given.treasury == address(0) ? 0x000000000000000000000000000000000000dEaD : given.treasury;
    }
}
