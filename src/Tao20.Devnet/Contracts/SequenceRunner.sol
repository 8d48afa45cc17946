// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChainCalls} from "./Index/ChainCalls.sol";
import {Leg} from "./Index/Holdings.sol";
import {Index} from "./Index/Index.sol";

/// @notice Acts for one of those who take part in a sequence.
contract Actor {
    address private immutable runner = msg.sender;

    function act(address to, uint256 value, bytes calldata data) external returns (bool ok) {
        require(msg.sender == runner, "not the runner");
        (ok,) = to.call{value: value}(data);
    }

    receive() external payable {}
}

/// @notice Runs a sequence of calls by several accounts in one call, and tells after each what there is: how a model of an index is held
/// against the index. It exists for tests.
contract SequenceRunner {
    struct Call {
        uint256 actor;
        address to;
        uint256 value;
        bytes data;
    }

    /// @notice A stake that is told of each actor.
    struct Probe {
        bytes32 hotkey;
        uint16 netuid;
    }

    Actor[] private actors;

    constructor(uint256 count) {
        for (uint256 i = 0; i < count; i++) actors.push(new Actor());
    }

    function actor(uint256 i) external view returns (address) {
        return address(actors[i]);
    }

    /// @notice One call, which has to succeed.
    function act(uint256 by, address to, uint256 value, bytes calldata data) external {
        require(actors[by].act(to, value, data), "it failed");
    }

    function run(Call[] calldata calls, Index index, Probe[] calldata probes) external returns (uint256[][] memory seen) {
        seen = new uint256[][](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            bool ok = actors[calls[i].actor].act(calls[i].to, calls[i].value, calls[i].data);
            seen[i] = look(ok, index, probes);
        }
    }

    /// @dev Whether it succeeded, revision, supply, TAO and window; of each leg five words; of each actor tokens, TAO and each probe.
    function look(bool ok, Index index, Probe[] calldata probes) private view returns (uint256[] memory words) {
        Leg[] memory legs = index.legs();
        bytes32 coldkey = index.coldkey();
        words = new uint256[](6 + legs.length * 6 + actors.length * (2 + probes.length));
        (words[0], words[1], words[2]) = (ok ? 1 : 0, index.revision(), index.totalSupply());
        (words[3], words[4], words[5]) = (address(index).balance / 1e9, index.windowUntil(), legs.length);
        uint256 next = 6;
        for (uint256 i = 0; i < legs.length; i++) {
            (words[next], words[next + 1], words[next + 2]) = (legs[i].netuid, legs[i].active ? 1 : 0, legs[i].book);
            (words[next + 3], words[next + 4]) = (legs[i].unit, uint256(legs[i].hotkey));
            words[next + 5] = ChainCalls.stakeOf(legs[i].netuid, legs[i].hotkey, coldkey);
            next += 6;
        }
        for (uint256 i = 0; i < actors.length; i++) {
            address account = address(actors[i]);
            bytes32 holder = ChainCalls.coldkeyOf(account);
            (words[next], words[next + 1]) = (index.balanceOf(account), account.balance / 1e9);
            next += 2;
            for (uint256 j = 0; j < probes.length; j++) {
                words[next++] = ChainCalls.stakeOf(probes[j].netuid, probes[j].hotkey, holder);
            }
        }
    }
}
