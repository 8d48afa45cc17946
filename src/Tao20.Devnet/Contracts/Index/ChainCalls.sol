// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAddressMapping, IAlpha, IBalanceTransfer, IStaking} from "../Interfaces.sol";
import {ChainStorage} from "./ChainStorage.sol";

/// @notice How a contract of ours that holds stake and TAO acts on the chain: by bounded calls of precompiles, and by nothing else.
/// @dev It never calls code that is not ours. Up to spec 451 whoever we call could call 0x805 by DELEGATECALL and act as our coldkey; from
/// then on the chain refuses that, and neither is relied on. So TAO leaves by 0x800 alone, where no code runs at the receiver. What fails in
/// a precompile burns all gas it was given: each call is given a part, and that part must be there.
library ChainCalls {
    IStaking internal constant STAKING = IStaking(0x0000000000000000000000000000000000000805);
    IAlpha internal constant ALPHA = IAlpha(0x0000000000000000000000000000000000000808);
    IAddressMapping private constant MAPPING = IAddressMapping(0x000000000000000000000000000000000000080C);
    address private constant BALANCE_TRANSFER = 0x0000000000000000000000000000000000000800;
    uint256 internal constant RAO = 1e9;
    /// What every account keeps: less than that is never sent, since a new account would refuse it.
    uint256 internal constant EXISTENTIAL_DEPOSIT = 500;
    uint256 private constant GAS_AROUND_A_LEG = 20_000;
    /// What a payment of TAO may use, where nobody says how much.
    uint256 internal constant PAY_GAS = 300_000;

    error NotEnoughGas(uint256 has, uint256 needs);
    error NotWholeRao(uint256 value);
    /// @notice Something with a leg's stake has failed: what, in a word. The chain tells no reason.
    error LegFailed(uint16 netuid, bytes32 what);

    /// @notice The value that was sent along, in rao.
    function receivedRao() internal view returns (uint256) {
        if (msg.value % RAO != 0) revert NotWholeRao(msg.value);
        return msg.value / RAO;
    }

    /// @notice The coldkey of an account, which is its hotkey too.
    function coldkeyOf(address account) internal view returns (bytes32) {
        (bool ok, bytes memory answer) =
            address(MAPPING).staticcall{gas: ChainStorage.VIEW_GAS}(abi.encodeCall(IAddressMapping.addressMapping, (account)));
        if (!ok || answer.length != 32) revert LegFailed(0, "addressMapping");
        return abi.decode(answer, (bytes32));
    }

    // ---- stake ----------------------------------------------------------------------------------------------------------------

    function stakeOf(uint16 netuid, bytes32 hotkey, bytes32 coldkey) internal view returns (uint256) {
        (bool ok, bytes memory answer) = address(STAKING).staticcall{gas: ChainStorage.VIEW_GAS}(
            abi.encodeCall(IStaking.getStake, (hotkey, coldkey, netuid))
        );
        if (!ok || answer.length != 32) revert LegFailed(netuid, "getStake");
        return abi.decode(answer, (uint256));
    }

    function takeStake(address from, uint16 netuid, bytes32 hotkey, uint256 alpha, uint256 legGas) internal {
        bytes memory data =
            abi.encodeCall(IStaking.transferStakeFrom, (from, address(this), hotkey, netuid, netuid, alpha));
        call(netuid, "transferStakeFrom", data, legGas);
    }

    function giveStake(bytes32 to, uint16 netuid, bytes32 hotkey, uint256 alpha, uint256 legGas) internal {
        call(netuid, "transferStake", abi.encodeCall(IStaking.transferStake, (to, hotkey, netuid, netuid, alpha)), legGas);
    }

    /// @notice Sells, at any price.
    function sellStake(uint16 netuid, bytes32 hotkey, uint256 alpha, uint256 legGas) internal {
        call(netuid, "removeStakeLimit", abi.encodeCall(IStaking.removeStakeLimit, (hotkey, alpha, 0, false, netuid)), legGas);
    }

    /// @notice Buys for so much TAO of the own account, at any price.
    function buyStake(uint16 netuid, bytes32 hotkey, uint256 rao, uint256 legGas) internal {
        buyAllBelow(netuid, hotkey, rao, type(uint64).max, legGas);
    }

    /// @notice Sells as much of it as can be sold without the price falling below a limit, in rao per alpha.
    function sellStakeAbove(uint16 netuid, bytes32 hotkey, uint256 alpha, uint256 limit, uint256 legGas) internal {
        call(netuid, "removeStakeLimit", abi.encodeCall(IStaking.removeStakeLimit, (hotkey, alpha, limit, true, netuid)), legGas);
    }

    /// @notice Buys for as much of the TAO as can be spent without the price rising above a limit, in rao per alpha.
    function buyStakeBelow(uint16 netuid, bytes32 hotkey, uint256 rao, uint256 limit, uint256 legGas) internal {
        call(netuid, "addStakeLimit", abi.encodeCall(IStaking.addStakeLimit, (hotkey, rao, limit, true, netuid)), legGas);
    }

    /// @notice Buys for all of the TAO, or fails where the price would rise above a limit, in rao per alpha.
    function buyAllBelow(uint16 netuid, bytes32 hotkey, uint256 rao, uint256 limit, uint256 legGas) internal {
        call(netuid, "addStakeLimit", abi.encodeCall(IStaking.addStakeLimit, (hotkey, rao, limit, false, netuid)), legGas);
    }

    /// @notice Allows an account exactly so much stake of a subnet.
    function allowStake(address spender, uint16 netuid, uint256 alpha, uint256 legGas) internal {
        call(netuid, "approve", abi.encodeCall(IStaking.approve, (spender, netuid, alpha)), legGas);
    }

    /// @notice Moves stake to another hotkey of the same subnet, which is free.
    function moveStake(uint16 netuid, bytes32 from, bytes32 to, uint256 alpha, uint256 legGas) internal {
        call(netuid, "moveStake", abi.encodeCall(IStaking.moveStake, (from, to, netuid, netuid, alpha)), legGas);
    }

    function call(uint16 netuid, bytes32 what, bytes memory data, uint256 legGas) private {
        requireGas(legGas);
        (bool ok,) = address(STAKING).call{gas: legGas}(data);
        if (!ok) revert LegFailed(netuid, what);
    }

    // ---- prices and TAO --------------------------------------------------------------------------------------------------------

    /// @notice The spot price in wei per alpha; 0 where it cannot be had.
    function spotPrice(uint16 netuid) internal view returns (uint256) {
        (bool ok, bytes memory answer) =
            address(ALPHA).staticcall{gas: ChainStorage.VIEW_GAS}(abi.encodeCall(IAlpha.getAlphaPrice, (netuid)));
        return ok && answer.length == 32 ? abi.decode(answer, (uint256)) : 0;
    }

    /// @notice The alpha that so much TAO would buy, in rao both; 0 where it cannot be had.
    function simulateBuy(uint16 netuid, uint64 rao) internal view returns (uint256) {
        (bool ok, bytes memory answer) =
            address(ALPHA).staticcall{gas: ChainStorage.VIEW_GAS}(abi.encodeCall(IAlpha.simSwapTaoForAlpha, (netuid, rao)));
        return ok && answer.length == 32 ? abi.decode(answer, (uint256)) : 0;
    }

    /// @notice Sends TAO to an account's coldkey; what is less than an account may have stays. What was sent, in rao.
    function pay(address account, uint256 rao, uint256 legGas) internal returns (uint256) {
        if (rao < EXISTENTIAL_DEPOSIT) return 0;
        requireGas(legGas);
        bytes memory data = abi.encodeCall(IBalanceTransfer.transfer, (coldkeyOf(account)));
        (bool ok,) = BALANCE_TRANSFER.call{value: rao * RAO, gas: legGas}(data);
        if (!ok) revert LegFailed(0, "transfer");
        return rao;
    }

    /// @dev An estimate of gas can otherwise be satisfied by legs that fail.
    function requireGas(uint256 legGas) private view {
        uint256 needs = legGas * 64 / 63 + GAS_AROUND_A_LEG;
        if (gasleft() < needs) revert NotEnoughGas(gasleft(), needs);
    }
}
