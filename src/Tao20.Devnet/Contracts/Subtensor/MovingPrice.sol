// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The moving average of a subnet's price (staking/stake_utils.rs, update_moving_price): U64F64, every step rounded down, and
/// stored with 32 bits behind the point (I96F32).
library MovingPrice {
    uint256 private constant ONE = 1 << 64;

    /// @param moving The one before, with 32 bits behind the point.
    /// @param price The price, U64F64; above 1 it counts as 1.
    /// @param started Blocks since the subnet's start.
    /// @param rate The moving rate, with 32 bits behind the point.
    function next(uint128 moving, uint256 price, uint64 started, uint128 rate, uint64 halvingBlocks) internal pure returns (uint128) {
        uint256 age = (uint256(started) << 64) / (uint256(started) + halvingBlocks);
        uint256 alpha = ((uint256(rate) << 32) * age) >> 64;
        uint256 current = (alpha * (price > ONE ? ONE : price)) >> 64;
        uint256 before = ((ONE - alpha) * (uint256(moving) << 32)) >> 64;
        return uint128((current + before) >> 32);
    }
}
