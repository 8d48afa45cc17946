// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Lock, SharePool, SubtensorState} from "./SubtensorState.sol";

/// @notice Who holds how much alpha, with which hotkey, on which subnet (primitives/share-pool; staking/stake_utils.rs, lock.rs).
abstract contract Stakes is SubtensorState {
    uint256 private constant SHARES_PER_ALPHA = 1e18;
    uint256 private constant OWN_HOTKEYS = 256;
    uint256 private constant HOTKEYS_BY_OTHERS = 128;
    uint256 private constant GAS_PER_STAKING_HOTKEY = 8_750;
    uint256 private constant GAS_OF_WALK = 625;

    function stakeOf(bytes32 hotkey, bytes32 coldkey, uint16 netuid) internal view returns (uint256) {
        SharePool storage pool = sharePools[hotkey][netuid];
        return pool.shares == 0 ? 0 : Math.mulDiv(shares[hotkey][netuid][coldkey], pool.value, pool.shares);
    }

    function hotkeyExists(bytes32 hotkey) internal view returns (bool) {
        return owners[hotkey] != 0;
    }

    /// @dev Rounded down: what a coldkey holds afterwards is the alpha more, or one less than that.
    function increase(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha) internal {
        if (alpha == 0) return;
        SharePool storage pool = sharePools[hotkey][netuid];
        uint256 added = pool.shares == 0 ? alpha * SHARES_PER_ALPHA : Math.mulDiv(alpha, pool.shares, pool.value);
        pool.shares += added;
        pool.value += alpha;
        setShares(hotkey, coldkey, netuid, shares[hotkey][netuid][coldkey] + added);
        if (!isHolder[netuid][hotkey][coldkey]) {
            isHolder[netuid][hotkey][coldkey] = true;
            holders[netuid].push([hotkey, coldkey]);
        }
    }

    function decrease(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha) internal {
        SharePool storage pool = sharePools[hotkey][netuid];
        uint256 has = shares[hotkey][netuid][coldkey];
        uint256 gone = alpha >= stakeOf(hotkey, coldkey, netuid) ? has : Math.mulDiv(alpha, pool.shares, pool.value, Math.Rounding.Ceil);
        if (gone > has) gone = has;
        setShares(hotkey, coldkey, netuid, has - gone);
        pool.shares -= gone;
        pool.value = pool.shares == 0 ? 0 : pool.value - alpha;
        if (rules.boundsStakingHotkeys && has == gone) unlist(hotkey, coldkey);
    }

    /// @dev The walk over the list of staking hotkeys that an exit pays for (from spec 463).
    function walk(bytes32 coldkey) internal {
        if (rules.boundsStakingHotkeys) burn(GAS_PER_STAKING_HOTKEY * stakingHotkeys[coldkey].length + GAS_OF_WALK);
    }

    // ---- the list of hotkeys a coldkey has stake with ------------------------------------------------------------------------

    function lists(bytes32 coldkey, bytes32 hotkey) internal view returns (bool) {
        bytes32[] storage all = stakingHotkeys[coldkey];
        for (uint256 i = 0; i < all.length; i++) if (all[i] == hotkey) return true;
        return false;
    }

    function list(bytes32 coldkey, bytes32 hotkey) internal {
        if (!lists(coldkey, hotkey)) stakingHotkeys[coldkey].push(hotkey);
    }

    /// @dev The bound is the lower one when another coldkey sends.
    function ensureRoomFor(bytes32 hotkey, bytes32 coldkey, bool own) internal view {
        if (!rules.boundsStakingHotkeys || lists(coldkey, hotkey)) return;
        ensure(stakingHotkeys[coldkey].length < (own ? OWN_HOTKEYS : HOTKEYS_BY_OTHERS), "TooManyStakingHotkeys");
    }

    function unlist(bytes32 hotkey, bytes32 coldkey) private {
        if (positions[coldkey][hotkey] > 0) return;
        bytes32[] storage all = stakingHotkeys[coldkey];
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i] != hotkey) continue;
            all[i] = all[all.length - 1];
            all.pop();
            return;
        }
    }

    // ---- alpha that may not leave ----------------------------------------------------------------------------------------------

    function totalOf(bytes32 coldkey, uint16 netuid) internal view returns (uint256 alpha) {
        bytes32[] storage all = stakingHotkeys[coldkey];
        for (uint256 i = 0; i < all.length; i++) alpha += stakeOf(all[i], coldkey, netuid);
    }

    function ensureUnlocked(bytes32 coldkey, uint16 netuid, uint256 alpha) internal view {
        uint256 locked = locks[coldkey][netuid].alpha;
        ensure(locked == 0 || totalOf(coldkey, netuid) >= locked + alpha, "StakeUnavailable");
    }

    function ensureCollateralStays(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha) internal view {
        uint256 bonded = collateral[netuid][hotkey][coldkey];
        ensure(bonded == 0 || stakeOf(hotkey, coldkey, netuid) >= bonded + alpha, "StakeUnavailable");
    }

    /// @dev Free alpha goes first. Locked alpha travels along only to a coldkey that has said it takes it.
    function transferLock(bytes32 from, bytes32 to, uint16 netuid, uint256 alpha) internal {
        Lock storage lock = locks[from][netuid];
        if (lock.alpha == 0) return;
        uint256 total = totalOf(from, netuid);
        uint256 free = total > lock.alpha ? total - lock.alpha : 0;
        if (alpha <= free) return;
        uint64 moved = uint64(alpha - free);
        ensure(acceptsLocked[to], "AccountRejectsLockedAlpha");
        Lock storage target = locks[to][netuid];
        ensure(target.alpha == 0 || target.hotkey == lock.hotkey, "LockHotkeyMismatch");
        target.hotkey = lock.hotkey;
        target.alpha += moved;
        lock.alpha -= moved;
    }
}
