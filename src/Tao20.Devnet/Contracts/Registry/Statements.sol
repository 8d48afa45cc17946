// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a validator states about an epoch that is over: a function of the chain at the epoch's last block, in which there is
/// nothing of the validator's own.
struct Statement {
    uint256 epoch;
    uint64 blockNumber;
    bytes32 blockHash;
    /// The index's getCurrentNAV(), or 0 where it could not be had.
    uint256 nav;
    uint256 totalSupply;
    bytes32 rankingRoot;
    /// keccak256(abi.encode(uids, weights))
    bytes32 weightsHash;
    /// keccak256 of the text of the parameters that hold for the epoch.
    bytes32 parameters;
}

/// @notice A statement with the weights it has the hash of.
struct Stated {
    Statement statement;
    uint16[] uids;
    uint16[] weights;
}

library Statements {
    bytes32 private constant TYPE = keccak256(
        "NavAttestation(uint256 epoch,uint64 blockNumber,bytes32 blockHash,uint256 nav,uint256 totalSupply,bytes32 rankingRoot,bytes32 weightsHash,bytes32 parameters,address validator)"
    );
    uint256 private constant MOST_WEIGHTS = 256;
    uint256 private constant MOST = 2 ** 96;

    error TooManyWeights(uint256 count);
    error WrongWeights(bytes32 given, bytes32 stated);
    error NotAscending(uint256 place);
    error TooLarge(uint256 value);

    /// @notice The same for all who state the same.
    function hashOf(Statement memory said) internal pure returns (bytes32) {
        return keccak256(abi.encode(said));
    }

    /// @notice The hash of the struct that a validator signs (EIP-712).
    function structHashOf(Statement memory said, address validator) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPE, said, validator));
    }

    function requireWeights(Stated calldata given) internal pure {
        bytes32 hash = keccak256(abi.encode(given.uids, given.weights));
        if (hash != given.statement.weightsHash) revert WrongWeights(hash, given.statement.weightsHash);
    }

    /// @notice That a statement is one that the contract can grade.
    function requirePlausible(Stated calldata given) internal pure {
        requireAscending(given.uids, given.weights.length);
        if (given.statement.nav > MOST) revert TooLarge(given.statement.nav);
        if (given.statement.totalSupply > MOST) revert TooLarge(given.statement.totalSupply);
        requireWeights(given);
    }

    function requireAscending(uint16[] calldata uids, uint256 weights) private pure {
        uint256 count = uids.length;
        if (count > MOST_WEIGHTS || count != weights) revert TooManyWeights(count);
        for (uint256 i = 1; i < count; i++) {
            if (uids[i] <= uids[i - 1]) revert NotAscending(i);
        }
    }
}
