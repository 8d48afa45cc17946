// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Subtensor's precompiles, as far as TAO20 uses them. They are called by CALL or STATICCALL and never by DELEGATECALL or CALLCODE: up to
// spec 451 such a call acts as the account of its caller's caller, and from 452 on it fails. What fails inside burns all gas that was
// given and returns nothing: the reason is nowhere in the EVM.

/// @notice The staking precompile (V2, 0x805). Amounts in rao, alpha has 9 decimals.
/// @dev Takes TAO from the caller's balance by itself: a value that is sent along is lost. A transfer of more than is held moves what is
/// held up to spec 425 and fails from 462 on; what has been credited can be one unit less than what was asked for. So amounts are
/// measured, by getStake before and after.
interface IStaking {
    function addStakeLimit(bytes32 hotkey, uint256 rao, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external payable;
    function removeStakeLimit(bytes32 hotkey, uint256 alpha, uint256 limitPriceRao, bool allowPartial, uint256 netuid) external payable;
    function transferStake(bytes32 toColdkey, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external payable;
    function moveStake(bytes32 fromHotkey, bytes32 toHotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external payable;
    function approve(address spender, uint256 netuid, uint256 alpha) external;
    function transferStakeFrom(address source, address destination, bytes32 hotkey, uint256 fromNetuid, uint256 toNetuid, uint256 alpha) external;
    function getStake(bytes32 hotkey, bytes32 coldkey, uint256 netuid) external view returns (uint256);
}

/// @notice The alpha precompile (0x808).
interface IAlpha {
    function getAlphaPrice(uint16 netuid) external view returns (uint256);
    function simSwapTaoForAlpha(uint16 netuid, uint64 tao) external view returns (uint256);
}

/// @notice The address mapping precompile (0x80C).
interface IAddressMapping {
    function addressMapping(address account) external view returns (bytes32);
}

/// @notice The balance transfer precompile (0x800): the value sent goes on to an account, where no code runs.
interface IBalanceTransfer {
    function transfer(bytes32 account) external payable;
}
