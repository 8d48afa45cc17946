// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Emits trade events in bulk, for measuring how fast they are read: the shape of TAO20's trades without its rules.
contract TradeEmitter {
    event TAO20Minted(
        address indexed recipient, address indexed miner, uint256 tao20Amount, uint256 depositAmount, uint16 indexed netuid, uint256 nav, bytes32 depositId
    );
    event TAO20Redeemed(address indexed user, address indexed miner, uint256 tao20Amount, uint256 totalValue, uint256 nav);

    /// @notice Emits count trades of the miners, in turn; a third of them redemptions.
    function emitTrades(uint256 start, uint256 count, uint256 miners) external {
        for (uint256 i = start; i < start + count; i++) {
            address miner = address(uint160((uint256(0x20) << 152) + i % miners));
            uint256 value = 1e17 + (uint256(keccak256(abi.encode(i))) % 1e18);
            if (i % 3 == 2) emit TAO20Redeemed(miner, miner, value, value, 1e18);
            else emit TAO20Minted(miner, miner, value, value, 0, 1e18, bytes32(i));
        }
    }
}
