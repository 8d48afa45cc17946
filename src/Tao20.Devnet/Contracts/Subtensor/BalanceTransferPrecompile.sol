// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MappedAccount} from "./MappedAccount.sol";
import {SubtensorState} from "./SubtensorState.sol";

/// @notice IBalanceTransfer, 0x800 (precompiles/src/balance_transfer.rs): the value sent, in whole rao, goes on from the precompile's own
/// account to an account of the chain, without a call.
contract BalanceTransferPrecompile is SubtensorState {
    function transfer(bytes32 account) external payableButNeverUsed {
        uint256 rao = frame().value / RAO;
        if (rao == 0) return;
        remember(account, frame().caller);
        remember(account, tx.origin);
        address to = addresses[account];
        if (to == address(0)) {
            moveTao(BALANCE_TRANSFER, address(this), rao);
            owed[account] += rao;
            return;
        }

        // An account begins with the existential deposit or not at all.
        ensure(to.balance > 0 || rao >= EXISTENTIAL_DEPOSIT, "Token(BelowMinimum)");
        moveTao(BALANCE_TRANSFER, to, rao);
    }

    function remember(bytes32 account, address candidate) private {
        if (addresses[account] == address(0) && MappedAccount.ofAddress(candidate) == account) known(candidate);
    }

    fallback() external {
        revert("Unknown selector");
    }
}
