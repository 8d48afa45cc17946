// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The TAO20/TAO market: a constant-product pool with a 0.3 % fee that stays in the pool.
contract Tao20Pool is ReentrancyGuard {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
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

    constructor(IERC20 token_) {
        token = token_;
    }

    /// @notice TAO for one token at the margin, 18 decimals.
    function spotPrice() external view returns (uint256) {
        return reserveToken == 0 ? 0 : reserveTao * 1e18 / reserveToken;
    }

    /// @notice What a swap of amountIn gives now, fee and slippage included.
    function quote(bool buysToken, uint256 amountIn) public view returns (uint256) {
        (uint256 from, uint256 to) = buysToken ? (reserveTao, reserveToken) : (reserveToken, reserveTao);
        uint256 afterFee = amountIn * 997;
        return from == 0 ? 0 : to * afterFee / (from * 1000 + afterFee);
    }

    function addLiquidity(uint256 tokens, uint256 minShares, uint256 deadline) external payable inTime(deadline) nonReentrant returns (uint256 minted) {
        if (totalShares == 0) {
            minted = Math.sqrt(msg.value * tokens);
        } else {
            uint256 byTao = msg.value * totalShares / reserveTao;
            uint256 byToken = tokens * totalShares / reserveToken;
            minted = byTao < byToken ? byTao : byToken;
        }
        if (minted < minShares || minted == 0) revert TooLittle(minted, minShares);
        token.safeTransferFrom(msg.sender, address(this), tokens);
        totalShares += minted;
        shares[msg.sender] += minted;
        reserveTao += msg.value;
        reserveToken += tokens;
        emit LiquidityAdded(msg.sender, msg.value, tokens, minted);
    }

    function removeLiquidity(uint256 burned, uint256 minTao, uint256 minTokens, uint256 deadline) external inTime(deadline) nonReentrant {
        uint256 tao = reserveTao * burned / totalShares;
        uint256 tokens = reserveToken * burned / totalShares;
        if (tao < minTao) revert TooLittle(tao, minTao);
        if (tokens < minTokens) revert TooLittle(tokens, minTokens);
        shares[msg.sender] -= burned;
        totalShares -= burned;
        reserveTao -= tao;
        reserveToken -= tokens;
        token.safeTransfer(msg.sender, tokens);
        pay(msg.sender, tao);
        emit LiquidityRemoved(msg.sender, tao, tokens, burned);
    }

    function buy(uint256 minOut, uint256 deadline) external payable inTime(deadline) nonReentrant returns (uint256 out) {
        out = quote(true, msg.value);
        if (out < minOut || out == 0) revert TooLittle(out, minOut);
        reserveTao += msg.value;
        reserveToken -= out;
        token.safeTransfer(msg.sender, out);
        emit Swap(msg.sender, true, msg.value, out, reserveTao, reserveToken);
    }

    function sell(uint256 tokens, uint256 minOut, uint256 deadline) external inTime(deadline) nonReentrant returns (uint256 out) {
        out = quote(false, tokens);
        if (out < minOut || out == 0) revert TooLittle(out, minOut);
        token.safeTransferFrom(msg.sender, address(this), tokens);
        reserveToken += tokens;
        reserveTao -= out;
        pay(msg.sender, out);
        emit Swap(msg.sender, false, tokens, out, reserveTao, reserveToken);
    }

    function pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "the TAO was refused");
    }
}
