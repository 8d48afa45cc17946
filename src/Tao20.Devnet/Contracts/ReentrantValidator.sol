// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ValidatorRegistry} from "./ValidatorRegistry.sol";

/// @notice A validator that tries to be paid its withdrawal twice. It exists to be refused.
contract ReentrantValidator {
    ValidatorRegistry private immutable registry;

    constructor(ValidatorRegistry registry_) payable {
        registry = registry_;
        registry_.bond{value: msg.value}();
        registry_.beginWithdrawal(msg.value);
    }

    function steal() external {
        registry.withdraw();
    }

    receive() external payable {
        registry.withdraw();
    }
}
