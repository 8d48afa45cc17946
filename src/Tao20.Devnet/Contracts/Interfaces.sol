// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The subset of Subtensor's staking precompile (V2, 0x805) that TAO20 uses. Amounts in rao, alpha has 9 decimals.
interface IStaking {
    function addStakeLimit(bytes32 hotkey, uint256 rao, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external payable;
    function removeStakeLimit(bytes32 hotkey, uint256 alpha, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external;
    function transferStake(bytes32 toColdkey, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external;
    function approve(address spender, uint256 netuid, uint256 alpha) external;
    function allowance(address source, address spender, uint256 netuid) external view returns (uint256);
    function transferStakeFrom(address source, address destination, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external;
    function getStake(bytes32 hotkey, bytes32 coldkey, uint256 netuid) external view returns (uint256);
}

/// @notice The subset of Subtensor's alpha precompile (0x808) that TAO20 uses.
interface IAlpha {
    function getAlphaPrice(uint16 netuid) external view returns (uint256);
    function getTaoInPool(uint16 netuid) external view returns (uint64);
    function getAlphaInPool(uint16 netuid) external view returns (uint64);
    function simSwapTaoForAlpha(uint16 netuid, uint64 tao) external view returns (uint256);
    function simSwapAlphaForTao(uint16 netuid, uint64 alpha) external view returns (uint256);
}
