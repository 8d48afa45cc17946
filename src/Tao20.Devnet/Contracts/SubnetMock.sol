// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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

    address private constant STATE = 0x0000000000000000000000000000000000000805;
    uint256 private constant RAO = 1e9;
    uint256 private constant MINIMUM_STAKE_RAO = 2_000_000;
    uint256 private constant FEE_PER_65536 = 33;

    mapping(uint16 => Pool) public pools;
    mapping(bytes32 => mapping(bytes32 => mapping(uint256 => uint256))) private stakes;
    mapping(address => mapping(address => mapping(uint256 => uint256))) private allowances;
    mapping(uint16 => mapping(address => LookupItem[])) private uids;
    mapping(uint16 => uint16) private uidCounts;
    uint256 private priceScale;

    error StakeTooLow(uint256 rao);
    error NotEnoughStake(uint256 has, uint256 needs);
    error NotEnoughAllowance(uint256 has, uint256 needs);
    error SlippageTooHigh();
    error SubnetNotExists(uint256 netuid);
    error Refused();

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
}
