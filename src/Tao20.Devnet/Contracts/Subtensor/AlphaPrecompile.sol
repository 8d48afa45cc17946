// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Balancer} from "./Balancer.sol";
import {Subnet} from "./SubtensorState.sol";
import {Swaps} from "./Swaps.sol";

/// @notice IAlpha, 0x808 (precompiles/src/alpha.rs). A price has 18 decimals of which nine are significant.
contract AlphaPrecompile is Swaps {
    function getAlphaPrice(uint16 netuid) external view reads returns (uint256) {
        return wei_(priceOf(netuid));
    }

    function getMovingAlphaPrice(uint16 netuid) external view reads returns (uint256) {
        return wei_(netuid == ROOT || !isDynamic(netuid) ? Balancer.ONE : uint256(subnets[netuid].movingPrice) << 32);
    }

    function getTaoInPool(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].tao;
    }

    function getAlphaInPool(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].alpha;
    }

    function getAlphaOutPool(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].alphaOut;
    }

    function getAlphaIssuance(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].alpha + subnets[netuid].alphaOut;
    }

    function getSubnetMechanism(uint16 netuid) external view reads returns (uint16) {
        return subnets[netuid].mechanism;
    }

    function simSwapTaoForAlpha(uint16 netuid, uint64 tao) external view reads returns (uint256) {
        return quote(netuid, true, tao);
    }

    function simSwapAlphaForTao(uint16 netuid, uint64 alpha) external view reads returns (uint256) {
        return quote(netuid, false, alpha);
    }

    function getSwapState(uint16 netuid) external view later reads returns (uint16, bool, uint64, uint64, uint64) {
        Subnet storage subnet = subnets[netuid];
        return (subnet.feeRate, subnet.exists, subnet.quoteWeight, subnet.taoReservoir, subnet.alphaReservoir);
    }

    function quote(uint16 netuid, bool buys, uint256 amount) private view returns (uint256) {
        ensure(!subnets[netuid].refusesQuotes, "ReservesTooLow");
        (Balancer.Swapped memory swapped, string memory failure) = simulate(netuid, buys, amount);
        ensure(bytes(failure).length == 0, failure);
        return swapped.paidOut;
    }

    function wei_(uint256 price) private pure returns (uint256) {
        uint256 rao = (price * 1e9) >> 64;
        return (rao > type(uint64).max ? type(uint64).max : rao) * RAO;
    }

    fallback() external {
        revert("Unknown selector");
    }
}
