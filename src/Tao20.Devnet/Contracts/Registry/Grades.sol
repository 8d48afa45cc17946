// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Stated, Statement} from "./Statements.sol";

enum Grade {
    None,
    Minor,
    Moderate,
    Severe,
    Critical
}

/// @notice How far a statement is from the one that was settled (the same rules: Tao20.Domain, Registry/Grades.cs).
/// @dev Shares are compared as products, never as quotients: each number is at most 2^96.
library Grades {
    /// @notice What a grade takes of the effective stake, in percent.
    function percentOf(Grade grade) internal pure returns (uint256) {
        return [uint256(0), 1, 5, 15, 50][uint256(grade)];
    }

    /// @notice The gravest of what differs.
    function between(Stated calldata settled, Stated calldata other) internal pure returns (Grade grade) {
        Statement calldata one = settled.statement;
        Statement calldata two = other.statement;
        grade = graver(ofNav(one.nav, two.nav), ofWeights(settled.uids, settled.weights, other.uids, other.weights));
        if (one.rankingRoot != two.rankingRoot || one.totalSupply != two.totalSupply) grade = graver(grade, Grade.Minor);
        if (one.blockNumber != two.blockNumber || one.blockHash != two.blockHash) grade = graver(grade, Grade.Severe);
    }

    function ofNav(uint256 settled, uint256 other) private pure returns (Grade) {
        if (settled == other) return Grade.None;
        if (settled == 0 || other == 0) return Grade.Moderate;
        return byShare(settled > other ? settled - other : other - settled, settled, [uint256(1), 5, 20, 50]);
    }

    function ofWeights(uint16[] calldata uids, uint16[] calldata weights, uint16[] calldata otherUids, uint16[] calldata otherWeights)
        private
        pure
        returns (Grade)
    {
        (uint256 i, uint256 j, uint256 distance, uint256 sum) = (0, 0, 0, 0);
        while (i < uids.length || j < otherUids.length) {
            // Past its end a list has no UID that comes first.
            uint256 uid = i < uids.length ? uids[i] : type(uint256).max;
            uint256 otherUid = j < otherUids.length ? otherUids[j] : type(uint256).max;
            uint256 one = uid <= otherUid ? weights[i++] : 0;
            uint256 two = otherUid <= uid ? otherWeights[j++] : 0;
            distance += one > two ? one - two : two - one;
            sum += one + two;
        }
        return byShare(distance, sum, [uint256(50), 100, 150, 300]);
    }

    /// @dev By which of four shares, in thousandths, a part of a whole is the first not to exceed.
    function byShare(uint256 part, uint256 whole, uint256[4] memory bounds) private pure returns (Grade) {
        for (uint256 i = 0; i < 4; i++) {
            if (part * 1000 <= whole * bounds[i]) return Grade(i);
        }
        return Grade.Critical;
    }

    function graver(Grade one, Grade two) private pure returns (Grade) {
        return Grade(Math.max(uint256(one), uint256(two)));
    }
}
