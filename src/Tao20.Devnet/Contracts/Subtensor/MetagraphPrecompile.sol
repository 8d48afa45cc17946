// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Neuron, SubtensorState} from "./SubtensorState.sol";

/// @notice IMetagraph, 0x802 (precompiles/src/metagraph.rs). An unknown UID is false or 0, but its keys are an error.
contract MetagraphPrecompile is SubtensorState {
    function getUidCount(uint16 netuid) external view reads returns (uint16) {
        return uint16(neurons[netuid].length);
    }

    function getHotkey(uint16 netuid, uint16 uid) external view reads returns (bytes32) {
        return existing(netuid, uid).hotkey;
    }

    function getColdkey(uint16 netuid, uint16 uid) external view reads returns (bytes32) {
        return owners[existing(netuid, uid).hotkey];
    }

    function getValidatorStatus(uint16 netuid, uint16 uid) external view reads returns (bool) {
        return isThere(netuid, uid) && neurons[netuid][uid].permit;
    }

    function getLastUpdate(uint16 netuid, uint16 uid) external view reads returns (uint64) {
        return isThere(netuid, uid) ? neurons[netuid][uid].lastUpdate : 0;
    }

    /// @notice The stake of a UID's hotkey over all subnets, in rao.
    function getStake(uint16 netuid, uint16 uid) external view reads returns (uint64) {
        return existing(netuid, uid).stakeWeight;
    }

    function isThere(uint16 netuid, uint16 uid) private view returns (bool) {
        return uid < neurons[netuid].length;
    }

    function existing(uint16 netuid, uint16 uid) private view returns (Neuron storage) {
        ensure(isThere(netuid, uid), "InvalidRange");
        return neurons[netuid][uid];
    }

    fallback() external {
        revert("Unknown selector");
    }
}
