// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice XXH64 with seed 0 of a netuid, as Substrate hashes the keys of maps with Twox64Concat (source: xxHash's specification, "XXH64
/// algorithm description": an input of less than 4 bytes is taken byte by byte).
library Twox64 {
    uint64 private constant PRIME_1 = 0x9E3779B185EBCA87;
    uint64 private constant PRIME_2 = 0xC2B2AE3D27D4EB4F;
    uint64 private constant PRIME_3 = 0x165667B19E3779F9;
    uint64 private constant PRIME_5 = 0x27D4EB2F165667C5;

    /// @return The hash, low byte first.
    function hash(uint16 netuid) internal pure returns (bytes8) {
        unchecked {
            uint64 h = PRIME_5 + 2;
            h = take(take(h, uint8(netuid)), uint8(netuid >> 8));
            h = (h ^ (h >> 33)) * PRIME_2;
            h = (h ^ (h >> 29)) * PRIME_3;
            h ^= h >> 32;
            uint64 reversed;
            for (uint256 i = 0; i < 8; i++) (reversed, h) = ((reversed << 8) | (h & 0xff), h >> 8);
            return bytes8(reversed);
        }
    }

    function take(uint64 h, uint8 one) private pure returns (uint64) {
        unchecked {
            h ^= one * PRIME_5;
            return ((h << 11) | (h >> 53)) * PRIME_1;
        }
    }
}
