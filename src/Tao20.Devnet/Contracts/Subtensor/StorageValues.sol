// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scale} from "./Scale.sol";
import {Commit, Neuron, StorageKey, Subnet, SubtensorState, Weight} from "./SubtensorState.sol";

/// @notice The values of the runtime's storage by their keys (pallets/subtensor/src/lib.rs, pallets/swap/src/pallet/mod.rs). A key is
/// compared whole with those that are known: one that was made wrongly has no value.
abstract contract StorageValues is SubtensorState {
    /// @notice The raw value of a key; empty when it has none, which means the default, or that there is no such item.
    function valueOf(bytes memory key) internal view returns (bytes memory value) {
        StorageKey storage here = storageKeys[keccak256(key)];
        if (here.item == 0 || dropped[here.item]) return "";
        value = subnetValue(here.item, here.netuid);
        if (value.length == 0) value = neuronValue(here.item, here.netuid, here.uid, here.account);
        if (value.length == 0) value = accountValue(here.item, here.account);
        if (value.length == 0) value = chainValue(here.item);
        if (value.length > 0) value = abi.encodePacked(value, lengthened[here.item]);
    }

    function subnetValue(bytes32 item, uint16 netuid) private view returns (bytes memory) {
        Subnet storage subnet = subnets[netuid];
        if (item == keccak256("NetworksAdded")) return subnet.exists ? Scale.flag(true) : bytes("");
        if (item == keccak256("RegisteredSubnetCounter")) return positive(subnet.registrations, 8);
        if (!subnet.exists) return "";
        if (item == keccak256("SubtokenEnabled")) return subnet.subtokenEnabled ? Scale.flag(true) : bytes("");
        if (item == keccak256("TransferToggle")) return subnet.transfersOff ? Scale.flag(false) : bytes("");
        if (item == keccak256("SubnetMechanism")) return positive(subnet.mechanism, 2);
        if (item == keccak256("SubnetTAO")) return Scale.number(subnet.tao, 8);
        if (item == keccak256("SubnetAlphaIn")) return Scale.number(subnet.alpha, 8);
        if (item == keccak256("SwapBalancer")) return Scale.number(subnet.quoteWeight, 8);
        if (item == keccak256("FeeRate")) return subnet.feeRate == 33 ? bytes("") : Scale.number(subnet.feeRate, 2);
        if (item == keccak256("SwapSuperellipse")) return subnet.foreignCurve ? new bytes(64) : bytes("");
        if (item == keccak256("BalancerTaoReservoir")) return positive(subnet.taoReservoir, 8);
        if (item == keccak256("BalancerAlphaReservoir")) return positive(subnet.alphaReservoir, 8);
        if (item == keccak256("SubnetMovingPrice")) return Scale.number(subnet.movingPrice, 16);
        if (item == keccak256("FirstEmissionBlockNumber")) return positive(emissions[netuid].first, 8);
        if (item == keccak256("EMAPriceHalvingBlocks")) return positive(emissions[netuid].halving, 8);
        if (item == keccak256("NetworkRegistrationAllowed")) return Scale.flag(!emissions[netuid].closed);
        if (item == keccak256("Tempo")) return Scale.number(clocks[netuid].tempo, 2);
        if (item == keccak256("RevealPeriodEpochs")) return Scale.number(weightRules[netuid].revealPeriod, 8);
        if (item == keccak256("MinAllowedWeights")) return Scale.number(weightRules[netuid].minWeights, 2);
        (uint64 index, uint64 last, uint64 pendingAt) = epochs(netuid);
        if (item == keccak256("SubnetEpochIndex")) return positive(index, 8);
        if (item == keccak256("LastEpochBlock")) return positive(last, 8);
        if (item == keccak256("PendingEpochAt")) return positive(pendingAt, 8);
        if (item == keccak256("BlocksSinceLastStep")) return Scale.number(block.number - last, 8);
        return "";
    }

    function neuronValue(bytes32 item, uint16 netuid, uint16 uid, bytes32 account) private view returns (bytes memory value) {
        Neuron[] storage all = neurons[netuid];
        if (item == keccak256("Uids")) {
            uint16 plusOne = uidsPlusOne[netuid][account];
            return plusOne == 0 ? bytes("") : Scale.number(plusOne - 1, 2);
        }
        if (item == keccak256("WeightCommits")) return commitsValue(commits[netuid][account]);
        if (item == keccak256("AssociatedUidsByEvmAddress")) {
            uint16[] storage uids = uidsByEvm[netuid][address(uint160(uint256(account)))];
            if (uids.length == 0 || !rules.reverseUidIndex) return "";
            value = Scale.length(uids.length);
            for (uint256 i = 0; i < uids.length; i++) {
                value = abi.encodePacked(value, Scale.number(uids[i], 2), Scale.number(all[uids[i]].associatedAt, 8));
            }
            return value;
        }
        if (item == keccak256("LastUpdate") || item == keccak256("ValidatorPermit")) {
            if (all.length == 0) return "";
            value = Scale.length(all.length);
            bool permits = item == keccak256("ValidatorPermit");
            for (uint256 i = 0; i < all.length; i++) {
                value = abi.encodePacked(value, permits ? Scale.flag(all[i].permit) : Scale.number(all[i].lastUpdate, 8));
            }
            return value;
        }
        if (uid >= all.length) return "";
        if (item == keccak256("Keys")) return abi.encodePacked(all[uid].hotkey);
        if (item == keccak256("BlockAtRegistration")) return Scale.number(all[uid].registeredAt, 8);
        if (item == keccak256("AssociatedEvmAddress") && all[uid].associatedAt > 0) {
            return abi.encodePacked(all[uid].evm, Scale.number(all[uid].associatedAt, 8));
        }
        if (item == keccak256("Weights")) return weightsValue(weights[netuid][uid]);
        return "";
    }

    function commitsValue(Commit[] storage open) private view returns (bytes memory value) {
        if (open.length == 0) return "";
        value = Scale.length(open.length);
        for (uint256 i = 0; i < open.length; i++) {
            value = abi.encodePacked(
                value, open[i].hash, Scale.number(open[i].epoch, 8), Scale.number(open[i].blockNumber, 8), Scale.number(0, 8)
            );
        }
    }

    function weightsValue(Weight[] storage stored) private view returns (bytes memory value) {
        if (stored.length == 0) return "";
        value = Scale.length(stored.length);
        for (uint256 i = 0; i < stored.length; i++) {
            value = abi.encodePacked(value, Scale.number(stored[i].uid, 2), Scale.number(stored[i].value, 2));
        }
    }

    function accountValue(bytes32 item, bytes32 account) private view returns (bytes memory value) {
        if (item == keccak256("Owner")) return owners[account] == 0 ? bytes("") : abi.encodePacked(owners[account]);
        if (item == keccak256("AccountFlags")) return acceptsLocked[account] ? Scale.number(1, 16) : bytes("");
        if (item == keccak256("StakingHotkeys")) {
            bytes32[] memory all = stakingHotkeys[account];
            if (all.length == 0) return "";
            value = abi.encodePacked(Scale.length(all.length), all);
        }
    }

    function chainValue(bytes32 item) private view returns (bytes memory) {
        if (item == keccak256("StakeThreshold")) return positive(stakeThreshold, 8);
        if (item == keccak256("SubnetMovingAlpha")) return positive(movingRate, 16);
        if (item == keccak256("DissolveCleanupQueue")) return dissolving.length == 0 ? bytes("") : Scale.list(dissolving);
        if (item == keccak256("CurrentDissolveCleanupStatus")) {
            if (dissolving.length == 0 || subnets[dissolving[0]].dissolution == 0) return "";
            return abi.encodePacked(Scale.number(dissolving[0], 2), Scale.number(subnets[dissolving[0]].dissolution, 1));
        }
        return "";
    }

    function positive(uint256 value, uint256 bytes_) private pure returns (bytes memory) {
        return value == 0 ? bytes("") : Scale.number(value, bytes_);
    }
}
