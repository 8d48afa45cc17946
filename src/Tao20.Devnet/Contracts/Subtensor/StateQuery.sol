// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StorageValues} from "./StorageValues.sol";

/// @notice Reads the storage of any pallet by its keys, as the RPC method state_getStorage does.
contract StateQuery is StorageValues {
    function getStorage(bytes calldata key) external view returns (bytes memory) {
        return valueOf(key);
    }
}
