// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Powers of ratios to 18 decimals (safe-bigmath, SafeInt::pow_ratio_scaled).
/// @dev The chain's own is exact for small exponents and else has 256 bits: this has some 120, of which the 60 that are asked for are
/// the same unless the power lies within 1e-33 below a multiple of 1e-18. Such a one is taken for that multiple, which is right for
/// powers that are exact.
library Pow {
    uint256 private constant ONE = 1e18;
    uint256 private constant LOG_BITS = 124;
    uint256 private constant LN2 = 117_932_881_612_756_647_068_972_071_382_077_242_199; // ln 2 * 2^127
    uint256 private constant GUARD_BITS = 60;
    uint256 private constant NEARLY = 1 << 12;

    /// @notice floor(1e18 * (numerator / denominator) ^ (p / q)), at most 2^64 - 1; numerator and denominator below 2^128.
    function ratioScaled(uint256 numerator, uint256 denominator, uint256 p, uint256 q) internal pure returns (uint256) {
        if (numerator == 0) return 0;
        if (numerator == denominator || p == 0) return ONE;
        if (p == q && numerator < denominator) return ONE * numerator / denominator;
        bool below = numerator < denominator;
        uint256 exponent = Math.mulDiv(below ? log2(denominator, numerator) : log2(numerator, denominator), p, q);
        uint256 whole = exponent >> LOG_BITS;
        uint256 mantissa = exp2(exponent & ((1 << LOG_BITS) - 1));
        if (below) {
            if (whole > 64) return 0;
            return (Math.mulDiv(ONE << GUARD_BITS, 1 << 127, mantissa) + NEARLY) >> (GUARD_BITS + whole);
        }
        if (whole > 4) return type(uint64).max;
        uint256 scaled = (Math.mulDiv(ONE << (GUARD_BITS + whole), mantissa, 1 << 127) + NEARLY) >> GUARD_BITS;
        return scaled > type(uint64).max ? type(uint64).max : scaled;
    }

    /// @dev log2(a / b) with LOG_BITS binary digits, a >= b: ln z = 2 artanh((z - 1) / (z + 1)), whose series needs few terms for the small
    /// moves of most swaps and some 40 at most. No product is above 2^255.
    function log2(uint256 a, uint256 b) private pure returns (uint256) {
        uint256 z = Math.mulDiv(a, 1 << 127, b);
        uint256 whole = Math.log2(z) - 127;
        z >>= whole;
        unchecked {
            uint256 y = ((z - (1 << 127)) << 127) / (z + (1 << 127));
            uint256 square = (y * y) >> 127;
            uint256 sum;
            for (uint256 n = 1; y > 0; n += 2) {
                sum += y / n;
                y = (y * square) >> 127;
            }
            return (whole << LOG_BITS) + Math.mulDiv(2 * sum, 1 << LOG_BITS, LN2);
        }
    }

    /// @dev 2^x * 2^127 for x below 1 with LOG_BITS binary digits, by the series of e^(x ln 2).
    function exp2(uint256 x) private pure returns (uint256 sum) {
        unchecked {
            uint256 t = (x * LN2) >> LOG_BITS;
            uint256 term = 1 << 127;
            for (uint256 n = 1; term > 0; n++) {
                sum += term;
                term = ((term * t) >> 127) / n;
            }
        }
    }
}
