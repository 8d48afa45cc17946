// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Blake2b} from "./Blake2b.sol";

/// @notice The Substrate account of an EVM address: blake2b-256("evm:" ++ address) (runtime, HashedAddressMapping<BlakeTwo256>).
library MappedAccount {
    function ofAddress(address account) internal view returns (bytes32) {
        return Blake2b.hash(abi.encodePacked("evm:", account));
    }
}
