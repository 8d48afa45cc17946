// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20, IStaking, IAlpha} from "./Interfaces.sol";
import {Coldkey} from "./Coldkey.sol";
import {Tao20Index} from "./Tao20Index.sol";
import {Tao20Pool} from "./Tao20Pool.sol";

/// @notice One transaction instead of forty: TAO in, basket bought, tokens minted, and the reverse; either alone or together with
/// the market trade, reverting unless it earns what the caller asks. The calling miner is credited.
contract Tao20Router {
    IStaking private constant STAKING = IStaking(0x0000000000000000000000000000000000000805);
    IAlpha private constant ALPHA = IAlpha(0x0000000000000000000000000000000000000808);
    uint256 private constant RAO = 1e9;
    Tao20Index public immutable index;
    Tao20Pool public immutable pool;
    /// @notice Whether staking calls carry their TAO as value: on the local chain yes, on Subtensor (which takes it itself) no.
    bool public immutable stakingTakesValue;
    uint256 private entered = 1;

    error Unprofitable(uint256 got, uint256 wanted);
    error Expired(uint256 deadline);
    error Reentered();

    modifier once(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        if (entered != 1) revert Reentered();
        entered = 2;
        _;
        entered = 1;
    }

    constructor(Tao20Index index_, Tao20Pool pool_, bool stakingTakesValue_) {
        index = index_;
        pool = pool_;
        stakingTakesValue = stakingTakesValue_;
        (uint16[] memory netuids,) = index_.getIndexComposition();
        for (uint256 i = 0; i < netuids.length; i++) STAKING.approve(address(index_), netuids[i], type(uint256).max);
        index_.approve(address(pool_), type(uint256).max);
    }

    receive() external payable {}

    /// @notice Buys the basket with the TAO sent, mints, and hands the tokens to the caller. What is left of the TAO goes back.
    function mint(uint256 minOut, uint256 deadline) external payable once(deadline) returns (uint256 tokens) {
        uint256 before = address(this).balance - msg.value;
        tokens = buyBasketAndMint(msg.value, minOut, deadline);
        require(index.transfer(msg.sender, tokens), "transfer");
        pay(msg.sender, address(this).balance - before);
    }

    /// @notice Takes the caller's tokens, redeems them, sells the basket and hands over the TAO.
    function redeem(uint256 tokens, uint256 minTao, uint256 deadline) external once(deadline) returns (uint256 tao) {
        uint256 before = address(this).balance;
        require(index.transferFrom(msg.sender, address(this), tokens), "transferFrom");
        redeemAndSellBasket(tokens, deadline);
        tao = address(this).balance - before;
        if (tao < minTao) revert Unprofitable(tao, minTao);
        pay(msg.sender, tao);
    }

    /// @notice Mints with the TAO sent and sells the tokens on the market; reverts unless the TAO grew by minProfit.
    function mintAndSell(uint256 minProfit, uint256 deadline) external payable once(deadline) returns (uint256 profit) {
        uint256 before = address(this).balance - msg.value;
        pool.sell(buyBasketAndMint(msg.value, 0, deadline), 0, deadline);
        profit = settle(before, msg.value, minProfit);
    }

    /// @notice Buys tokens on the market with the TAO sent and redeems them; reverts unless the TAO grew by minProfit.
    function buyAndRedeem(uint256 minProfit, uint256 deadline) external payable once(deadline) returns (uint256 profit) {
        uint256 before = address(this).balance - msg.value;
        redeemAndSellBasket(pool.buy{value: msg.value}(0, deadline), deadline);
        profit = settle(before, msg.value, minProfit);
    }

    function buyBasketAndMint(uint256 tao, uint256 minOut, uint256 deadline) private returns (uint256) {
        (uint16[] memory netuids, uint256[] memory weights) = index.getIndexComposition();
        uint256[] memory alpha = new uint256[](netuids.length);
        bytes32 hotkey = index.hotkey();
        for (uint256 i = 0; i < netuids.length; i++) {
            uint256 rao = tao * weights[i] / 1e18 / RAO;
            uint256 held = stakeOf(hotkey, netuids[i]);
            STAKING.addStakeLimit{value: stakingTakesValue ? rao * RAO : 0}(hotkey, rao, type(uint256).max, true, netuids[i]);
            alpha[i] = stakeOf(hotkey, netuids[i]) - held;
        }
        return index.mintVia(msg.sender, alpha, minOut, deadline);
    }

    function redeemAndSellBasket(uint256 tokens, uint256 deadline) private {
        (uint16[] memory netuids,) = index.getIndexComposition();
        uint256[] memory alpha = index.redeemVia(msg.sender, tokens, new uint256[](netuids.length), deadline);
        bytes32 hotkey = index.hotkey();
        for (uint256 i = 0; i < netuids.length; i++) STAKING.removeStakeLimit(hotkey, alpha[i], 0, true, netuids[i]);
    }

    function settle(uint256 before, uint256 spent, uint256 minProfit) private returns (uint256 profit) {
        uint256 got = address(this).balance - before;
        if (got < spent + minProfit) revert Unprofitable(got, spent + minProfit);
        profit = got - spent;
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
