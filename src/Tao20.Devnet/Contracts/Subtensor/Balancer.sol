// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pow} from "./Pow.sol";

/// @notice A balancer pool of TAO (quote) and alpha (base), in the runtime's fixed-point numbers: U64F64, 128 bits of which 64 are
/// behind the point, every product and quotient rounded down (pallets/swap/src/pallet/balancer.rs, impls.rs, swap_step.rs).
library Balancer {
    uint256 internal constant ONE = 1 << 64;
    uint256 internal constant WEIGHTS = 1e18;
    uint256 private constant MIN_WEIGHT = WEIGHTS / 100;
    uint256 private constant MINIMUM_RESERVE = 1_000_000;
    uint256 private constant MAX_INPUT_PER_RESERVE = 1_000;
    uint256 private constant MIN_PRICE_RAO = 1_000;
    uint256 private constant MAX_PRICE_RAO = 1e15;

    /// @notice What a swap does: what goes in net of the fee, what comes out, and the fee, in units of 1e-9.
    struct Swapped {
        uint256 paidIn;
        uint256 paidOut;
        uint256 fee;
    }

    /// @notice A pool; on a foreign curve it follows some other formula than the one its weight is of.
    struct Pool {
        uint256 tao;
        uint256 alpha;
        uint256 quoteWeight;
        uint256 feeRate;
        bool foreignCurve;
    }

    /// @notice The prices that bound swaps without a limit of their own.
    function minPrice() internal pure returns (uint256) {
        return limit(MIN_PRICE_RAO);
    }

    function maxPrice() internal pure returns (uint256) {
        return limit(MAX_PRICE_RAO);
    }

    /// @notice A price of so many rao for one alpha.
    function limit(uint256 rao) internal pure returns (uint256) {
        return (rao << 64) / 1e9;
    }

    /// @notice (w1 / w2) * (tao / alpha).
    function price(Pool memory pool) internal pure returns (uint256) {
        return priceOf(pool, pool.tao, pool.alpha);
    }

    function priceOf(Pool memory pool, uint256 tao, uint256 alpha) private pure returns (uint256 value) {
        if (alpha == 0) return 0;
        uint256 weights = ((WEIGHTS - pool.quoteWeight) << 64) / pool.quoteWeight;
        value = capped((weights * ((tao << 64) / alpha)) >> 64);

        // Some other monotone curve: dearer by a tenth, in price and in what is swapped.
        if (pool.foreignCurve) value += value / 10;
    }

    function fee(Pool memory pool, uint256 amount) internal pure returns (uint256) {
        return (amount * ((pool.feeRate << 64) / 65535)) >> 64;
    }

    /// @notice What a swap of an amount comes to, or why it fails.
    function swap(Pool memory pool, bool buys, uint256 amount, uint256 limitPrice, bool dropsFee)
        internal
        pure
        returns (Swapped memory swapped, string memory failure)
    {
        swapped.fee = dropsFee ? 0 : fee(pool, amount);
        swapped.paidIn = amount - swapped.fee;
        (uint256 from, uint256 to) = buys ? (pool.tao, pool.alpha) : (pool.alpha, pool.tao);
        if (swapped.paidIn > from * MAX_INPUT_PER_RESERVE) return (swapped, "SwapInputTooLarge");
        if (to < MINIMUM_RESERVE) return (swapped, "ReservesTooLow");
        uint256 current = price(pool);
        if (buys ? current >= limitPrice : current <= limitPrice) return (swapped, "PriceLimitExceeded");

        uint256 got = out(pool, buys, swapped.paidIn);
        uint256 target = buys
            ? priceOf(pool, from + swapped.paidIn, to - got)
            : priceOf(pool, to - got, from + swapped.paidIn);
        if (buys ? target > limitPrice : target < limitPrice) {
            swapped.paidIn = untilLimit(pool, buys, current, limitPrice);
            swapped.fee = dropsFee ? 0 : (swapped.paidIn * ((pool.feeRate << 64) / (65535 - pool.feeRate))) >> 64;
            got = out(pool, buys, swapped.paidIn);
        }
        if (swapped.paidIn > 0 && got == 0) return (swapped, "ReservesTooLow");
        swapped.paidOut = got;
    }

    /// @notice The weight of TAO after reserves have been added so that the price stays; 0 where it would leave its bounds.
    function weightAfter(Pool memory pool, uint256 tao, uint256 alpha) internal pure returns (uint256 quoteWeight) {
        uint256 base = ((WEIGHTS - pool.quoteWeight) * pool.tao * (pool.alpha + alpha) + WEIGHTS / 2) / WEIGHTS;
        uint256 quote = (pool.quoteWeight * pool.alpha * (pool.tao + tao) + WEIGHTS / 2) / WEIGHTS;
        quoteWeight = base + quote == 0 ? WEIGHTS / 2 : quote * WEIGHTS / (base + quote);
        if (quoteWeight < MIN_WEIGHT || quoteWeight > WEIGHTS - MIN_WEIGHT) quoteWeight = 0;
    }

    /// @dev Buy: alpha * (1 - (tao / (tao + d)) ^ (w2 / w1)); sell: tao * (1 - (alpha / (alpha + d)) ^ (w1 / w2)).
    function out(Pool memory pool, bool buys, uint256 d) private pure returns (uint256 got) {
        (uint256 from, uint256 to) = buys ? (pool.tao, pool.alpha) : (pool.alpha, pool.tao);
        uint256 baseWeight = WEIGHTS - pool.quoteWeight;
        uint256 power = Pow.ratioScaled(
            from, from + d, buys ? pool.quoteWeight : baseWeight, buys ? baseWeight : pool.quoteWeight
        );
        uint256 left = (power << 64) / WEIGHTS;
        got = (to * (ONE - (left > ONE ? ONE : left))) >> 64;
        if (pool.foreignCurve) got = buys ? got * 10 / 11 : got + got / 10;
    }

    /// @dev Buy: tao * ((limit / price) ^ w1 - 1); sell: alpha * ((price / limit) ^ w2 - 1).
    function untilLimit(Pool memory pool, bool buys, uint256 current, uint256 limitPrice) private pure returns (uint256) {
        uint256 power = buys
            ? Pow.ratioScaled(limitPrice, current, WEIGHTS - pool.quoteWeight, WEIGHTS)
            : Pow.ratioScaled(current, limitPrice, pool.quoteWeight, WEIGHTS);
        uint256 factor = (power << 64) / WEIGHTS;
        return factor < ONE ? 0 : ((buys ? pool.tao : pool.alpha) * (factor - ONE)) >> 64;
    }

    function capped(uint256 fixedPoint) private pure returns (uint256) {
        return fixedPoint > type(uint128).max ? type(uint128).max : fixedPoint;
    }
}
