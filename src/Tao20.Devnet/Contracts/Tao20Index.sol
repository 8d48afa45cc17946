// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Coldkey} from "./Coldkey.sol";
import {IAlpha, IStaking} from "./Interfaces.sol";

/// @notice TAO20: a token backed by a basket of subnet alpha. Minted against the basket in kind, redeemed for it, at NAV.
/// @dev Alpha is stake keyed by (hotkey, coldkey, netuid), not a token: the index keeps it under its own coldkey and one hotkey,
/// takes it with approve + transferStakeFrom and gives it back with transferStake.
contract Tao20Index is ERC20, ReentrancyGuard {
    uint256 public constant EPOCH_LENGTH = 1 hours;
    uint256 public constant BASKET_TOLERANCE_BPS = 200;

    IStaking private constant STAKING = IStaking(0x0000000000000000000000000000000000000805);
    IAlpha private constant ALPHA = IAlpha(0x0000000000000000000000000000000000000808);
    uint256 private constant ONE = 1e18;
    uint256 private constant RAO = 1e9;

    struct MinerStats {
        uint256 volumeStaked;
        uint256 volumeRedeemed;
        uint256 totalVolume;
        uint256 epochVolume;
        uint256 lastActivity;
        uint256 lastEpoch;
    }

    bytes32 public immutable hotkey;
    bytes32 public immutable coldkey;
    uint16[] private netuids;
    uint256[] private weights;

    mapping(address => MinerStats) private stats;
    mapping(address => bool) private known;
    address[] private miners;
    mapping(address => bool) public isRouter;
    address public immutable owner;
    uint256 public epoch;
    uint256 public epochStart;
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

    error Expired(uint256 deadline);
    error TooLittle(uint256 got, uint256 wanted);
    error WrongBasket(uint16 netuid, uint256 share, uint256 weight);
    error EpochNotOver(uint256 endsAt);
    error NotOwner();
    error NotRouter();

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        _;
    }

    constructor(bytes32 hotkey_, uint16[] memory netuids_, uint256[] memory weights_) ERC20("TAO20", "TAO20") {
        require(netuids_.length == weights_.length && netuids_.length > 0, "composition");
        uint256 sum;
        for (uint256 i = 0; i < weights_.length; i++) sum += weights_[i];
        require(sum == ONE, "weights must sum to 1e18");
        hotkey = hotkey_;
        coldkey = Coldkey.ofAccount(address(this));
        netuids = netuids_;
        weights = weights_;
        owner = msg.sender;
        epochStart = block.timestamp;
    }

    // ---- views ----------------------------------------------------------------------------------------------------------------

    /// @notice Value of all holdings over the supply, 18 decimals; 1.0 while there is no supply.
    function getCurrentNAV() public view returns (uint256) {
        uint256 supply = totalSupply();
        return supply == 0 ? ONE : totalValue() * ONE / supply;
    }

    /// @notice Value of all holdings at spot prices, in TAO wei.
    function totalValue() public view returns (uint256 value) {
        for (uint256 i = 0; i < netuids.length; i++) {
            value += valueOf(netuids[i], STAKING.getStake(hotkey, coldkey, netuids[i]));
        }
    }

    function getIndexComposition() external view returns (uint16[] memory, uint256[] memory) {
        return (netuids, weights);
    }

    function getEpochInfo() external view returns (uint256 currentEpoch, uint256 startedAt, uint256 endsAt) {
        return (epoch, epochStart, epochStart + EPOCH_LENGTH);
    }

    function getMinerStats(address miner) external view returns (MinerStats memory) {
        return stats[miner];
    }

    function getActiveMiners() external view returns (address[] memory) {
        return miners;
    }

    // ---- trades ---------------------------------------------------------------------------------------------------------------

    /// @notice Takes alpha of every constituent from the caller (approved before), creates tokens worth it at NAV.
    /// @param alpha Amounts in the order of the composition, each within 2 % of its weight by value.
    function mint(uint256[] calldata alpha, uint256 minOut, uint256 deadline) external nonReentrant returns (uint256) {
        return mintFor(msg.sender, msg.sender, alpha, minOut, deadline);
    }

    /// @notice The same for a router, which credits the miner that called it.
    function mintVia(address miner, uint256[] calldata alpha, uint256 minOut, uint256 deadline) external nonReentrant returns (uint256) {
        if (!isRouter[msg.sender]) revert NotRouter();
        return mintFor(msg.sender, miner, alpha, minOut, deadline);
    }

    /// @notice Takes tokens back and gives the caller its part of every holding.
    /// @param minOut The least alpha of every constituent, in the order of the composition.
    function redeem(uint256 tokens, uint256[] calldata minOut, uint256 deadline) external nonReentrant returns (uint256[] memory) {
        return redeemFor(msg.sender, msg.sender, tokens, minOut, deadline);
    }

    /// @notice The same for a router.
    function redeemVia(address miner, uint256 tokens, uint256[] calldata minOut, uint256 deadline) external nonReentrant returns (uint256[] memory) {
        if (!isRouter[msg.sender]) revert NotRouter();
        return redeemFor(msg.sender, miner, tokens, minOut, deadline);
    }

    /// @notice Ends an hour's epoch and begins the next; anyone may call it once the hour is over.
    function advanceEpoch() external {
        if (block.timestamp < epochStart + EPOCH_LENGTH) revert EpochNotOver(epochStart + EPOCH_LENGTH);
        epoch += 1;
        epochStart = block.timestamp;
        emit EpochAdvanced(epoch - 1, epoch, block.timestamp);
    }

    function setRouter(address router, bool allowed) external {
        if (msg.sender != owner) revert NotOwner();
        isRouter[router] = allowed;
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    function mintFor(address holder, address miner, uint256[] calldata alpha, uint256 minOut, uint256 deadline)
        private
        inTime(deadline)
        returns (uint256 tokens)
    {
        require(alpha.length == netuids.length, "one amount per constituent");
        uint256 nav = getCurrentNAV();
        uint256 value;
        uint256[] memory values = new uint256[](alpha.length);
        for (uint256 i = 0; i < alpha.length; i++) {
            values[i] = valueOf(netuids[i], take(holder, netuids[i], alpha[i]));
            value += values[i];
        }
        for (uint256 i = 0; i < alpha.length; i++) {
            uint256 share = values[i] * ONE / value;
            uint256 slack = weights[i] * BASKET_TOLERANCE_BPS / 10_000;
            if (share + slack < weights[i] || share > weights[i] + slack) revert WrongBasket(netuids[i], share, weights[i]);
        }

        tokens = value * ONE / nav;
        if (tokens < minOut || tokens == 0) revert TooLittle(tokens, minOut);
        _mint(holder, tokens);
        emit TAO20Minted(holder, miner, tokens, value, 0, nav, keccak256(abi.encode(block.chainid, address(this), ++depositNonce)));
        track(miner, value, true);
    }

    /// @dev What has come, which is not always what was asked for.
    function take(address holder, uint16 netuid, uint256 alpha) private returns (uint256) {
        uint256 held = STAKING.getStake(hotkey, coldkey, netuid);
        STAKING.transferStakeFrom(holder, address(this), hotkey, netuid, netuid, alpha);
        return STAKING.getStake(hotkey, coldkey, netuid) - held;
    }

    function redeemFor(address holder, address miner, uint256 tokens, uint256[] calldata minOut, uint256 deadline)
        private
        inTime(deadline)
        returns (uint256[] memory alpha)
    {
        require(minOut.length == netuids.length, "one amount per constituent");
        require(tokens > 0, "nothing to redeem");
        uint256 nav = getCurrentNAV();
        uint256 supply = totalSupply();
        _burn(holder, tokens);

        bytes32 to = Coldkey.ofAccount(holder);
        uint256 value;
        alpha = new uint256[](minOut.length);
        for (uint256 i = 0; i < minOut.length; i++) {
            alpha[i] = STAKING.getStake(hotkey, coldkey, netuids[i]) * tokens / supply;
            if (alpha[i] < minOut[i]) revert TooLittle(alpha[i], minOut[i]);
            value += valueOf(netuids[i], alpha[i]);
            STAKING.transferStake(to, hotkey, netuids[i], netuids[i], alpha[i]);
        }
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

    /// @dev alpha has 9 decimals, the price 18: alpha * price / 1e9 is TAO wei.
    function valueOf(uint16 netuid, uint256 alpha) private view returns (uint256) {
        return alpha * ALPHA.getAlphaPrice(netuid) / RAO;
    }
}
