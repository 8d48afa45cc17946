// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IStaking, IAlpha} from "./Interfaces.sol";
import {Coldkey} from "./Coldkey.sol";
import {Tao20Index} from "./Tao20Index.sol";
import {Tao20Pool} from "./Tao20Pool.sol";

/// @notice One transaction instead of forty: TAO in, basket bought, tokens minted, and the reverse; either alone or together with
/// the market trade, reverting unless it earns what the caller asks. The calling miner is credited.
contract Tao20Router is ReentrancyGuard {
    IStaking private constant STAKING = IStaking(0x0000000000000000000000000000000000000805);
    IAlpha private constant ALPHA = IAlpha(0x0000000000000000000000000000000000000808);
    uint256 private constant RAO = 1e9;
    Tao20Index public immutable index;
    Tao20Pool public immutable pool;

    /// @notice What a round trip of a miner came to: TAO put in, tokens in the middle, TAO paid back.
    event RoundTrip(address indexed miner, bool mints, uint256 spent, uint256 tokens, uint256 got);
    /// @notice Tokens of a miner were turned into TAO.
    event Redeemed(address indexed miner, uint256 tokens, uint256 got);

    error Unprofitable(uint256 got, int256 wanted);
    /// @notice How quotes are answered: the round trip is done for real and undone by this.
    error Quote(uint256 tokens, uint256 got, uint256 gasUsed);
    error Expired(uint256 deadline);

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        _;
    }

    constructor(Tao20Index index_, Tao20Pool pool_) {
        index = index_;
        pool = pool_;
        (uint16[] memory netuids,) = index_.getIndexComposition();
        for (uint256 i = 0; i < netuids.length; i++) STAKING.approve(address(index_), netuids[i], type(uint256).max);
        index_.approve(address(pool_), type(uint256).max);
    }

    receive() external payable {}

    /// @notice Buys the basket with the TAO sent, mints, and hands the tokens to the caller. What is left of the TAO goes back.
    function mint(uint256 minOut, uint256 deadline) external payable inTime(deadline) nonReentrant returns (uint256 tokens) {
        uint256 before = address(this).balance - msg.value;
        tokens = buyBasketAndMint(msg.value, minOut, deadline);
        require(index.transfer(msg.sender, tokens), "transfer");
        pay(msg.sender, address(this).balance - before);
    }

    /// @notice Takes the caller's tokens, redeems them, sells the basket and hands over the TAO.
    function redeem(uint256 tokens, uint256 minTao, uint256 deadline) external inTime(deadline) nonReentrant returns (uint256 tao) {
        uint256 before = address(this).balance;
        require(index.transferFrom(msg.sender, address(this), tokens), "transferFrom");
        redeemAndSellBasket(tokens, deadline);
        tao = address(this).balance - before;
        if (tao < minTao) revert Unprofitable(tao, int256(minTao));
        emit Redeemed(msg.sender, tokens, tao);
        pay(msg.sender, tao);
    }

    /// @notice Mints with the TAO sent and sells the tokens on the market; reverts unless the TAO grew by minProfit, which may be a loss.
    function mintAndSell(int256 minProfit, uint256 deadline) external payable inTime(deadline) nonReentrant returns (int256 profit) {
        (uint256 tokens, uint256 got) = mintThenSell(deadline);
        profit = settle(true, tokens, got, minProfit);
    }

    /// @notice Buys tokens on the market with the TAO sent and redeems them; reverts unless the TAO grew by minProfit, which may be a loss.
    function buyAndRedeem(int256 minProfit, uint256 deadline) external payable inTime(deadline) nonReentrant returns (int256 profit) {
        (uint256 tokens, uint256 got) = buyThenRedeem(deadline);
        profit = settle(false, tokens, got, minProfit);
    }

    /// @notice What mintAndSell would come to with the TAO sent. To be called, never to be sent: it always reverts, with Quote.
    function quoteMintAndSell() external payable nonReentrant {
        uint256 gas = gasleft();
        (uint256 tokens, uint256 got) = mintThenSell(block.timestamp);
        revert Quote(tokens, got, gas - gasleft());
    }

    /// @notice What buyAndRedeem would come to with the TAO sent. To be called, never to be sent: it always reverts, with Quote.
    function quoteBuyAndRedeem() external payable nonReentrant {
        uint256 gas = gasleft();
        (uint256 tokens, uint256 got) = buyThenRedeem(block.timestamp);
        revert Quote(tokens, got, gas - gasleft());
    }

    function mintThenSell(uint256 deadline) private returns (uint256 tokens, uint256 got) {
        uint256 before = address(this).balance - msg.value;
        tokens = buyBasketAndMint(msg.value, 0, deadline);
        pool.sell(tokens, 0, deadline);
        got = address(this).balance - before;
    }

    function buyThenRedeem(uint256 deadline) private returns (uint256 tokens, uint256 got) {
        uint256 before = address(this).balance - msg.value;
        tokens = pool.buy{value: msg.value}(0, deadline);
        redeemAndSellBasket(tokens, deadline);
        got = address(this).balance - before;
    }

    function buyBasketAndMint(uint256 tao, uint256 minOut, uint256 deadline) private returns (uint256) {
        (uint16[] memory netuids, uint256[] memory weights) = index.getIndexComposition();
        uint256[] memory alpha = new uint256[](netuids.length);
        bytes32 hotkey = index.hotkey();
        for (uint256 i = 0; i < netuids.length; i++) {
            uint256 rao = tao * weights[i] / 1e18 / RAO;
            uint256 held = stakeOf(hotkey, netuids[i]);
            STAKING.addStakeLimit(hotkey, rao, type(uint256).max, true, netuids[i]);
            alpha[i] = stakeOf(hotkey, netuids[i]) - held;
        }
        return index.mintVia(msg.sender, alpha, minOut, deadline);
    }

    function redeemAndSellBasket(uint256 tokens, uint256 deadline) private {
        (uint16[] memory netuids,) = index.getIndexComposition();
        uint256[] memory alpha = index.redeemVia(msg.sender, tokens, new uint256[](netuids.length), deadline);
        bytes32 hotkey = index.hotkey();
        for (uint256 i = 0; i < netuids.length; i++) {
            uint256 held = stakeOf(hotkey, netuids[i]);
            STAKING.removeStakeLimit(hotkey, alpha[i] < held ? alpha[i] : held, 0, true, netuids[i]);
        }
    }

    function settle(bool mints, uint256 tokens, uint256 got, int256 minProfit) private returns (int256 profit) {
        profit = int256(got) - int256(msg.value);
        if (profit < minProfit) revert Unprofitable(got, int256(msg.value) + minProfit);
        emit RoundTrip(msg.sender, mints, msg.value, tokens, got);
        pay(msg.sender, got);
    }

    function stakeOf(bytes32 hotkey, uint16 netuid) private view returns (uint256) {
        return STAKING.getStake(hotkey, Coldkey.ofAccount(address(this)), netuid);
    }

    function pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "the TAO was refused");
    }
}
