// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Subnet, SubtensorState} from "./SubtensorState.sol";

/// @notice ISubnet, 0x803 (precompiles/src/subnet.rs): the getters. A subnet that is not there has the defaults.
contract SubnetPrecompile is SubtensorState {
    uint16 private constant MAX_WEIGHT_LIMIT = 65535;

    function getWeightsVersionKey(uint16 netuid) external view reads returns (uint64) {
        return weightRules[netuid].versionKey;
    }

    function getWeightsSetRateLimit(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].exists ? weightRules[netuid].rateLimit : 100;
    }

    function getCommitRevealWeightsEnabled(uint16 netuid) external view reads returns (bool) {
        return !weightRules[netuid].commitRevealOff;
    }

    /// @dev In epochs, whatever its name says.
    function getCommitRevealWeightsInterval(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].exists ? weightRules[netuid].revealPeriod : 1;
    }

    function getMinAllowedWeights(uint16 netuid) external view reads returns (uint16) {
        return subnets[netuid].exists ? weightRules[netuid].minWeights : 1024;
    }

    function getMaxWeightLimit(uint16) external pure reads returns (uint16) {
        return MAX_WEIGHT_LIMIT;
    }

    function getNetworkRegistrationBlock(uint16 netuid) external view reads returns (uint64) {
        return subnets[netuid].registeredAt;
    }

    function isSubnetDissolving(uint16 netuid) external view later reads returns (bool) {
        return subnets[netuid].dissolutionQueued;
    }

    /// @dev Queued, or in work with the phase that is in work or next.
    function getSubnetDissolutionStatus(uint16 netuid) external view later reads returns (bool, bool, uint8) {
        Subnet storage subnet = subnets[netuid];
        return (subnet.dissolutionQueued, subnet.dissolution > 0, subnet.dissolution);
    }

    function getRegisteredSubnetCounter(uint16 netuid) external view later reads returns (uint64) {
        return subnets[netuid].registrations;
    }

    fallback() external {
        revert("Unknown selector");
    }
}
