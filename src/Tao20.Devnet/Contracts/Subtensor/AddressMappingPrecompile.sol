// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SubtensorState} from "./SubtensorState.sol";

/// @notice IAddressMapping, 0x80C (precompiles/src/address_mapping.rs).
contract AddressMappingPrecompile is SubtensorState {
    function addressMapping(address account) external view reads returns (bytes32) {
        return coldkeyOf(account);
    }

    fallback() external {
        revert("Unknown selector");
    }
}
