// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Frame} from "./SubtensorState.sol";
import {SubtensorMock} from "./SubtensorMock.sol";

/// @notice The code at each precompile's address: it forwards every call to the chain's state, and fails as a precompile fails.
/// @dev A value that is sent stays here, where the real precompile's account keeps it.
contract PrecompileForwarder {
    SubtensorMock private constant STATE = SubtensorMock(0x000000000000000000000000000000005aB7e450);
    bytes4 private constant ERROR = 0x08c379a0;
    address private immutable self;

    constructor(address self_) {
        self = self_;
    }

    receive() external payable {
        forward();
    }

    fallback() external payable {
        forward();
    }

    function forward() private {
        uint256 gas = gasleft();
        Frame memory frame = Frame(self, msg.sender, msg.value, gas, address(this) != self);
        (bool ok, bytes memory output) = address(STATE).call(abi.encodeCall(STATE.dispatch, (msg.data, frame)));
        if (ok) {
            assembly {
                return(add(output, 32), mload(output))
            }
        }

        // Only an Error(string) is a revert; everything else burns the gas that was given and tells nothing.
        if (output.length < 4 || bytes4(output) != ERROR) {
            assembly {
                invalid()
            }
        }
        assembly {
            revert(add(output, 32), mload(output))
        }
    }
}
