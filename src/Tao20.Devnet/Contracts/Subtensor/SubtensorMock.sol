// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Frame, GasRule, SubtensorState} from "./SubtensorState.sol";

/// @notice Stands in for Subtensor on a local chain: the state behind its precompiles, and who may call what. What each precompile does is
/// in a file of its own, whose code stands at an address of its own and is run in this account; so is what a test or the devnet sets
/// (SubtensorHarness), to which all goes that is not said here.
contract SubtensorMock is SubtensorState {
    uint160 private constant MODULES = 0x5AB7E4500000;
    bytes32 private constant NOTHING = bytes32(type(uint256).max);
    address private constant HARNESS = address(MODULES + 1);
    address private constant STATE_QUERY = address(MODULES + 2);

    /// @notice Runs a precompile for the forwarder at its address.
    function dispatch(bytes calldata input, Frame calldata called) external {
        uint256 begun = gasleft();
        if (called.precompile == REGISTRY && !rules.laterFunctions) return;
        bool takesFrame = !called.foreign || !rules.refusesForeignFrames || takesForeignFrames(called.precompile);
        ensure(takesFrame, "Cannot be called with DELEGATECALL or CALLCODE");
        ensure(!disabled[called.precompile], "Precompile is disabled");
        bool hasSelector = called.precompile != STORAGE_QUERY;
        if (hasSelector && input.length < 4) revert("Tried to read selector out of bounds");
        GasRule storage gas = gasRules[called.precompile][hasSelector ? bytes4(input[:4]) : bytes4(0)];
        ensure(called.gas >= gas.available, "OutOfGas");
        // Behind the call's data stands what is no argument of any kind, so that missing ones are not read from the frame.
        (bool ok, bytes memory output) =
            moduleOf(called.precompile).delegatecall(abi.encodePacked(input, NOTHING, NOTHING, NOTHING, NOTHING, abi.encode(called)));
        if (!ok) {
            // Arguments that cannot be decoded are a plain revert without a word, which leaves the gas: here as on the chain it is one.
            if (output.length == 0 && gasleft() > called.gas / 16) revert("Value is too large or out of bounds");
            assembly {
                revert(add(output, 32), mload(output))
            }
        }
        uint256 used = begun - gasleft();
        if (gas.charged > used) burn(gas.charged - used);
        assembly {
            return(add(output, 32), mload(output))
        }
    }

    function moduleOf(address precompile) private pure returns (address) {
        return address(MODULES + uint160(precompile));
    }

    function takesForeignFrames(address precompile) private pure returns (bool) {
        return precompile == METAGRAPH || precompile == UID_LOOKUP || precompile == STORAGE_QUERY || precompile == ADDRESS_MAPPING
            || precompile == REGISTRY;
    }

    /// @dev Writes a zero where one is, which a static frame does not let it.
    function probe() external {
        assembly {
            sstore(not(0), 0)
        }
    }

    function burnAll() external pure {
        assembly {
            invalid()
        }
    }

    /// @notice The raw value of a key, whatever its pallet: state_getStorage.
    function getStorage(bytes calldata) external {
        run(STATE_QUERY, msg.data);
    }

    fallback() external {
        run(HARNESS, msg.data);
    }

    function run(address module, bytes memory input) private {
        (bool ok, bytes memory output) = module.delegatecall(input);
        if (!ok) {
            assembly {
                revert(add(output, 32), mload(output))
            }
        }
        assembly {
            return(add(output, 32), mload(output))
        }
    }
}
