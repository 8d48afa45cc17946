// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ChainCalls} from "../Index/ChainCalls.sol";

/// @notice What validators have bonded, what of it counts, which key acts for each, and how TAO leaves.
/// @dev An account's effective stake is its bond, if that is at least MIN_STAKE and it is not dormant, else nothing. TAO leaves by the
/// balance-transfer precompile alone, to the coldkey of who is owed it: whoever is paid by a call could act as this contract.
abstract contract Bonds is ReentrancyGuard {
    using Checkpoints for Checkpoints.Trace208;

    struct Account {
        uint128 bond;
        uint128 leaving;
        address attester;
        uint48 leavesAt;
        bool dormant;
        /// How many rounds there had been when it last attested or began to count: dormancy is counted from there.
        uint32 lastSeen;
    }

    uint256 internal immutable MIN_STAKE;
    uint256 internal immutable UNBONDING;

    /// @notice How many rounds there have been.
    uint256 public roundCount;
    mapping(address => Account) internal accounts;
    mapping(address => Checkpoints.Trace208) private stakes;
    Checkpoints.Trace208 private effectiveSum;
    /// All bonds of at least MIN_STAKE, those of dormant accounts too.
    Checkpoints.Trace208 private bondedSum;
    /// @notice What else is owed to an account, in wei: slashed stake and lapsed deposits to the treasury, deposits to who proposed.
    mapping(address => uint256) public creditOf;

    /// All that there is of the account: who returns is known again without its history.
    event Bonded(address indexed validator, uint256 amount, Account account);
    event Unbonding(address indexed validator, uint256 amount, uint256 bond, uint256 leaving, uint256 leavesAt);
    event Withdrawn(address indexed validator, uint256 amount);
    event AttesterSet(address indexed validator, address attester);
    event Dormant(address indexed validator);
    event Awake(address indexed validator);
    event Credited(address indexed account, uint256 amount);
    event Swept(address indexed account, uint256 amount);

    error NothingGiven();
    error AttesterNeeded();
    error NotTheAttester(address sender, address attester);
    error TooMuch(uint256 wanted, uint256 there);
    error TooLittle(uint256 there, uint256 least);
    error Locked(uint256 until);
    error NotDormant(address validator);

    constructor(uint256 minStake, uint256 unbonding) {
        (MIN_STAKE, UNBONDING) = (minStake, unbonding);
    }

    // ---- the two keys -------------------------------------------------------------------------------------------------------------

    /// @notice The account that commits, signs and wakes for a validator. It cannot move money.
    function attesterOf(address validator) public view returns (address) {
        address named = accounts[validator].attester;
        return named == address(0) ? validator : named;
    }

    /// @notice Names the account that acts for the caller. If it is another one, a commitment that is not yet attested is void for good.
    function setAttester(address attester) public {
        if (attester == address(0)) revert AttesterNeeded();
        if (attester == attesterOf(msg.sender)) return;
        accounts[msg.sender].attester = attester;
        emit AttesterSet(msg.sender, attester);
        voidCommitment(msg.sender);
    }

    function voidCommitment(address validator) internal virtual;

    function requireAttester(address validator) internal view {
        address attester = attesterOf(validator);
        if (msg.sender != attester) revert NotTheAttester(msg.sender, attester);
    }

    // ---- in and out ---------------------------------------------------------------------------------------------------------------

    /// @notice Adds TAO to the caller's bond, in whole rao, and names its attester; 0 leaves that as it is. A contract must name one.
    function bond(address attester) external payable {
        uint256 added = ChainCalls.receivedRao() * ChainCalls.RAO;
        if (added == 0) revert NothingGiven();
        if (attester != address(0)) setAttester(attester);
        else if (msg.sender.code.length > 0 && accounts[msg.sender].attester == address(0)) revert AttesterNeeded();
        Account storage account = accounts[msg.sender];
        update(msg.sender, account.bond + added, account.dormant);
        emit Bonded(msg.sender, added, account);
    }

    /// @notice Takes a part out of the bond, in whole rao. It stays here, and can be slashed, until its time is over.
    /// @dev What was leaving already waits anew: otherwise a lie told in between would be outrun.
    function unbond(uint256 amount) external {
        Account storage account = accounts[msg.sender];
        if (amount == 0) revert NothingGiven();
        if (amount % ChainCalls.RAO != 0) revert ChainCalls.NotWholeRao(amount);
        if (amount > account.bond) revert TooMuch(amount, account.bond);
        update(msg.sender, account.bond - amount, account.dormant);
        account.leaving += uint128(amount);
        account.leavesAt = uint48(block.timestamp + UNBONDING);
        emit Unbonding(msg.sender, amount, account.bond, account.leaving, account.leavesAt);
    }

    /// @notice Pays out what has waited long enough.
    function withdraw() external nonReentrant {
        Account storage account = accounts[msg.sender];
        uint256 amount = account.leaving;
        if (block.timestamp < account.leavesAt) revert Locked(account.leavesAt);
        account.leaving = 0;
        emit Withdrawn(msg.sender, amount);
        pay(msg.sender, amount);
    }

    /// @notice Pays out what else is owed to an account; anyone may call it.
    function sweep(address account) external nonReentrant {
        uint256 amount = creditOf[account];
        creditOf[account] = 0;
        emit Swept(account, amount);
        pay(account, amount);
    }

    function credit(address account, uint256 amount) internal {
        creditOf[account] += amount;
        emit Credited(account, amount);
    }

    /// @dev All amounts here are whole rao. What is less than an account must have would fail at a new one.
    function pay(address account, uint256 amount) private {
        requireExistential(amount);
        ChainCalls.pay(account, amount / ChainCalls.RAO, ChainCalls.PAY_GAS);
    }

    function requireExistential(uint256 amount) internal pure {
        uint256 least = ChainCalls.EXISTENTIAL_DEPOSIT * ChainCalls.RAO;
        if (amount < least) revert TooLittle(amount, least);
    }

    // ---- what counts --------------------------------------------------------------------------------------------------------------

    function accountOf(address validator) external view returns (Account memory) {
        return accounts[validator];
    }

    /// @notice An account's effective stake at the end of a second, in wei; of the second that runs, as it is so far.
    function stakeAt(address validator, uint256 time) public view returns (uint256) {
        return stakes[validator].upperLookupRecent(SafeCast.toUint48(time));
    }

    /// @notice The eligible stake at the end of a second that is over: all effective stake, but not less than half of all bonds, so that
    /// neither outages nor leavers hand a minority two thirds.
    function eligibleAt(uint256 time) public view returns (uint256) {
        uint48 key = SafeCast.toUint48(time);
        return Math.max(effectiveSum.upperLookupRecent(key), bondedSum.upperLookupRecent(key) / 2);
    }

    /// @dev Takes from what is leaving, then from the bond, as much as there is of it; what it has taken.
    function take(address validator, uint256 wanted) internal returns (uint256 fromLeaving, uint256 fromBond) {
        Account storage account = accounts[validator];
        fromLeaving = Math.min(wanted, account.leaving);
        fromBond = Math.min(wanted - fromLeaving, account.bond);
        account.leaving -= uint128(fromLeaving);
        update(validator, account.bond - fromBond, account.dormant);
    }

    /// @dev Sets a bond and whether it is dormant, and what counts of it from this second on.
    function update(address validator, uint256 newBond, bool dormant) internal {
        Account storage account = accounts[validator];
        (uint256 oldEffective, uint256 oldBonded) = countedOf(account);
        (account.bond, account.dormant) = (SafeCast.toUint128(newBond), dormant);
        (uint256 effective, uint256 bonded) = countedOf(account);
        if (oldEffective == 0 && effective > 0) seen(validator, roundCount);
        set(stakes[validator], effective);
        set(effectiveSum, effectiveSum.latest() - oldEffective + effective);
        set(bondedSum, bondedSum.latest() - oldBonded + bonded);
    }

    /// @dev A round can have begun before an account counted that attests in it: what is later of the two.
    function seen(address validator, uint256 number) internal {
        if (number > accounts[validator].lastSeen) accounts[validator].lastSeen = uint32(number);
    }

    function countedOf(Account storage account) private view returns (uint256 effective, uint256 bonded) {
        bonded = account.bond >= MIN_STAKE ? account.bond : 0;
        effective = account.dormant ? 0 : bonded;
    }

    function set(Checkpoints.Trace208 storage trace, uint256 value) private {
        if (trace.latest() != value) trace.push(uint48(block.timestamp), SafeCast.toUint208(value));
    }
}
