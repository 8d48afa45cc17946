// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Balancer} from "./Balancer.sol";
import {Swaps} from "./Swaps.sol";
import {Subnet} from "./SubtensorState.sol";

/// @notice IStaking V2, 0x805 (precompiles/src/staking.rs; staking/add_stake.rs, remove_stake.rs, move_stake.rs). Amounts in rao and in
/// units of 1e-9 alpha, saturating to 64 bits. Payable, but a value that is sent is lost: the TAO is taken from the caller's balance.
contract StakingPrecompile is Swaps {
    // ---- buying ---------------------------------------------------------------------------------------------------------------

    function addStake(bytes32 hotkey, uint256 rao, uint256 netuid) external payableButNeverUsed {
        add(hotkey, saturated(rao), Balancer.maxPrice(), type(uint64).max, false, netuidOf(netuid));
    }

    function addStakeLimit(bytes32 hotkey, uint256 rao, uint256 limitPriceRao, bool allowPartial, uint256 netuid)
        external payableButNeverUsed
    {
        uint16 subnet = netuidOf(netuid);
        uint64 limitRao = saturated(limitPriceRao);
        ensureWithinInput(subnet, true, saturated(rao));
        add(hotkey, saturated(rao), Balancer.limit(limitRao), mostUntil(subnet, true, limitRao), allowPartial, subnet);
    }

    function add(bytes32 hotkey, uint256 rao, uint256 limitPrice, uint256 most, bool allowPartial, uint16 netuid) private {
        address caller = frame().caller;
        ensureWithinInput(netuid, true, rao);
        ensure(subnets[netuid].exists, "SubnetNotExists");
        ensure(subnets[netuid].subtokenEnabled, "SubtokenDisabled");
        (Balancer.Swapped memory least,) = simulate(netuid, true, rules.minStake);
        ensure(rao >= rules.minStake + least.fee, "AmountTooLow");
        if (!allowPartial) ensure(rao <= most, "SlippageTooHigh");
        else if (rao > most) rao = most;
        ensure(caller.balance / RAO >= rao, "NotEnoughBalanceToStake");
        ensure(hotkeyExists(hotkey), "HotKeyAccountNotExists");
        bytes32 coldkey = known(caller);
        ensureRoomFor(hotkey, coldkey, true);
        (Balancer.Swapped memory swapped, string memory failure) = simulate(netuid, true, rao);
        ensure(bytes(failure).length == 0, "InsufficientLiquidity");
        ensure(swapped.paidIn >= rules.minStake, "AmountTooLow");
        ensure(swapped.paidOut > 0, "InsufficientLiquidity");
        stakeInto(hotkey, coldkey, caller, netuid, rao, limitPrice, false);
    }

    // ---- selling --------------------------------------------------------------------------------------------------------------

    /// @dev More than there is sells what there is.
    function removeStake(bytes32 hotkey, uint256 alpha, uint256 netuid) external payableButNeverUsed {
        removeCapped(hotkey, saturated(alpha), netuidOf(netuid));
    }

    /// @dev More than there is fails.
    function removeStakeLimit(bytes32 hotkey, uint256 alpha, uint256 limitPriceRao, bool allowPartial, uint256 netuid)
        external payableButNeverUsed
    {
        removeUntil(hotkey, saturated(alpha), saturated(limitPriceRao), allowPartial, netuidOf(netuid));
    }

    function removeStakeFull(bytes32 hotkey, uint256 netuid) external payableButNeverUsed {
        removeCapped(hotkey, type(uint64).max, netuidOf(netuid));
    }

    function removeStakeFullLimit(bytes32 hotkey, uint256 netuid, uint256 limitPriceRao) external payableButNeverUsed {
        uint16 subnet = netuidOf(netuid);
        ensure(limitPriceRao <= type(uint64).max, "the value is outside of u64 bounds");
        removeUntil(hotkey, stakeOf(hotkey, known(frame().caller), subnet), uint64(limitPriceRao), false, subnet);
    }

    function removeCapped(bytes32 hotkey, uint256 alpha, uint16 netuid) private {
        bytes32 coldkey = known(frame().caller);
        ensure(subnets[netuid].subtokenEnabled, "SubtokenDisabled");
        uint256 has = stakeOf(hotkey, coldkey, netuid);
        if (alpha > has) alpha = has;
        ensureWithinInput(netuid, false, alpha);
        remove(hotkey, coldkey, netuid, alpha, alpha, false, Balancer.minPrice());
    }

    function removeUntil(bytes32 hotkey, uint256 alpha, uint64 limitRao, bool allowPartial, uint16 netuid) private {
        ensureWithinInput(netuid, false, alpha);
        remove(
            hotkey, known(frame().caller), netuid, alpha, mostUntil(netuid, false, limitRao), allowPartial, Balancer.limit(limitRao)
        );
    }

    function remove(
        bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha, uint256 most, bool allowPartial, uint256 limitPrice
    ) private {
        walk(coldkey);
        ensure(subnets[netuid].exists, "SubnetNotExists");
        ensure(alpha > 0, "AmountTooLow");
        uint256 has = stakeOf(hotkey, coldkey, netuid);
        ensure(alpha <= has, "NotEnoughStakeToWithdraw");
        (Balancer.Swapped memory swapped, string memory failure) = simulate(netuid, false, alpha);
        ensure(bytes(failure).length == 0, "InsufficientLiquidity");
        ensure(alpha == has || swapped.paidOut >= rules.minStake, "AmountTooLow");
        if (!allowPartial) ensure(alpha <= most, "SlippageTooHigh");
        ensure(hotkeyExists(hotkey), "HotKeyAccountNotExists");
        ensureUnlocked(coldkey, netuid, alpha);
        ensureCollateralStays(hotkey, coldkey, netuid, alpha);
        sell(hotkey, coldkey, netuid, alpha > most ? most : alpha, limitPrice);
        clearSmallNomination(hotkey, coldkey, netuid);
    }

    /// @dev The TAO is there afterwards: no call tells the seller of it.
    function sell(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha, uint256 limitPrice) private {
        moveTao(address(this), frame().caller, unstakeFrom(hotkey, coldkey, netuid, alpha, limitPrice, false));
    }

    /// @dev A rest worth less than the nominator minimum is sold along, unless the coldkey owns the hotkey (staking/helpers.rs).
    function clearSmallNomination(bytes32 hotkey, bytes32 coldkey, uint16 netuid) private {
        if (owners[hotkey] == coldkey) return;
        uint256 rest = stakeOf(hotkey, coldkey, netuid);
        uint256 price = priceOf(netuid);
        if (rest == 0 || price == 0 || rest >= (uint256(rules.nominatorMinStake) << 64) / price) return;
        (, string memory failure) = simulate(netuid, false, rest);
        if (bytes(failure).length == 0) sell(hotkey, coldkey, netuid, rest, Balancer.minPrice());
        else decrease(hotkey, coldkey, netuid, rest);
    }

    // ---- moving ---------------------------------------------------------------------------------------------------------------

    function transferStake(bytes32 toColdkey, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha)
        external payableButNeverUsed
    {
        Transition memory t = Transition(
            known(frame().caller), toColdkey, hotkey, hotkey, netuidOf(fromNetuid), netuidOf(toNetuid), saturated(alpha)
        );
        move(t, true);
    }

    function moveStake(bytes32 fromHotkey, bytes32 toHotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha)
        external payableButNeverUsed
    {
        bytes32 coldkey = known(frame().caller);
        move(Transition(coldkey, coldkey, fromHotkey, toHotkey, netuidOf(fromNetuid), netuidOf(toNetuid), saturated(alpha)), false);
    }

    /// @dev The whole amount asked for is deducted from the allowance, also where less is moved.
    function transferStakeFrom(
        address source, address destination, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha
    ) external notPayable {
        uint16 netuid = netuidOf(fromNetuid);
        uint16 to = netuidOf(toNetuid);
        if (alpha > 0) {
            uint256 allowed = allowanceOf(source, frame().caller, netuid);
            if (allowed < alpha) revert("trying to spend more than allowed");
            setAllowance(source, frame().caller, netuid, allowed - alpha);
        }
        move(Transition(known(source), known(destination), hotkey, hotkey, netuid, to, saturated(alpha)), true);
    }

    struct Transition {
        bytes32 fromColdkey;
        bytes32 toColdkey;
        bytes32 fromHotkey;
        bytes32 toHotkey;
        uint16 fromNetuid;
        uint16 toNetuid;
        uint256 alpha;
    }

    function move(Transition memory t, bool transfers) private {
        walk(t.fromColdkey);
        uint256 has = stakeOf(t.fromHotkey, t.fromColdkey, t.fromNetuid);

        // From 469 on the largest number means all there is; before, more than there is does while it is capped.
        bool all = t.alpha == type(uint64).max;
        if (t.alpha > has && (rules.capsTransfers || all)) t.alpha = has;
        bool crosses = t.fromNetuid != t.toNetuid;
        ensure(t.fromColdkey != t.toColdkey || t.fromHotkey != t.toHotkey || crosses, "SameNetuid");
        ensure(subnets[t.fromNetuid].exists && subnets[t.toNetuid].exists, "SubnetNotExists");
        ensure(subnets[t.fromNetuid].subtokenEnabled && subnets[t.toNetuid].subtokenEnabled, "SubtokenDisabled");
        ensure(hotkeyExists(t.fromHotkey) && hotkeyExists(t.toHotkey), "HotKeyAccountNotExists");
        ensure(t.alpha <= has, "NotEnoughStakeToWithdraw");
        uint256 least = transfers ? rules.minTransfer : rules.minStake;
        if (crosses) {
            (Balancer.Swapped memory swapped, string memory failure) = simulate(t.fromNetuid, false, t.alpha);
            ensure(bytes(failure).length == 0, "InsufficientLiquidity");
            ensure(swapped.paidOut > least, "AmountTooLow");
        }
        if (transfers) {
            ensure(!subnets[t.fromNetuid].transfersOff && !subnets[t.toNetuid].transfersOff, "TransferDisallowed");
        }
        ensureRoomFor(t.toHotkey, t.toColdkey, t.fromColdkey == t.toColdkey);
        if (crosses) ensureUnlocked(t.fromColdkey, t.fromNetuid, t.alpha);
        ensureCollateralStays(t.fromHotkey, t.fromColdkey, t.fromNetuid, t.alpha);
        if (crosses) exchangeBetween(t, least);
        else moveWithin(t);
    }

    /// @dev No fee and no swap; no less than the minimum, be it all there is.
    function moveWithin(Transition memory t) private {
        transferLock(t.fromColdkey, t.toColdkey, t.fromNetuid, t.alpha);
        decrease(t.fromHotkey, t.fromColdkey, t.fromNetuid, t.alpha);
        increase(t.toHotkey, t.toColdkey, t.fromNetuid, t.alpha);
        list(t.toColdkey, t.toHotkey);
        ensure((priceOf(t.fromNetuid) * t.alpha) >> 64 >= rules.minTransfer, "AmountTooLow");
    }

    /// @dev Sold with a fee and bought without one; what is too little to be staked stays TAO.
    function exchangeBetween(Transition memory t, uint256 least) private {
        bool fromRoot = t.fromNetuid == ROOT;
        uint256 rao = unstakeFrom(t.fromHotkey, t.fromColdkey, t.fromNetuid, t.alpha, Balancer.minPrice(), fromRoot);
        if (rao < least) payColdkey(t.toColdkey, rao);
        else stakeInto(t.toHotkey, t.toColdkey, address(this), t.toNetuid, rao, Balancer.maxPrice(), !fromRoot);
    }

    function ensureWithinInput(uint16 netuid, bool buys, uint256 amount) private view {
        Subnet storage subnet = subnets[netuid];
        if (netuid == ROOT || !isDynamic(netuid)) return;
        ensure(amount <= 1_000 * uint256(buys ? subnet.tao : subnet.alpha), "InsufficientLiquidity");
    }

    // ---- allowances: by owner, spender, subnet and its registration; not by hotkey ---------------------------------------------

    function approve(address spender, uint256 netuid, uint256 alpha) external notPayable {
        setAllowance(frame().caller, spender, netuidOf(netuid), alpha);
    }

    function increaseAllowance(address spender, uint256 netuid, uint256 alpha) external notPayable {
        uint16 subnet = netuidOf(netuid);
        uint256 allowed = allowanceOf(frame().caller, spender, subnet);
        setAllowance(frame().caller, spender, subnet, alpha > type(uint256).max - allowed ? type(uint256).max : allowed + alpha);
    }

    function decreaseAllowance(address spender, uint256 netuid, uint256 alpha) external notPayable {
        uint16 subnet = netuidOf(netuid);
        uint256 allowed = allowanceOf(frame().caller, spender, subnet);
        setAllowance(frame().caller, spender, subnet, alpha > allowed ? 0 : allowed - alpha);
    }

    function allowance(address source, address spender, uint256 netuid) external view reads returns (uint256) {
        return allowanceOf(source, spender, netuidOf(netuid));
    }

    function allowanceOf(address source, address spender, uint16 netuid) private view returns (uint256) {
        return allowances[source][spender][netuid][subnets[netuid].registrations];
    }

    function setAllowance(address source, address spender, uint16 netuid, uint256 alpha) private {
        allowances[source][spender][netuid][subnets[netuid].registrations] = alpha;
    }

    // ---- views ----------------------------------------------------------------------------------------------------------------

    function getStake(bytes32 hotkey, bytes32 coldkey, uint256 netuid) external view reads returns (uint256) {
        return stakeOf(hotkey, coldkey, netuidOf(netuid));
    }

    function getTotalAlphaStaked(bytes32 hotkey, uint256 netuid) external view reads returns (uint256) {
        return sharePools[hotkey][netuidOf(netuid)].value;
    }

    function getNominatorMinRequiredStake() external view reads returns (uint256) {
        return rules.nominatorMinStake;
    }

    function getDefaultMinStake() external view later reads returns (uint256) {
        return rules.minStake;
    }

    function getHotkeyOwner(bytes32 hotkey) external view later reads returns (bytes32) {
        return owners[hotkey];
    }

    function getHotkeySuccessor(bytes32 hotkey, uint16 netuid) external view later reads returns (bool, bytes32) {
        bytes32 successor = successors[hotkey][netuid];
        return (successor != 0, successor);
    }

    function getRejectLockedAlpha(bytes32 coldkey) external view later reads returns (bool) {
        return !acceptsLocked[coldkey];
    }

    function setRejectLockedAlpha(bool rejects) external later payableButNeverUsed {
        acceptsLocked[known(frame().caller)] = !rejects;
    }

    function getColdkeyLock(bytes32 coldkey, uint256 netuid) external view later reads returns (bool, uint256, bytes32) {
        uint16 subnet = netuidOf(netuid);
        return (locks[coldkey][subnet].alpha > 0, locks[coldkey][subnet].alpha, locks[coldkey][subnet].hotkey);
    }

    fallback() external {
        revert("Unknown selector");
    }
}
