// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Neurons} from "./Neurons.sol";
import {Subnet, SubtensorState} from "./SubtensorState.sol";

/// @notice The end of a subnet: in one step and with a new one in its place (425: coinbase/root.rs, staking/remove_stake.rs), or step by
/// step with the netuid free in between (from 430: subnets/dissolution.rs).
/// @dev A step's code names the phase that is in work or next.
abstract contract Dissolution is SubtensorState, Neurons {
    uint8 internal constant SETTLES = 4;
    uint8 internal constant DELETES = 5;
    uint8 internal constant TOTALS = 6;
    uint8 internal constant SWAP_STATE = 10;
    uint8 internal constant MAPS = 14;

    function begin(uint16 netuid) internal {
        subnets[netuid].exists = false;
        subnets[netuid].dissolutionQueued = true;
        dissolving.push(netuid);
    }

    /// @notice The next step of the subnet that is first in the queue; whether it was the last one.
    /// @param part Of those that are paid, how many at most; what is left is paid in the next step.
    function step(uint16 netuid, uint256 part) internal returns (bool ended) {
        require(dissolving.length > 0 && dissolving[0] == netuid, "another subnet is dissolved first");
        Subnet storage subnet = subnets[netuid];
        subnet.dissolutionQueued = true;
        if (subnet.dissolution < DELETES) {
            subnet.dissolution = settle(netuid, part) ? DELETES : SETTLES;
        } else if (subnet.dissolution == DELETES) {
            deleteAlpha(netuid);
            subnet.dissolution = TOTALS;
        } else if (subnet.dissolution == TOTALS) {
            (subnet.tao, subnet.alpha, subnet.alphaOut) = (0, 0, 0);
            subnet.dissolution = SWAP_STATE;
        } else if (subnet.dissolution == SWAP_STATE) {
            (subnet.mechanism, subnet.quoteWeight, subnet.feeRate) = (0, 0, 0);
            subnet.dissolution = MAPS;
        } else {
            clearMaps(netuid);
            (subnet.dissolution, subnet.dissolutionQueued) = (0, false);
            for (uint256 i = 1; i < dissolving.length; i++) dissolving[i - 1] = dissolving[i];
            dissolving.pop();
            ended = true;
        }
    }

    /// @notice All at once.
    function dissolveAtOnce(uint16 netuid) internal {
        settle(netuid, type(uint256).max);
        deleteAlpha(netuid);
        clearMaps(netuid);
        Subnet storage subnet = subnets[netuid];
        (subnet.exists, subnet.tao, subnet.alpha, subnet.alphaOut) = (false, 0, 0, 0);
    }

    /// @dev The TAO of the pool, by alpha: all that is staked and, but for old subnets, the pool's own. Rounded down, and what is left
    /// over goes rao by rao to the largest fractions.
    function settle(uint16 netuid, uint256 part) private returns (bool all) {
        Subnet storage subnet = subnets[netuid];
        bytes32[2][] storage held = holders[netuid];
        uint256 count = held.length;
        uint256[] memory alpha = new uint256[](count + 1);
        alpha[count] = subnet.legacy ? 0 : subnet.alpha;
        uint256 total = alpha[count];
        for (uint256 i = 0; i < count; i++) {
            alpha[i] = alphaOf(held[i][0], held[i][1], netuid);
            total += alpha[i];
        }
        if (total == 0) return true;
        uint256[] memory rao = new uint256[](count + 1);
        uint256 left = subnet.tao;
        for (uint256 i = 0; i <= count; i++) {
            rao[i] = subnet.tao * alpha[i] / total;
            left -= rao[i];
        }
        for (; left > 0; left--) {
            uint256 largest;
            uint256 fraction;
            for (uint256 i = 0; i <= count; i++) {
                uint256 rest = mulmod(subnet.tao, alpha[i], total);
                if (rao[i] == subnet.tao * alpha[i] / total && rest > fraction) (largest, fraction) = (i, rest);
            }
            rao[largest]++;
        }

        uint256 from = settled[netuid];
        uint256 until = part > count - from ? count : from + part;
        for (uint256 i = from; i < until; i++) credit(held[i][1], rao[i]);
        settled[netuid] = until == count ? 0 : until;
        return until == count;
    }

    /// @dev What is below the existential deposit and has no account to go to is lost.
    function credit(bytes32 coldkey, uint256 rao) private {
        address account = addresses[coldkey];
        if (rao < EXISTENTIAL_DEPOSIT && account != address(0) && account.balance == 0) return;
        payColdkey(coldkey, rao);
    }

    function deleteAlpha(uint16 netuid) private {
        bytes32[2][] storage held = holders[netuid];
        for (uint256 i = 0; i < held.length; i++) {
            (bytes32 hotkey, bytes32 coldkey) = (held[i][0], held[i][1]);
            setShares(hotkey, coldkey, netuid, 0);
            delete sharePools[hotkey][netuid];
            delete isHolder[netuid][hotkey][coldkey];
            delete locks[coldkey][netuid];
            delete collateral[netuid][hotkey][coldkey];
        }
        delete holders[netuid];
    }

    function clearMaps(uint16 netuid) private {
        for (uint16 uid = 0; uid < neurons[netuid].length; uid++) {
            dissociate(netuid, uid);
            bytes32 hotkey = neurons[netuid][uid].hotkey;
            delete uidsPlusOne[netuid][hotkey];
            delete commits[netuid][hotkey];
            delete weights[netuid][uid];
        }
        delete neurons[netuid];
        delete clocks[netuid];
        delete weightRules[netuid];
        delete subnets[netuid].mechanism;
    }

    function alphaOf(bytes32 hotkey, bytes32 coldkey, uint16 netuid) internal view virtual returns (uint256);
}
