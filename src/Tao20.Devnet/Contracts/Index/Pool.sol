// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {Index} from "./Index.sol";

/// @notice The market of an index's token and TAO: a constant-product pool with a fee of 0.3 % that stays in it.
/// @dev TAO comes and goes in whole rao, and goes by 0x800 alone: no code of a receiver runs. The token is ours.
contract Pool is ReentrancyGuard {
    uint256 private constant FEE_LEFT = 997;
    uint256 private constant FEE_PARTS = 1_000;
    uint256 private constant RAO = ChainCalls.RAO;

    Index public immutable token;
    uint256 public reserveTao;
    uint256 public reserveToken;
    uint256 public totalShares;
    mapping(address => uint256) public shares;

    event Swap(address indexed trader, bool buysToken, uint256 amountIn, uint256 amountOut, uint256 reserveTao, uint256 reserveToken);
    event LiquidityAdded(address indexed provider, uint256 tao, uint256 tokens, uint256 shares);
    event LiquidityRemoved(address indexed provider, uint256 tao, uint256 tokens, uint256 shares);

    error Expired(uint256 deadline);
    error TooLittle(uint256 got, uint256 wanted);

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        _;
    }

    constructor(Index token_) {
        token = token_;
    }

    /// @notice TAO for one token at the margin, 18 decimals.
    function spotPrice() external view returns (uint256) {
        return reserveToken == 0 ? 0 : reserveTao * 1e18 / reserveToken;
    }

    /// @notice What a swap of amountIn gives now, fee and slippage included; TAO in whole rao.
    function quote(bool buysToken, uint256 amountIn) public view returns (uint256) {
        (uint256 from, uint256 to) = buysToken ? (reserveTao, reserveToken) : (reserveToken, reserveTao);
        if (from == 0) return 0;
        uint256 out = Math.mulDiv(to, amountIn * FEE_LEFT, from * FEE_PARTS + amountIn * FEE_LEFT);
        return buysToken ? out : out / RAO * RAO;
    }

    function addLiquidity(uint256 tokens, uint256 minShares, uint256 deadline)
        external
        payable
        nonReentrant
        inTime(deadline)
        returns (uint256 minted)
    {
        ChainCalls.receivedRao();
        minted = totalShares == 0
            ? Math.sqrt(msg.value * tokens)
            : Math.min(Math.mulDiv(msg.value, totalShares, reserveTao), Math.mulDiv(tokens, totalShares, reserveToken));
        if (minted < minShares || minted == 0) revert TooLittle(minted, minShares);
        take(tokens);
        totalShares += minted;
        shares[msg.sender] += minted;
        (reserveTao, reserveToken) = (reserveTao + msg.value, reserveToken + tokens);
        emit LiquidityAdded(msg.sender, msg.value, tokens, minted);
    }

    function removeLiquidity(uint256 burned, uint256 minTao, uint256 minTokens, uint256 deadline) external nonReentrant inTime(deadline) {
        uint256 tao = Math.mulDiv(reserveTao, burned, totalShares) / RAO * RAO;
        uint256 tokens = Math.mulDiv(reserveToken, burned, totalShares);
        if (tao < minTao) revert TooLittle(tao, minTao);
        if (tokens < minTokens) revert TooLittle(tokens, minTokens);
        shares[msg.sender] -= burned;
        totalShares -= burned;
        (reserveTao, reserveToken) = (reserveTao - tao, reserveToken - tokens);
        give(tokens);
        pay(tao);
        emit LiquidityRemoved(msg.sender, tao, tokens, burned);
    }

    function buy(uint256 minOut, uint256 deadline) external payable nonReentrant inTime(deadline) returns (uint256 out) {
        ChainCalls.receivedRao();
        out = quote(true, msg.value);
        if (out < minOut || out == 0) revert TooLittle(out, minOut);
        (reserveTao, reserveToken) = (reserveTao + msg.value, reserveToken - out);
        give(out);
        emit Swap(msg.sender, true, msg.value, out, reserveTao, reserveToken);
    }

    function sell(uint256 tokens, uint256 minOut, uint256 deadline) external nonReentrant inTime(deadline) returns (uint256 out) {
        out = quote(false, tokens);
        if (out < minOut || out < ChainCalls.EXISTENTIAL_DEPOSIT * RAO) revert TooLittle(out, minOut);
        take(tokens);
        (reserveToken, reserveTao) = (reserveToken + tokens, reserveTao - out);
        pay(out);
        emit Swap(msg.sender, false, tokens, out, reserveTao, reserveToken);
    }

    function take(uint256 tokens) private {
        if (!token.transferFrom(msg.sender, address(this), tokens)) revert TooLittle(0, tokens);
    }

    function give(uint256 tokens) private {
        if (!token.transfer(msg.sender, tokens)) revert TooLittle(0, tokens);
    }

    function pay(uint256 tao) private {
        ChainCalls.pay(msg.sender, tao / RAO, ChainCalls.PAY_GAS);
    }
}
