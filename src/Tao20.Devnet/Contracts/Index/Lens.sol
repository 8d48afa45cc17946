// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {Leg} from "./Holdings.sol";
import {Index} from "./Index.sol";

/// @notice What a mint or redemption of an index would take and give, in the order of its legs.
contract Lens {
    uint256 private constant BPS = 10_000;
    uint256 private constant ROUNDS = 4;
    uint256 private constant SLACK = 100_000;
    Index public immutable index;

    constructor(Index index_) {
        index = index_;
    }

    /// @notice What is needed to mint so many tokens: of each leg, and TAO in rao. A mint in the same block with this succeeds.
    function quoteMint(uint256 tokens) public view returns (uint256[] memory alpha, uint256 tao) {
        uint256 supply = index.totalSupply();
        uint256 gross = Math.mulDiv(tokens, BPS, BPS - index.feeBps(), Math.Rounding.Ceil) + 1;
        uint256[] memory held = holdings();
        alpha = new uint256[](held.length);
        for (uint256 i = 0; i < held.length; i++) {
            if (held[i] > 0) alpha[i] = Math.mulDiv(gross, held[i], supply, Math.Rounding.Ceil) + 1;
        }
        tao = Math.mulDiv(gross, index.taoHeld(), supply, Math.Rounding.Ceil);
    }

    /// @notice What is to be spent on each leg to mint so many tokens, and TAO besides, in rao: found by simulated swaps, within a
    /// thousandth of a percent above. 0 of a leg that the index has nothing of, or that cannot be quoted.
    function quoteBasket(uint256 tokens) external view returns (uint256 revision, uint256[] memory rao, uint256 tao) {
        Leg[] memory legs = index.legs();
        revision = index.revision();
        (rao, tao) = quoteMint(tokens);
        for (uint256 i = 0; i < legs.length; i++) {
            if (rao[i] > 0) rao[i] = costOf(legs[i].netuid, rao[i]);
        }
    }

    /// @dev By the secant from zero: each round takes the average price of the one before, and misses by its square.
    function costOf(uint16 netuid, uint256 alpha) private view returns (uint256 rao) {
        rao = Math.mulDiv(alpha, ChainCalls.spotPrice(netuid), 1e18);
        for (uint256 i = 0; i < ROUNDS; i++) {
            if (rao == 0 || rao > type(uint64).max) return 0;
            uint256 out = ChainCalls.simulateBuy(netuid, uint64(rao));
            if (out == 0) return 0;
            rao = Math.mulDiv(rao, alpha, out, Math.Rounding.Ceil);
        }
        rao += rao / SLACK + 1;
    }

    /// @notice What so many tokens are redeemed for: of each leg, and TAO in rao.
    function quoteRedeem(uint256 tokens) external view returns (uint256[] memory alpha, uint256 tao) {
        uint256 supply = index.totalSupply();
        uint256 paid = tokens - Math.mulDiv(tokens, index.feeBps(), BPS, Math.Rounding.Ceil);
        uint256[] memory held = holdings();
        alpha = new uint256[](held.length);
        for (uint256 i = 0; i < held.length; i++) alpha[i] = Math.mulDiv(held[i], paid, supply);
        tao = Math.mulDiv(index.taoHeld(), paid, supply);
    }

    /// @notice What the index holds of each leg; of one that is not active nothing counts.
    function holdings() public view returns (uint256[] memory held) {
        Leg[] memory legs = index.legs();
        bytes32 coldkey = index.coldkey();
        held = new uint256[](legs.length);
        for (uint256 i = 0; i < legs.length; i++) {
            if (legs[i].active) held[i] = ChainCalls.stakeOf(legs[i].netuid, legs[i].hotkey, coldkey);
        }
    }
}
