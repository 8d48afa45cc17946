// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAddressMapping} from "./Interfaces.sol";

/// @notice The Substrate account behind an EVM address, which is its coldkey and its hotkey: blake2b-256("evm:" ++ address).
/// @dev Asked of the chain: Subtensor has no BLAKE2F, and another precompile at its address.
library Coldkey {
    IAddressMapping private constant MAPPING = IAddressMapping(0x000000000000000000000000000000000000080C);

    function ofAccount(address account) internal view returns (bytes32) {
        return MAPPING.addressMapping(account);
    }
}
