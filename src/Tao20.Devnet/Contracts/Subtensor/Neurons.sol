// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Neuron, SubtensorState} from "./SubtensorState.sol";

/// @notice The neurons of a subnet, and which of them an EVM address is associated with (subnets/registration.rs, utils/evm.rs).
abstract contract Neurons is SubtensorState {
    uint256 internal constant UIDS_PER_ADDRESS = 32;

    /// @dev Refreshing an association that is there changes its block alone.
    function associate(uint16 netuid, uint16 uid, address evm) internal {
        Neuron storage neuron = neurons[netuid][uid];
        if (neuron.evm != evm) {
            dissociate(netuid, uid);
            ensure(!rules.reverseUidIndex || uidsByEvm[netuid][evm].length < UIDS_PER_ADDRESS, "EvmKeyAssociationLimitExceeded");
            uidsByEvm[netuid][evm].push(uid);
            neuron.evm = evm;
        }
        neuron.associatedAt = uint64(block.number);
    }

    function dissociate(uint16 netuid, uint16 uid) internal {
        Neuron storage neuron = neurons[netuid][uid];
        if (neuron.associatedAt == 0) return;
        uint16[] storage uids = uidsByEvm[netuid][neuron.evm];
        uint256 here;
        while (uids[here] != uid) here++;
        for (; here + 1 < uids.length; here++) uids[here] = uids[here + 1];
        uids.pop();
        (neuron.evm, neuron.associatedAt) = (address(0), 0);
    }

    /// @dev A new neuron: its last update is its registration. (Whoever takes another's place: see replace.)
    function append(uint16 netuid, bytes32 hotkey) internal {
        uint64 now_ = uint64(block.number);
        neurons[netuid].push(Neuron(hotkey, false, now_, now_, 0, address(0), 0));
        uidsPlusOne[netuid][hotkey] = uint16(neurons[netuid].length);
    }

    /// @dev A registration into a full subnet: the UID goes to another hotkey, and all that was of the one before is gone.
    function replace(uint16 netuid, uint16 uid, bytes32 hotkey) internal {
        dissociate(netuid, uid);
        bytes32 former = neurons[netuid][uid].hotkey;
        delete uidsPlusOne[netuid][former];
        delete weights[netuid][uid];
        delete commits[netuid][former];
        uint64 now_ = uint64(block.number);
        neurons[netuid][uid] = Neuron(hotkey, false, now_, now_, 0, address(0), 0);
        uidsPlusOne[netuid][hotkey] = uid + 1;
    }
}
