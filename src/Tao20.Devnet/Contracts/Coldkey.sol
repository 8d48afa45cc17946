// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The Substrate account behind an EVM address: blake2b-256("evm:" ++ address).
library Coldkey {
    /// @dev One compression by the BLAKE2F precompile (EIP-152): a 24-byte message fits into one block.
    function ofAccount(address account) internal view returns (bytes32) {
        // h: the BLAKE2b initial values, the first with the parameter block (32-byte digest, no key) folded in.
        bytes32[2] memory h;
        h[0] = hex"28c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5";
        h[1] = hex"d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b";
        bytes32[4] memory m;
        m[0] = bytes32(abi.encodePacked(bytes4("evm:"), account));
        bytes memory input = abi.encodePacked(
            uint32(12), h[0], h[1], m[0], m[1], m[2], m[3], bytes8(hex"1800000000000000"), bytes8(0), true
        );
        (bool ok, bytes memory output) = address(9).staticcall(input);
        require(ok && output.length == 64, "BLAKE2F");
        return bytes32(output);
    }
}
