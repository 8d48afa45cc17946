// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Balancer} from "./Balancer.sol";
import {Stakes} from "./Stakes.sol";
import {Subnet} from "./SubtensorState.sol";

/// @notice Buying and selling alpha in a subnet's pool (pallets/swap; staking/stake_utils.rs).
abstract contract Swaps is Stakes {
    uint16 internal constant ROOT = 0;

    function isDynamic(uint16 netuid) internal view returns (bool) {
        return subnets[netuid].mechanism == 1;
    }

    function poolOf(uint16 netuid) internal view returns (Balancer.Pool memory) {
        Subnet storage subnet = subnets[netuid];
        return Balancer.Pool(subnet.tao, subnet.alpha, subnet.quoteWeight, subnet.feeRate, subnet.foreignCurve);
    }

    /// @notice TAO for one alpha, U64F64. A subnet that is not there has mechanism 0, whose alpha is TAO.
    function priceOf(uint16 netuid) internal view returns (uint256) {
        return isDynamic(netuid) ? Balancer.price(poolOf(netuid)) : Balancer.ONE;
    }

    /// @notice What a swap would bring, fee included (SwapHandler::sim_swap): it knows no minimum stake, toggle or lock.
    function simulate(uint16 netuid, bool buys, uint256 amount)
        internal
        view
        returns (Balancer.Swapped memory swapped, string memory failure)
    {
        if (!isDynamic(netuid)) {
            uint256 same = subnets[netuid].exists ? amount : 0;
            return (Balancer.Swapped(same, same, 0), "");
        }
        return Balancer.swap(poolOf(netuid), buys, amount, buys ? Balancer.maxPrice() : Balancer.minPrice(), false);
    }

    /// @notice The most that can be swapped before the price is at a limit, fee included.
    function mostUntil(uint16 netuid, bool buys, uint256 limitRao) internal view returns (uint256) {
        if (!isDynamic(netuid)) return (buys ? limitRao >= 1e9 : limitRao <= 1e9) ? type(uint64).max : 0;
        Balancer.Pool memory pool = poolOf(netuid);
        uint256 most = 1_000 * (buys ? pool.tao : pool.alpha);
        (Balancer.Swapped memory swapped, string memory failure) = Balancer.swap(pool, buys, most, Balancer.limit(limitRao), false);
        ensure(bytes(failure).length == 0, failure);
        return swapped.paidIn + swapped.fee;
    }

    /// @dev TAO moves from its owner to the subnets' account, but for what an account has to keep; alpha is credited; the fee goes on
    /// to who makes the block.
    function stakeInto(bytes32 hotkey, bytes32 coldkey, address payer, uint16 netuid, uint256 rao, uint256 limitPrice, bool dropsFee)
        internal
        returns (uint256 alpha)
    {
        if (payer != address(this)) {
            uint256 free = payer.balance / RAO;
            uint256 spendable = free > EXISTENTIAL_DEPOSIT ? free - EXISTENTIAL_DEPOSIT : 0;
            if (rao > spendable) rao = spendable;
            ensure(rao > 0, "InsufficientBalance");
            moveTao(payer, address(this), rao);
        }
        Balancer.Swapped memory swapped = exchange(netuid, true, rao, limitPrice, dropsFee);
        alpha = swapped.paidOut;
        ensure(alpha > 0, "AmountTooLow");
        increase(hotkey, coldkey, netuid, alpha);
        list(coldkey, hotkey);
        moveTao(address(this), block.coinbase, swapped.fee);
    }

    /// @dev The alpha fee is sold in the same call, without a fee, for who makes the block.
    function unstakeFrom(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint256 alpha, uint256 limitPrice, bool dropsFee)
        internal
        returns (uint256 rao)
    {
        decrease(hotkey, coldkey, netuid, alpha);
        Balancer.Swapped memory swapped = exchange(netuid, false, alpha, limitPrice, dropsFee);
        increase(hotkey, coldkey, netuid, alpha - swapped.paidIn - swapped.fee);
        rao = swapped.paidOut;
        if (swapped.fee > 0) {
            moveTao(address(this), block.coinbase, exchange(netuid, false, swapped.fee, Balancer.minPrice(), true).paidOut);
        }
    }

    function exchange(uint16 netuid, bool buys, uint256 amount, uint256 limitPrice, bool dropsFee)
        private
        returns (Balancer.Swapped memory swapped)
    {
        Subnet storage subnet = subnets[netuid];
        if (!isDynamic(netuid)) {
            swapped = Balancer.Swapped(amount, amount, 0);
        } else {
            string memory failure;
            (swapped, failure) = Balancer.swap(poolOf(netuid), buys, amount, limitPrice, dropsFee);
            ensure(bytes(failure).length == 0 && !subnet.refusesSwaps, bytes(failure).length == 0 ? "SwapRefused" : failure);
        }
        if (buys) {
            subnet.tao += uint64(swapped.paidIn);
            if (isDynamic(netuid)) subnet.alpha -= uint64(swapped.paidOut);
            subnet.alphaOut += uint64(swapped.paidOut);
        } else {
            subnet.tao -= uint64(swapped.paidOut);
            if (isDynamic(netuid)) subnet.alpha += uint64(swapped.paidIn);
            subnet.alphaOut -= uint64(swapped.paidIn);
        }
    }
}
