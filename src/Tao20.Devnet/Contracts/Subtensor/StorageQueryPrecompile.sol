// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StorageValues} from "./StorageValues.sol";

/// @notice StorageQuery, 0x807 (precompiles/src/storage_query.rs): the data is a key of the runtime's storage, the answer its raw value.
contract StorageQueryPrecompile is StorageValues {
    bytes16 private constant SUBTENSOR_MODULE = 0x658faa385070e074c85bf6b568cf0555;
    bytes16 private constant SWAP = 0x746cc6d1e9dbcf1d03868e492c1d836e;
    bytes16 private constant BALANCES = 0xc2261276cc9d1f8598ea4b6a74b15c2f;
    bytes16 private constant PROXY = 0x1809d78346727a0ef58c0fa03bafa323;
    bytes16 private constant SCHEDULER = 0x3db7a24cfdc9de785974746c14a99df9;
    bytes16 private constant DRAND = 0xa285cdb66e8b8524ea70b1693c7b1e05;
    bytes16 private constant CROWDLOAN = 0x3d9cad2baf702e20b136f4c8900cd802;
    bytes16 private constant SUDO = 0x5c0d1176a568c1f92944340dbfed9e9c;
    bytes16 private constant MULTISIG = 0x7474449cca95dc5d0c00e71735a6d17d;
    bytes16 private constant TIMESTAMP = 0xf0c365c3cf59d671eb72da0e7a4113c4;

    fallback() external {
        bytes calldata key = withoutFrame();
        bytes16 pallet = key.length < 16 ? bytes16(0) : bytes16(key[:16]);
        ensure(
            pallet == SUBTENSOR_MODULE || pallet == SWAP || pallet == BALANCES || pallet == PROXY || pallet == SCHEDULER
                || pallet == DRAND || pallet == CROWDLOAN || pallet == SUDO || pallet == MULTISIG || pallet == TIMESTAMP,
            "Invalid key"
        );
        bytes memory value = valueOf(key);
        assembly {
            return(add(value, 32), mload(value))
        }
    }
}
