// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice BLAKE2b-256 of a message of any length (RFC 7693), by the BLAKE2F precompile (EIP-152), 128 bytes at a time.
library Blake2b {
    function hash(bytes memory message) internal view returns (bytes32) {
        // h: the initial values, the first with the parameter block (32-byte digest, no key) folded in.
        bytes memory h = abi.encodePacked(
            hex"28c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5",
            hex"d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
        );
        uint256 blocks = message.length == 0 ? 1 : (message.length + 127) / 128;
        for (uint256 i = 0; i < blocks; i++) {
            bool last = i + 1 == blocks;
            uint256 counted = last ? message.length : (i + 1) * 128;
            bytes memory input = abi.encodePacked(uint32(12), h, part(message, i * 128), littleEndian(uint64(counted)), bytes8(0), last);
            bool ok;
            (ok, h) = address(9).staticcall(input);
            require(ok && h.length == 64, "BLAKE2F");
        }
        return bytes32(h);
    }

    function part(bytes memory message, uint256 from) private pure returns (bytes memory block_) {
        block_ = new bytes(128);
        uint256 count = message.length - from < 128 ? message.length - from : 128;
        assembly {
            mcopy(add(block_, 32), add(add(message, 32), from), count)
        }
    }

    function littleEndian(uint64 number) private pure returns (bytes8) {
        uint64 reversed;
        for (uint256 i = 0; i < 8; i++) reversed |= ((number >> uint64(8 * i)) & 0xff) << uint64(56 - 8 * i);
        return bytes8(reversed);
    }
}
