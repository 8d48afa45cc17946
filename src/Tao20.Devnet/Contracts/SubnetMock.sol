// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Blake2b} from "./Blake2b.sol";
import {Coldkey} from "./Coldkey.sol";
import {IAlpha, IStaking} from "./Interfaces.sol";

/// @notice Stands in for Subtensor's precompiles on a local chain: one constant-product pool per netuid, stake keyed by
/// (hotkey, coldkey, netuid), the minimum stake rule, UIDs, and failure modes that a test can switch on.
/// @dev The same code is set at 0x802, 0x803, 0x804, 0x805, 0x806 and 0x808. All state lives at 0x805; the others forward to it.
/// A real precompile takes TAO from the caller's balance; a contract cannot, so here it comes with the call as value.
contract SubnetMock {
    struct Pool {
        uint64 tao;
        uint64 alpha;
        bool refusesSimulation;
        bool refusesSwaps;
    }

    struct LookupItem {
        uint16 uid;
        uint64 block_associated;
    }

    struct WeightRules {
        uint64 versionKey;
        uint64 rateLimit;
        bool commitReveal;
        uint64 revealTempos;
        uint16 minWeights;
        uint16 maxLimit;
        uint64 tempo;
    }

    struct Neuron {
        bytes32 hotkey;
        bool permit;
        uint64 lastUpdate;
    }

    struct Commit {
        bytes32 hash;
        uint64 blockNumber;
    }

    address private constant NEURON = 0x0000000000000000000000000000000000000804;
    address private constant STATE = 0x0000000000000000000000000000000000000805;
    uint256 private constant RAO = 1e9;
    uint256 private constant MINIMUM_STAKE_RAO = 2_000_000;
    uint256 private constant FEE_PER_65536 = 33;

    mapping(uint16 => Pool) public pools;
    mapping(bytes32 => mapping(bytes32 => mapping(uint256 => uint256))) private stakes;
    mapping(address => mapping(address => mapping(uint256 => uint256))) private allowances;
    mapping(uint16 => mapping(address => LookupItem[])) private uids;
    mapping(uint16 => uint16) private uidCounts;
    mapping(uint16 => WeightRules) private weightRules;
    mapping(uint16 => mapping(uint16 => Neuron)) private neurons;
    mapping(uint16 => mapping(bytes32 => uint16)) private uidsPlusOne;
    mapping(uint16 => mapping(uint16 => Commit[])) private commits;
    mapping(uint16 => mapping(uint16 => uint16[])) private weightUids;
    mapping(uint16 => mapping(uint16 => uint16[])) private weightValues;
    uint256 private priceScale;

    error StakeTooLow(uint256 rao);
    error NotEnoughStake(uint256 has, uint256 needs);
    error NotEnoughAllowance(uint256 has, uint256 needs);
    error SlippageTooHigh();
    error SubnetNotExists(uint256 netuid);
    error Refused();
    error HotKeyNotRegisteredInSubNet();
    error NeuronNoValidatorPermit();
    error SettingWeightsTooFast();
    error CommittingWeightsTooFast();
    error IncorrectWeightVersionKey();
    error WeightVecNotEqualSize();
    error WeightVecLengthIsLow();
    error UidsLengthExceedUidsInSubNet();
    error UidVecContainInvalidOne();
    error DuplicateUids();
    error MaxWeightExceeded();
    error CommitRevealEnabled();
    error CommitRevealDisabled();
    error TooManyUnrevealedCommits();
    error NoWeightsCommitFound();
    error ExpiredWeightCommit();
    error RevealTooEarly();
    error InvalidRevealCommitHashNotMatch();

    /// @dev Everything that is not called at the state's address goes there, with the original caller appended for nothing:
    /// only views are forwarded, so that the caller does not matter.
    modifier atState() {
        if (address(this) == STATE) {
            _;
        } else {
            (bool ok, bytes memory output) = STATE.staticcall(msg.data);
            assembly {
                switch ok
                case 0 { revert(add(output, 32), mload(output)) }
                default { return(add(output, 32), mload(output)) }
            }
        }
    }

    // ---- set up by the devnet -------------------------------------------------------------------------------------------

    function setPool(uint16 netuid, uint64 tao, uint64 alpha) external {
        pools[netuid].tao = tao;
        pools[netuid].alpha = alpha;
    }

    /// @notice 1: prices cut to whole TAO as older runtimes return them; 1e9 or 1e18: scaled as newer ones do.
    function setPriceScale(uint256 scale) external {
        priceScale = scale;
    }

    function setFailures(uint16 netuid, bool refusesSimulation, bool refusesSwaps) external {
        pools[netuid].refusesSimulation = refusesSimulation;
        pools[netuid].refusesSwaps = refusesSwaps;
    }

    function setUid(uint16 netuid, address account, uint16 uid) external {
        uids[netuid][account].push(LookupItem(uid, uint64(block.number)));
        if (uid >= uidCounts[netuid]) uidCounts[netuid] = uid + 1;
    }

    /// @notice A neuron whose hotkey is the account's mapped key.
    function setNeuron(uint16 netuid, uint16 uid, address account, bool permit) external {
        bytes32 hotkey = Coldkey.ofAccount(account);
        delete uidsPlusOne[netuid][neurons[netuid][uid].hotkey];
        neurons[netuid][uid] = Neuron(hotkey, permit, neurons[netuid][uid].lastUpdate);
        uidsPlusOne[netuid][hotkey] = uid + 1;
        if (uid >= uidCounts[netuid]) uidCounts[netuid] = uid + 1;
    }

    function setWeightRules(uint16 netuid, WeightRules calldata rules) external {
        weightRules[netuid] = rules;
    }

    // ---- IStaking (0x805) ---------------------------------------------------------------------------------------------------

    function addStakeLimit(bytes32 hotkey, uint256 rao, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external payable {
        if (rao < MINIMUM_STAKE_RAO) revert StakeTooLow(rao);
        if (msg.value != rao * RAO) revert NotEnoughStake(msg.value, rao * RAO);
        Pool storage pool = poolOf(netuid);
        if (pool.refusesSwaps) revert Refused();
        uint256 bought = alphaFor(pool, rao);
        if (!allowPartial && (uint256(pool.tao) + rao) * RAO / (uint256(pool.alpha) - bought) > limitPriceRao) revert SlippageTooHigh();
        pool.tao += uint64(rao);
        pool.alpha -= uint64(bought);
        stakes[hotkey][Coldkey.ofAccount(msg.sender)][netuid] += bought;
    }

    function removeStakeLimit(bytes32 hotkey, uint256 alpha, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external {
        Pool storage pool = poolOf(netuid);
        if (pool.refusesSwaps) revert Refused();
        uint256 rao = taoFor(pool, alpha);
        if (rao < MINIMUM_STAKE_RAO) revert StakeTooLow(rao);
        if (!allowPartial && (uint256(pool.tao) - rao) * RAO / (uint256(pool.alpha) + alpha) < limitPriceRao) revert SlippageTooHigh();
        take(hotkey, Coldkey.ofAccount(msg.sender), netuid, alpha);
        pool.tao -= uint64(rao);
        pool.alpha += uint64(alpha);
        (bool ok,) = msg.sender.call{value: rao * RAO}("");
        require(ok, "the TAO was refused");
    }

    function transferStake(bytes32 toColdkey, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external {
        require(fromNetuid == toNetuid, "a swap between subnets is not offered here");
        take(hotkey, Coldkey.ofAccount(msg.sender), fromNetuid, alpha);
        stakes[hotkey][toColdkey][toNetuid] += alpha;
    }

    function approve(address spender, uint256 netuid, uint256 alpha) external {
        allowances[msg.sender][spender][netuid] = alpha;
    }

    function allowance(address source, address spender, uint256 netuid) external view atState returns (uint256) {
        return allowances[source][spender][netuid];
    }

    function transferStakeFrom(address source, address destination, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha)
        external
    {
        require(fromNetuid == toNetuid, "a swap between subnets is not offered here");
        uint256 allowed = allowances[source][msg.sender][fromNetuid];
        if (allowed < alpha) revert NotEnoughAllowance(allowed, alpha);
        if (allowed != type(uint256).max) allowances[source][msg.sender][fromNetuid] = allowed - alpha;
        take(hotkey, Coldkey.ofAccount(source), fromNetuid, alpha);
        stakes[hotkey][Coldkey.ofAccount(destination)][toNetuid] += alpha;
    }

    function getStake(bytes32 hotkey, bytes32 coldkey, uint256 netuid) external view atState returns (uint256) {
        return stakes[hotkey][coldkey][netuid];
    }

    // ---- IAlpha (0x808) -----------------------------------------------------------------------------------------------------

    function getAlphaPrice(uint16 netuid) external view atState returns (uint256) {
        Pool storage pool = poolOf(netuid);
        return uint256(pool.tao) * (priceScale == 0 ? 1e18 : priceScale) / pool.alpha;
    }

    function getTaoInPool(uint16 netuid) external view atState returns (uint64) {
        return poolOf(netuid).tao;
    }

    function getAlphaInPool(uint16 netuid) external view atState returns (uint64) {
        return poolOf(netuid).alpha;
    }

    /// @dev A refused simulation burns all gas given, as the precompile does.
    function simSwapTaoForAlpha(uint16 netuid, uint64 tao) external view atState returns (uint256) {
        Pool storage pool = poolOf(netuid);
        if (pool.refusesSimulation) assembly { invalid() }
        return alphaFor(pool, tao);
    }

    function simSwapAlphaForTao(uint16 netuid, uint64 alpha) external view atState returns (uint256) {
        Pool storage pool = poolOf(netuid);
        if (pool.refusesSimulation) assembly { invalid() }
        return taoFor(pool, alpha);
    }

    // ---- IUidLookup (0x806) and IMetagraph (0x802) ----------------------------------------------------------------------------

    function uidLookup(uint16 netuid, address account, uint16 limit) external view atState returns (LookupItem[] memory found) {
        LookupItem[] storage all = uids[netuid][account];
        uint256 count = all.length < limit ? all.length : limit;
        found = new LookupItem[](count);
        for (uint256 i = 0; i < count; i++) found[i] = all[i];
    }

    function getUidCount(uint16 netuid) external view atState returns (uint16) {
        return uidCounts[netuid];
    }

    function getHotkey(uint16 netuid, uint16 uid) external view atState returns (bytes32) {
        return neurons[netuid][uid].hotkey;
    }

    function getValidatorStatus(uint16 netuid, uint16 uid) external view atState returns (bool) {
        return neurons[netuid][uid].permit;
    }

    function getLastUpdate(uint16 netuid, uint16 uid) external view atState returns (uint64) {
        return neurons[netuid][uid].lastUpdate;
    }

    // ---- ISubnet (0x803) ----------------------------------------------------------------------------------------------------

    function getWeightsVersionKey(uint16 netuid) external view atState returns (uint64) {
        return weightRules[netuid].versionKey;
    }

    function getWeightsSetRateLimit(uint16 netuid) external view atState returns (uint64) {
        return weightRules[netuid].rateLimit;
    }

    function getCommitRevealWeightsEnabled(uint16 netuid) external view atState returns (bool) {
        return weightRules[netuid].commitReveal;
    }

    function getCommitRevealWeightsInterval(uint16 netuid) external view atState returns (uint64) {
        return weightRules[netuid].revealTempos;
    }

    function getMinAllowedWeights(uint16 netuid) external view atState returns (uint16) {
        return weightRules[netuid].minWeights;
    }

    function getMaxWeightLimit(uint16 netuid) external view atState returns (uint16) {
        return weightRules[netuid].maxLimit;
    }

    // ---- INeuron (0x804): the caller is the hotkey's account, so these hand it on to the state ---------------------------------

    function setWeights(uint16 netuid, uint16[] calldata dests, uint16[] calldata weights, uint64 versionKey) external {
        SubnetMock(STATE).setWeightsOf(msg.sender, netuid, dests, weights, versionKey);
    }

    function commitWeights(uint16 netuid, bytes32 commitHash) external {
        SubnetMock(STATE).commitWeightsOf(msg.sender, netuid, commitHash);
    }

    function revealWeights(uint16 netuid, uint16[] calldata dests, uint16[] calldata values, uint16[] calldata salt, uint64 versionKey) external {
        SubnetMock(STATE).revealWeightsOf(msg.sender, netuid, dests, values, salt, versionKey);
    }

    modifier fromNeuron() {
        require(msg.sender == NEURON, "only through INeuron");
        _;
    }

    function setWeightsOf(address account, uint16 netuid, uint16[] calldata dests, uint16[] calldata values, uint64 versionKey) external fromNeuron {
        uint16 uid = uidOf(account, netuid);
        WeightRules storage rules = weightRules[netuid];
        if (rules.commitReveal) revert CommitRevealEnabled();
        if (tooFast(rules, neurons[netuid][uid])) revert SettingWeightsTooFast();
        take(netuid, uid, dests, values, versionKey);
        neurons[netuid][uid].lastUpdate = uint64(block.number);
    }

    function commitWeightsOf(address account, uint16 netuid, bytes32 commitHash) external fromNeuron {
        uint16 uid = uidOf(account, netuid);
        WeightRules storage rules = weightRules[netuid];
        if (!rules.commitReveal) revert CommitRevealDisabled();
        if (tooFast(rules, neurons[netuid][uid])) revert CommittingWeightsTooFast();
        Commit[] storage pending = commits[netuid][uid];
        uint256 open;
        for (uint256 i = 0; i < pending.length; i++) {
            if (tempoOf(rules, netuid, pending[i].blockNumber) + rules.revealTempos >= tempoOf(rules, netuid, block.number)) open++;
        }
        if (open >= 10) revert TooManyUnrevealedCommits();
        pending.push(Commit(commitHash, uint64(block.number)));
        neurons[netuid][uid].lastUpdate = uint64(block.number);
    }

    function revealWeightsOf(
        address account, uint16 netuid, uint16[] calldata dests, uint16[] calldata values, uint16[] calldata salt, uint64 versionKey
    ) external fromNeuron {
        uint16 uid = uidOf(account, netuid);
        WeightRules storage rules = weightRules[netuid];
        if (!rules.commitReveal) revert CommitRevealDisabled();
        Commit[] storage pending = commits[netuid][uid];
        if (pending.length == 0) revert NoWeightsCommitFound();
        bytes32 hash = Blake2b.hash(
            abi.encodePacked(Coldkey.ofAccount(account), reversed16(netuid), encoded(dests), encoded(values), encoded(salt), reversed64(versionKey))
        );
        uint256 found = pending.length;
        for (uint256 i = 0; i < pending.length; i++) if (pending[i].hash == hash) found = i;
        if (found == pending.length) revert InvalidRevealCommitHashNotMatch();
        uint256 due = tempoOf(rules, netuid, pending[found].blockNumber) + rules.revealTempos;
        uint256 current = tempoOf(rules, netuid, block.number);
        if (current > due) revert ExpiredWeightCommit();
        if (current < due) revert RevealTooEarly();
        uint256 kept = pending.length - found - 1;
        for (uint256 i = 0; i < kept; i++) pending[i] = pending[found + 1 + i];
        while (pending.length > kept) pending.pop();
        take(netuid, uid, dests, values, versionKey);
    }

    /// @notice What a neuron has set: not of the precompile, whose weights are read from Substrate.
    function weightsOf(uint16 netuid, uint16 uid) external view atState returns (uint16[] memory, uint16[] memory) {
        return (weightUids[netuid][uid], weightValues[netuid][uid]);
    }

    // ---- inside -------------------------------------------------------------------------------------------------------------

    function poolOf(uint256 netuid) private view returns (Pool storage pool) {
        pool = pools[uint16(netuid)];
        if (netuid > type(uint16).max || pool.alpha == 0) revert SubnetNotExists(netuid);
    }

    function alphaFor(Pool storage pool, uint256 rao) private view returns (uint256) {
        uint256 afterFee = rao - rao * FEE_PER_65536 / 65536;
        return uint256(pool.alpha) * afterFee / (uint256(pool.tao) + afterFee);
    }

    function taoFor(Pool storage pool, uint256 alpha) private view returns (uint256) {
        uint256 afterFee = alpha - alpha * FEE_PER_65536 / 65536;
        return uint256(pool.tao) * afterFee / (uint256(pool.alpha) + afterFee);
    }

    function take(bytes32 hotkey, bytes32 coldkey, uint256 netuid, uint256 alpha) private {
        uint256 has = stakes[hotkey][coldkey][netuid];
        if (has < alpha) revert NotEnoughStake(has, alpha);
        stakes[hotkey][coldkey][netuid] = has - alpha;
    }

    function uidOf(address account, uint16 netuid) private view returns (uint16 uid) {
        uint16 plusOne = uidsPlusOne[netuid][Coldkey.ofAccount(account)];
        if (plusOne == 0) revert HotKeyNotRegisteredInSubNet();
        uid = plusOne - 1;
        if (!neurons[netuid][uid].permit) revert NeuronNoValidatorPermit();
    }

    function tooFast(WeightRules storage rules, Neuron storage neuron) private view returns (bool) {
        return neuron.lastUpdate != 0 && block.number - neuron.lastUpdate < rules.rateLimit;
    }

    function tempoOf(WeightRules storage rules, uint16 netuid, uint256 blockNumber) private view returns (uint256) {
        return (blockNumber + netuid + 1) / (uint256(rules.tempo) + 1);
    }

    function take(uint16 netuid, uint16 uid, uint16[] calldata dests, uint16[] calldata values, uint64 versionKey) private {
        WeightRules storage rules = weightRules[netuid];
        uint16 count = uidCounts[netuid];
        if (dests.length != values.length) revert WeightVecNotEqualSize();
        if (versionKey < rules.versionKey) revert IncorrectWeightVersionKey();
        if (dests.length > count) revert UidsLengthExceedUidsInSubNet();
        if (dests.length < (rules.minWeights < count ? rules.minWeights : count)) revert WeightVecLengthIsLow();
        uint256 sum;
        uint256 most;
        for (uint256 i = 0; i < dests.length; i++) {
            if (dests[i] >= count) revert UidVecContainInvalidOne();
            for (uint256 j = 0; j < i; j++) if (dests[j] == dests[i]) revert DuplicateUids();
            sum += values[i];
            if (values[i] > most) most = values[i];
        }
        if (rules.maxLimit != type(uint16).max && most * type(uint16).max > sum * rules.maxLimit) revert MaxWeightExceeded();
        weightUids[netuid][uid] = dests;
        weightValues[netuid][uid] = values;
    }

    /// @dev A SCALE vector of 16-bit numbers: its length as a compact integer, then each, the low byte first.
    function encoded(uint16[] calldata numbers) private pure returns (bytes memory scale) {
        uint256 length = numbers.length;
        scale = length < 64 ? abi.encodePacked(uint8(length << 2)) : abi.encodePacked(reversed16(uint16((length << 2) | 1)));
        for (uint256 i = 0; i < length; i++) scale = abi.encodePacked(scale, reversed16(numbers[i]));
    }

    function reversed16(uint16 number) private pure returns (bytes2) {
        return bytes2((number << 8) | (number >> 8));
    }

    function reversed64(uint64 number) private pure returns (bytes8) {
        uint64 reversed;
        for (uint256 i = 0; i < 8; i++) reversed |= ((number >> uint64(8 * i)) & 0xff) << uint64(56 - 8 * i);
        return bytes8(reversed);
    }
}
