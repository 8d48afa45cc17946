// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a ranking says of one miner.
struct RankedMiner {
    /// From 1.
    uint256 rank;
    address miner;
    /// Weighted volume, in wei.
    uint256 weightedVolume;
    /// The score, 18 decimals.
    uint256 score;
    /// What it was paid, in rao.
    uint256 payout;
}

/// @notice Whether a miner's place, score and payout stand in a ranking, by the ranking's root alone. It keeps nothing, so that anyone can
/// deploy it and any contract can ask it.
/// @dev The root is over the leaves in rank order, a node the hash of left and right, and an odd last node goes up unchanged. A proof holds
/// for one place: the rank says on which side each sibling stands, and the count where a node has none. A leaf is hashed from five words
/// and a node from two, so that neither can be taken for the other; a false count leads along the same way or elsewhere than to the root,
/// and so proves nothing that is not so.
contract RankingProof {
    /// @param root The root that was settled.
    /// @param count How many miners are ranked.
    /// @param leaf What the ranking is said to say.
    /// @param siblings From the leaf to the root, those that there are.
    function isRanked(bytes32 root, uint256 count, RankedMiner calldata leaf, bytes32[] calldata siblings) external pure returns (bool) {
        if (leaf.rank == 0 || leaf.rank > count) return false;
        bytes32 node = keccak256(abi.encode(leaf));
        uint256 place = leaf.rank - 1;
        uint256 used = 0;
        for (; count > 1; count = (count + 1) / 2) {
            if (place % 2 == 1 || place + 1 < count) {
                if (used == siblings.length) return false;
                bytes32 sibling = siblings[used++];
                node = place % 2 == 1 ? keccak256(abi.encode(sibling, node)) : keccak256(abi.encode(node, sibling));
            }
            place /= 2;
        }
        return used == siblings.length && node == root;
    }
}
