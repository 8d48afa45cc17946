// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChainStorage} from "./ChainStorage.sol";
import {RuleTable, Rules} from "./Rules.sol";

/// @notice Mean prices of alpha over hours, from what the chain's moving price has moved by in that time. They average the prices at the
/// ends of blocks: nothing that is done inside one block moves them. It holds nothing, and anyone may give it readings.
/// @dev From two readings m0 and m1, n blocks apart: r = (m1 - m0) / (a * n) + (m0 + m1) / 2 + k, where a = rate / 2^32 * b / (b + h) at the
/// middle of the span and k = 1e18 / (2^33 * a) makes up for what each block rounds away.
contract Means {
    /// @notice The shortest span in blocks, about six hours; and the longest, about two days.
    uint256 public immutable shortest;
    uint256 public immutable longest;
    /// A span is short beside the subnet's age: the rate changes with it.
    uint256 private constant AGE_PARTS = 16;
    uint256 private constant DEFAULT_RATE = 12_885;
    uint256 private constant DEFAULT_HALVING = 201_600;
    uint256 private constant ONE = 1e18;
    uint256 private constant NORMAL_ERROR_BPS = 100;

    /// @notice A reading of a subnet's moving price, in wei per alpha, and of all that it moves by.
    struct Reading {
        uint32 blockNumber;
        uint96 moving;
        uint32 rate;
        uint32 halving;
        uint64 registration;
    }

    /// @notice The last good mean of a subnet, in wei per alpha; void when the netuid is another subnet's.
    struct Last {
        uint96 mean;
        uint64 registration;
        uint32 blockNumber;
    }

    /// @notice Whether an absent rate or halving means the runtime's default: proved from its metadata by the deployer.
    bool public immutable defaultsHold;

    mapping(uint16 netuid => Reading[2]) private readings;
    mapping(uint16 netuid => Last) private last;

    event Observed(uint16 indexed netuid, uint256 moving, uint256 mean);

    /// @notice No mean can be had of this subnet now.
    error NoReference(uint16 netuid);

    constructor(Rules memory rules, bool defaultsHold_) {
        RuleTable.check(rules);
        (shortest, longest, defaultsHold) = (rules.shortest, rules.longest, defaultsHold_);
    }

    // ---- readings -----------------------------------------------------------------------------------------------------------------

    /// @notice Takes readings of these subnets, where the newest are old enough; keeps the mean of each that has one.
    function observe(uint16[] calldata netuids) external {
        for (uint256 i = 0; i < netuids.length; i++) observeOne(netuids[i]);
    }

    function observeOne(uint16 netuid) private {
        (bool ok, Reading memory now_) = current(netuid);
        if (!ok) return;
        Reading[2] storage both = readings[netuid];
        (Reading memory older, Reading memory newer) = (both[0], both[1]);
        (uint256 r, uint256 e) = between(netuid, older, newer, now_);
        if (r > 0 && isGood(r, e, NORMAL_ERROR_BPS)) last[netuid] = Last(uint96(r), now_.registration, uint32(block.number));
        if (newer.blockNumber == 0 || !alike(newer, now_)) {
            delete both[0];
            both[1] = now_;
        } else if (block.number >= newer.blockNumber + shortest) {
            (both[0], both[1]) = (newer, now_);
        } else {
            return;
        }
        emit Observed(netuid, now_.moving, r);
    }

    // ---- means --------------------------------------------------------------------------------------------------------------------

    /// @notice The mean price r of the last hours in wei per alpha, and the bound e of its error.
    /// @dev Reverts without one: no span that can be used, an error above 1 % of r, or 1 TAO and more, which moving prices do not tell.
    function mean(uint16 netuid) external view returns (uint256 r, uint256 e) {
        return meanWithin(netuid, NORMAL_ERROR_BPS);
    }

    /// @notice The same with another bound of the error, in hundredths of a percent of r.
    function meanWithin(uint16 netuid, uint256 errorBps) public view returns (uint256 r, uint256 e) {
        (bool ok, Reading memory now_) = current(netuid);
        if (ok) (r, e) = between(netuid, readings[netuid][0], readings[netuid][1], now_);
        if (r == 0 || !isGood(r, e, errorBps)) revert NoReference(netuid);
    }

    /// @notice The last good mean of the subnet that has the netuid in this registration; 0 without one.
    function lastMean(uint16 netuid, uint64 registration) external view returns (uint256) {
        return last[netuid].registration == registration ? last[netuid].mean : 0;
    }

    /// @notice The older and the newer reading.
    function readingsOf(uint16 netuid) external view returns (Reading memory older, Reading memory newer) {
        return (readings[netuid][0], readings[netuid][1]);
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    /// @dev Whether all that a mean needs can be read now, and the price moves: it stands still where nobody can register or trade.
    function current(uint16 netuid) private view returns (bool ok, Reading memory reading) {
        (ChainStorage.Found found, uint256 raw) = ChainStorage.registrations(netuid);
        if (found != ChainStorage.Found.Value || raw > type(uint64).max) return (false, reading);
        reading.registration = uint64(raw);
        bool on;
        (found, on) = ChainStorage.subtokenEnabled(netuid);
        if (found != ChainStorage.Found.Value || !on) return (false, reading);
        (found, on) = ChainStorage.registrationAllowed(netuid);
        if (found != ChainStorage.Found.Value || !on) return (false, reading);
        (found, raw) = ChainStorage.movingPrice(netuid);
        if (found != ChainStorage.Found.Value || raw > 1 << 32) return (false, reading);
        reading.moving = uint96((raw * ONE) >> 32);
        reading.blockNumber = uint32(block.number);
        (found, raw) = ChainStorage.movingRate();
        (ok, reading.rate) = withDefault(found, raw, DEFAULT_RATE);
        if (!ok) return (false, reading);
        (found, raw) = ChainStorage.halvingBlocks(netuid);
        (ok, reading.halving) = withDefault(found, raw, DEFAULT_HALVING);
    }

    function withDefault(ChainStorage.Found found, uint256 raw, uint256 otherwise) private view returns (bool ok, uint32 value) {
        if (found == ChainStorage.Found.Nothing && defaultsHold) raw = otherwise;
        else if (found != ChainStorage.Found.Value) return (false, 0);
        return raw == 0 || raw > type(uint32).max ? (false, 0) : (true, uint32(raw));
    }

    /// @dev The mean since the older reading if that span can be used, else since the newer; 0 without any.
    function between(uint16 netuid, Reading memory older, Reading memory newer, Reading memory now_)
        private
        view
        returns (uint256 r, uint256 e)
    {
        (ChainStorage.Found found, uint256 first) = ChainStorage.firstEmissionBlock(netuid);
        if (found != ChainStorage.Found.Value) return (0, 0);
        (r, e) = since(older, now_, first);
        if (r == 0) (r, e) = since(newer, now_, first);
    }

    function since(Reading memory begun, Reading memory now_, uint256 first) private view returns (uint256 r, uint256 e) {
        if (begun.blockNumber == 0 || !alike(begun, now_)) return (0, 0);
        uint256 n = now_.blockNumber - begun.blockNumber;
        uint256 middle = begun.blockNumber + n / 2;
        if (middle + 1 < first) return (0, 0);
        uint256 b = middle + 1 - first;
        if (n < shortest || n > longest || n > b / AGE_PARTS) return (0, 0);

        // One over a, times 2^32: (b + h) / (rate * b). Numerators stay below 2^150.
        uint256 slow = b + begun.halving;
        uint256 fast = uint256(begun.rate) * b;
        int256 moved = int256(uint256(now_.moving)) - int256(uint256(begun.moving));
        int256 increments = moved * int256(slow << 32) / int256(fast * n);
        uint256 k = ONE * slow / (2 * fast);
        int256 value = increments + int256((uint256(begun.moving) + now_.moving) / 2 + k);
        if (value <= 0) return (0, 0);
        r = uint256(value);
        e = (k + ((2e9 * slow) << 32) / (fast * n) + r / 1_000) * 5 / 4;
        if (r + e >= ONE) return (0, 0);
    }

    function isGood(uint256 r, uint256 e, uint256 errorBps) private pure returns (bool) {
        return e * 10_000 <= r * errorBps;
    }

    /// @dev Readings of the same subnet, by the same rate and halving.
    function alike(Reading memory one, Reading memory other) private pure returns (bool) {
        return one.registration == other.registration && one.rate == other.rate && one.halving == other.halving;
    }
}
