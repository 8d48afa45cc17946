// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Twox64} from "./Twox64.sol";

/// @notice The runtime's storage, read by key at 0x807: what root cannot switch off, as it can every other view.
/// @dev An absent key reads empty, and so does one that an upgrade has renamed. What has another length than the item has counts as
/// unreadable. Nothing is ever forced by that: who must have a value refuses without one.
library ChainStorage {
    address private constant QUERY = 0x0000000000000000000000000000000000000807;
    /// What a view may use: more than any does, and little beside a transaction. One that fails burns all it was given.
    uint256 internal constant VIEW_GAS = 150_000;
    bytes16 private constant MODULE = 0x658faa385070e074c85bf6b568cf0555;
    bytes16 private constant NETWORKS_ADDED = 0x0e30450fc4d507a846032a7fa65d9a43;
    bytes16 private constant REGISTERED_SUBNET_COUNTER = 0x29b0b4bcda192c1cf596d879a4e873a6;
    bytes16 private constant SUBTOKEN_ENABLED = 0xe9348e9224ea06c9c2da12ce69e619c5;
    bytes16 private constant NETWORK_REGISTRATION_ALLOWED = 0xd5fe74da02c7b4bbb340fb368eee3e77;
    bytes16 private constant SUBNET_MOVING_PRICE = 0x1abf1b0f4fd14f7b72ee50f9d91d5915;
    bytes16 private constant SUBNET_MOVING_ALPHA = 0x65ef4b6311933743a027c3602fbabe20;
    bytes16 private constant FIRST_EMISSION_BLOCK_NUMBER = 0xe4cfee4e36f2419d8863a3fda65c428f;
    bytes16 private constant EMA_PRICE_HALVING_BLOCKS = 0x0c8a87705ba85a17daa1bb11f7899de1;
    bytes16 private constant DISSOLVE_CLEANUP_QUEUE = 0x1b3f4fb9309f90f6e26d5767a2118eca;
    bytes16 private constant CURRENT_DISSOLVE_CLEANUP_STATUS = 0x4531441ae761f5c683423298b95c3514;
    bytes16 private constant TRANSFER_TOGGLE = 0xc0f3f30c1dad9977105a0d9bcac785b9;
    bytes16 private constant SUBNET_MECHANISM = 0x306afce653cf1dfd6333a3c30d8d347e;
    bytes16 private constant SUBNET_TAO = 0x7a57dce016211512d1700561066b85a3;
    bytes16 private constant OWNER = 0xeca6b7a1fdc9f689184ecb4f359c0518;
    bytes16 private constant STAKING_HOTKEYS = 0xb7d32a0408ab25b30dac6ec2cb66fe1f;
    bytes16 private constant SWAP = 0x746cc6d1e9dbcf1d03868e492c1d836e;
    bytes16 private constant FEE_RATE = 0x9e110c291062e3d22e10ec17c4e83ebd;

    /// @notice What a key has: nothing, the value that was asked for, or something that is none.
    enum Found {
        Nothing,
        Value,
        Unreadable
    }

    function networkAdded(uint16 netuid) internal view returns (Found, bool) {
        return flag(ofSubnet(NETWORKS_ADDED, netuid));
    }

    function subtokenEnabled(uint16 netuid) internal view returns (Found, bool) {
        return flag(ofSubnet(SUBTOKEN_ENABLED, netuid));
    }

    function registrationAllowed(uint16 netuid) internal view returns (Found, bool) {
        return flag(ofSubnet(NETWORK_REGISTRATION_ALLOWED, netuid));
    }

    /// @notice How often the netuid has been registered: which of the subnets that have had it this is.
    function registrations(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(REGISTERED_SUBNET_COUNTER, netuid), 8);
    }

    /// @notice The moving price, with 32 bits behind the point.
    function movingPrice(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(SUBNET_MOVING_PRICE, netuid), 16);
    }

    /// @notice The rate at which moving prices move, with 32 bits behind the point; one for all subnets.
    function movingRate() internal view returns (Found, uint256) {
        return number(abi.encodePacked(MODULE, SUBNET_MOVING_ALPHA), 16);
    }

    function firstEmissionBlock(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(FIRST_EMISSION_BLOCK_NUMBER, netuid), 8);
    }

    function halvingBlocks(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(EMA_PRICE_HALVING_BLOCKS, netuid), 8);
    }

    /// @notice Whether stake can be transferred: absent, it can.
    function transferAllowed(uint16 netuid) internal view returns (bool) {
        (Found found, bool on) = flag(ofSubnet(TRANSFER_TOGGLE, netuid));
        return found == Found.Nothing || (found == Found.Value && on);
    }

    /// @notice 1: alpha is traded against a pool.
    function mechanism(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(SUBNET_MECHANISM, netuid), 2);
    }

    /// @notice The TAO in a subnet's pool, in rao.
    function poolTao(uint16 netuid) internal view returns (Found, uint256) {
        return number(ofSubnet(SUBNET_TAO, netuid), 8);
    }

    /// @notice What a swap costs, in parts of 65,535.
    function feeRate(uint16 netuid) internal view returns (Found, uint256) {
        bytes memory key =
            abi.encodePacked(SWAP, FEE_RATE, Twox64.hash(netuid), bytes1(uint8(netuid)), bytes1(uint8(netuid >> 8)));
        return number(key, 2);
    }

    /// @notice Whether there is such a hotkey. The hash is that of the hotkey by BLAKE2b-128: with a wrong one there is none.
    function hotkeyExists(bytes32 hotkey, bytes16 hash) internal view returns (bool) {
        return raw(abi.encodePacked(MODULE, OWNER, hash, hotkey)).length == 32;
    }

    /// @notice The hotkeys an account has ever staked with; none with a wrong hash of it, or where that is no list.
    function stakingHotkeys(bytes32 coldkey, bytes16 hash) internal view returns (bytes32[] memory hotkeys) {
        bytes memory list = raw(abi.encodePacked(MODULE, STAKING_HOTKEYS, hash, coldkey));
        uint256 begins = lengthBytes(list);
        if (list.length <= begins || (list.length - begins) % 32 != 0) return hotkeys;
        hotkeys = new bytes32[]((list.length - begins) / 32);
        for (uint256 i = 0; i < hotkeys.length; i++) {
            bytes32 hotkey;
            assembly {
                hotkey := mload(add(add(add(list, 32), begins), mul(i, 32)))
            }
            hotkeys[i] = hotkey;
        }
    }

    /// @notice Whether the netuid is one whose dissolution is queued or in work.
    /// @dev A queue that is none forces nothing: the netuid then is in none.
    function isQueuedForDissolution(uint16 netuid) internal view returns (bool) {
        bytes memory status = raw(abi.encodePacked(MODULE, CURRENT_DISSOLVE_CLEANUP_STATUS));
        if (status.length >= 2 && netuidAt(status, 0) == netuid) return true;
        bytes memory queue = raw(abi.encodePacked(MODULE, DISSOLVE_CLEANUP_QUEUE));
        for (uint256 i = lengthBytes(queue); i + 2 <= queue.length; i += 2) if (netuidAt(queue, i) == netuid) return true;
        return false;
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    /// @dev The key of an item of one subnet: netuids are encoded with the low byte first, and not hashed.
    function ofSubnet(bytes16 item, uint16 netuid) private pure returns (bytes memory) {
        return abi.encodePacked(MODULE, item, bytes1(uint8(netuid)), bytes1(uint8(netuid >> 8)));
    }

    function flag(bytes memory key) private view returns (Found found, bool value) {
        uint256 read;
        (found, read) = number(key, 1);
        if (read > 1) return (Found.Unreadable, false);
        value = read == 1;
    }

    /// @dev A number with the low byte first.
    function number(bytes memory key, uint256 length) private view returns (Found, uint256 value) {
        (bool ok, bytes memory answer) = QUERY.staticcall{gas: VIEW_GAS}(key);
        if (!ok) return (Found.Unreadable, 0);
        if (answer.length == 0) return (Found.Nothing, 0);
        if (answer.length != length) return (Found.Unreadable, 0);
        for (uint256 i = 0; i < length; i++) value |= uint256(uint8(answer[i])) << (8 * i);
        return (Found.Value, value);
    }

    /// @dev A list begins with how many there are: a quarter of the first byte below 64, of the first two below 16,384.
    function lengthBytes(bytes memory list) private pure returns (uint256) {
        return list.length > 0 && uint8(list[0]) & 3 == 1 ? 2 : 1;
    }

    function raw(bytes memory key) private view returns (bytes memory answer) {
        bool ok;
        (ok, answer) = QUERY.staticcall{gas: VIEW_GAS}(key);
        if (!ok) answer = "";
    }

    function netuidAt(bytes memory list, uint256 begins) private pure returns (uint16) {
        return uint16(uint8(list[begins])) | (uint16(uint8(list[begins + 1])) << 8);
    }
}
