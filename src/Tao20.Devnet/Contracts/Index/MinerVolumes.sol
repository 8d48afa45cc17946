// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Means} from "./Means.sol";

/// @notice What miners are credited with, in hourly epochs: the events that volumes are folded from, and the contract's own totals.
abstract contract MinerVolumes {
    uint256 public constant EPOCH_LENGTH = 1 hours;

    struct MinerStats {
        uint256 volumeStaked;
        uint256 volumeRedeemed;
        uint256 totalVolume;
        uint256 epochVolume;
        uint256 lastActivity;
        uint256 lastEpoch;
    }

    mapping(address => MinerStats) private stats;
    mapping(address => bool) private known;
    address[] private miners;
    uint256 public epoch;
    uint256 public epochStart = block.timestamp;
    uint256 private depositNonce;

    event TAO20Minted(
        address indexed recipient, address indexed miner, uint256 tao20Amount, uint256 depositAmount, uint16 indexed netuid, uint256 nav, bytes32 depositId
    );
    event TAO20Redeemed(address indexed user, address indexed miner, uint256 tao20Amount, uint256 totalValue, uint256 nav);
    event MinerActivityTracked(
        address indexed miner, uint256 amount, bool isMint, uint256 timestamp, uint256 cumulativeVolume, uint256 epochVolume
    );
    event NAVUpdated(uint256 currentNAV, uint256 totalSupply, uint256 totalValue, uint256 timestamp);
    event EpochAdvanced(uint256 oldEpoch, uint256 newEpoch, uint256 timestamp);
    event NewMinerRegistered(address indexed miner, uint256 timestamp);

    error EpochNotOver(uint256 endsAt);

    function getEpochInfo() external view returns (uint256 currentEpoch, uint256 startedAt, uint256 endsAt) {
        return (epoch, epochStart, epochStart + EPOCH_LENGTH);
    }

    function getMinerStats(address miner) external view returns (MinerStats memory) {
        return stats[miner];
    }

    function getActiveMiners() external view returns (address[] memory) {
        return miners;
    }

    /// @notice Ends an hour's epoch and begins the next, and has means observed; anyone may call it once the hour is over.
    function advanceEpoch() external {
        if (block.timestamp < epochStart + EPOCH_LENGTH) revert EpochNotOver(epochStart + EPOCH_LENGTH);
        epoch += 1;
        epochStart = block.timestamp;
        emit EpochAdvanced(epoch - 1, epoch, block.timestamp);
        observer().observe(observed());
    }

    function noteMint(address holder, address miner, uint256 tokens, uint256 value, uint256 nav) internal {
        emit TAO20Minted(holder, miner, tokens, value, 0, nav, keccak256(abi.encode(block.chainid, address(this), ++depositNonce)));
        track(miner, value, true);
    }

    function noteRedemption(address holder, address miner, uint256 tokens, uint256 value, uint256 nav) internal {
        emit TAO20Redeemed(holder, miner, tokens, value, nav);
        track(miner, value, false);
    }

    function track(address miner, uint256 value, bool isMint) private {
        MinerStats storage s = stats[miner];
        if (!known[miner]) {
            known[miner] = true;
            miners.push(miner);
            emit NewMinerRegistered(miner, block.timestamp);
        }
        if (s.lastEpoch != epoch) {
            s.lastEpoch = epoch;
            s.epochVolume = 0;
        }
        if (isMint) s.volumeStaked += value;
        else s.volumeRedeemed += value;
        s.totalVolume += value;
        s.epochVolume += value;
        s.lastActivity = block.timestamp;
        emit MinerActivityTracked(miner, value, isMint, block.timestamp, s.totalVolume, s.epochVolume);
    }

    /// @dev The subnets whose prices are observed, and where.
    function observed() internal view virtual returns (uint16[] memory);

    function observer() internal view virtual returns (Means);
}
