// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice SCALE, the encoding of Substrate's storage and calls: numbers with the low byte first.
library Scale {
    function number(uint256 value, uint256 bytes_) internal pure returns (bytes memory encoded) {
        encoded = new bytes(bytes_);
        for (uint256 i = 0; i < bytes_; i++) encoded[i] = bytes1(uint8(value >> (8 * i)));
    }

    function flag(bool value) internal pure returns (bytes memory) {
        return number(value ? 1 : 0, 1);
    }

    /// @notice The length of a list, as a compact number below 2^14.
    function length(uint256 count) internal pure returns (bytes memory) {
        return count < 64 ? number(count << 2, 1) : number((count << 2) | 1, 2);
    }

    function list(uint16[] memory numbers) internal pure returns (bytes memory encoded) {
        encoded = length(numbers.length);
        for (uint256 i = 0; i < numbers.length; i++) encoded = abi.encodePacked(encoded, number(numbers[i], 2));
    }
}
