// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SubtensorState} from "./SubtensorState.sol";

/// @notice IPrecompileRegistry, 0x813 (from 445): whether a function is switched off. Nothing is deprecated so far.
contract RegistryPrecompile is SubtensorState {
    function getPrecompileStatus(address precompile, bytes4)
        external view later
        reads
        returns (bool deprecated, bool isDisabled, address newPrecompile, bytes4 newSelector, string memory message)
    {
        return (false, disabled[precompile], address(0), bytes4(0), "");
    }

    fallback() external {
        revert("Unknown selector");
    }
}
