// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Neurons} from "./Neurons.sol";
import {Neuron} from "./SubtensorState.sol";

/// @notice IUidLookup, 0x806 (precompiles/src/uid_lookup.rs; subtensor/src/utils/evm.rs).
contract UidLookupPrecompile is Neurons {
    struct LookupItem {
        uint16 uid;
        uint64 blockAssociated;
    }

    /// @notice The UIDs of an address, by the block they were associated in.
    /// @dev Without an index of its own, the first so many associations of the subnet, in the order of its storage, are looked
    /// through, whosesoever they are; the order there is by a hash of the UID.
    function uidLookup(uint16 netuid, address evm, uint16 limit) external view reads returns (LookupItem[] memory found) {
        if (rules.reverseUidIndex) {
            found = sorted(itemsOf(netuid, uidsByEvm[netuid][evm]));
            if (found.length > limit) assembly { mstore(found, limit) }
            return found;
        }
        uint16[] memory uids = inStorageOrder(netuid);
        uint256 count;
        for (uint256 i = 0; i < uids.length; i++) {
            if (i < limit && neurons[netuid][uids[i]].evm == evm) uids[count++] = uids[i];
        }
        assembly { mstore(uids, count) }
        found = sorted(itemsOf(netuid, uids));
    }

    function getAssociatedEvmAddress(uint16 netuid, uint16 uid) external view later reads returns (bool, address, uint64) {
        if (uid >= neurons[netuid].length) return (false, address(0), 0);
        Neuron storage neuron = neurons[netuid][uid];
        return (neuron.associatedAt > 0, neuron.evm, neuron.associatedAt);
    }

    function inStorageOrder(uint16 netuid) private view returns (uint16[] memory uids) {
        Neuron[] storage all = neurons[netuid];
        uids = new uint16[](all.length);
        uint256 count;
        for (uint16 uid = 0; uid < all.length; uid++) {
            if (all[uid].associatedAt == 0) continue;
            uint256 here = count++;
            for (; here > 0 && uint256(keccak256(abi.encode(uids[here - 1]))) > uint256(keccak256(abi.encode(uid))); here--) {
                uids[here] = uids[here - 1];
            }
            uids[here] = uid;
        }
        assembly { mstore(uids, count) }
    }

    function itemsOf(uint16 netuid, uint16[] memory uids) private view returns (LookupItem[] memory items) {
        items = new LookupItem[](uids.length);
        for (uint256 i = 0; i < uids.length; i++) items[i] = LookupItem(uids[i], neurons[netuid][uids[i]].associatedAt);
    }

    function sorted(LookupItem[] memory items) private pure returns (LookupItem[] memory) {
        for (uint256 i = 1; i < items.length; i++) {
            for (uint256 here = i; here > 0 && items[here - 1].blockAssociated > items[here].blockAssociated; here--) {
                (items[here - 1], items[here]) = (items[here], items[here - 1]);
            }
        }
        return items;
    }

    fallback() external {
        revert("Unknown selector");
    }
}
