// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {Holdings, Leg} from "./Holdings.sol";
import {Index} from "./Index.sol";
import {Lens} from "./Lens.sol";
import {Pool} from "./Pool.sol";

/// @notice How a basket is bought: in the order of the index's legs, amounts in rao.
struct Order {
    /// The revision the amounts are in the order of.
    uint256 revision;
    /// What is spent for each leg; where the index has none of it, nothing.
    uint256[] tao;
    /// The highest price each pool may end at, in rao per alpha.
    uint256[] limit;
    /// A mask of legs of which all that is bought goes to the holders: those too thin for what a mint needs of them.
    uint256 gifts;
    /// A mask of legs of which what is not needed goes to the caller; of others it stays here, anybody's.
    uint256 back;
    /// The gas of each call that moves stake or TAO.
    uint256 legGas;
}

/// @notice One transaction instead of forty: the basket is bought for TAO and minted with, or tokens are bought and redeemed for TAO; also
/// together with the market's side, and then only if the caller's TAO grows by what it asks. The caller is the miner that is credited.
/// @dev It keeps nothing of anybody but dust, gives out TAO by 0x800 alone, and allows the index exactly the stake it holds, each time.
contract Router is ReentrancyGuard {
    uint256 private constant RAO = ChainCalls.RAO;
    Index public immutable index;
    Pool public immutable pool;
    /// @notice Where orders are quoted.
    Lens public immutable lens;
    bytes32 public immutable coldkey;

    /// @notice What a round trip of a miner came to: TAO put in, tokens in the middle, TAO paid back.
    event RoundTrip(address indexed miner, bool mints, uint256 spent, uint256 tokens, uint256 got);

    error Expired(uint256 deadline);
    error Unprofitable(uint256 got, int256 wanted);
    error TooLittle(uint256 got, uint256 wanted);
    /// @notice How quotes are answered: the round trip is done for real and undone by this.
    error Quote(uint256 tokens, uint256 got, uint256 gasUsed);

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        _;
    }

    constructor(Index index_, Pool pool_, Lens lens_) {
        (index, pool, lens, coldkey) = (index_, pool_, lens_, ChainCalls.coldkeyOf(address(this)));
        if (!index_.approve(address(pool_), type(uint256).max)) revert TooLittle(0, type(uint256).max);
    }

    receive() external payable {}

    /// @notice Buys the basket for the TAO sent, mints, and hands the tokens to the caller with the TAO that was not needed.
    function mint(Order calldata order, uint256 minTokens, uint256 deadline)
        external
        payable
        nonReentrant
        inTime(deadline)
        returns (uint256 tokens)
    {
        uint256 before = address(this).balance - msg.value;
        tokens = buyAndMint(order, minTokens);
        if (!index.transfer(msg.sender, tokens)) revert TooLittle(0, tokens);
        ChainCalls.pay(msg.sender, (address(this).balance - before) / RAO, order.legGas);
    }

    /// @notice Mints for the TAO sent and sells the tokens on the market; reverts unless the TAO grew by minProfit, which may be a loss.
    function mintAndSell(Order calldata order, int256 minProfit, uint256 deadline)
        external
        payable
        nonReentrant
        inTime(deadline)
        returns (int256 profit)
    {
        (uint256 tokens, uint256 got) = mintThenSell(order, deadline);
        profit = int256(got) - int256(msg.value);
        if (profit < minProfit) revert Unprofitable(got, int256(msg.value) + minProfit);
        emit RoundTrip(msg.sender, true, msg.value, tokens, got);
        ChainCalls.pay(msg.sender, got / RAO, order.legGas);
    }

    /// @notice Buys tokens on the market for the TAO sent and redeems them, by masks of the legs that are sold and that are left; what is
    /// neither comes in alpha. Reverts unless the TAO grew by minProfit, which may be a loss.
    function buyAndRedeem(uint256 revision, uint256 sellMask, uint256 leaveMask, int256 minProfit, uint256 legGas, uint256 deadline)
        external
        payable
        nonReentrant
        inTime(deadline)
        returns (int256 profit)
    {
        (uint256 tokens, uint256 got) = buyThenRedeem(revision, sellMask, leaveMask, legGas, deadline);
        profit = int256(got) - int256(msg.value);
        if (profit < minProfit) revert Unprofitable(got, int256(msg.value) + minProfit);
        emit RoundTrip(msg.sender, false, msg.value, tokens, got);
    }

    /// @notice What mintAndSell would come to with the TAO sent. To be called, never to be sent: it always reverts, with Quote.
    function quoteMintAndSell(Order calldata order) external payable nonReentrant {
        uint256 gas = gasleft();
        (uint256 tokens, uint256 got) = mintThenSell(order, block.timestamp);
        revert Quote(tokens, got, gas - gasleft());
    }

    /// @notice What buyAndRedeem would come to with the TAO sent. To be called, never to be sent: it always reverts, with Quote.
    function quoteBuyAndRedeem(uint256 revision, uint256 sellMask, uint256 leaveMask, uint256 legGas) external payable nonReentrant {
        uint256 gas = gasleft();
        (uint256 tokens, uint256 got) = buyThenRedeem(revision, sellMask, leaveMask, legGas, block.timestamp);
        revert Quote(tokens, got, gas - gasleft());
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    function mintThenSell(Order calldata order, uint256 deadline) private returns (uint256 tokens, uint256 got) {
        uint256 before = address(this).balance - msg.value;
        tokens = buyAndMint(order, 0);
        pool.sell(tokens, 0, deadline);
        got = address(this).balance - before;
    }

    /// @dev The index pays the caller itself: what it has got is what it has more.
    function buyThenRedeem(uint256 revision, uint256 sellMask, uint256 leaveMask, uint256 legGas, uint256 deadline)
        private
        returns (uint256 tokens, uint256 got)
    {
        ChainCalls.receivedRao();
        tokens = pool.buy{value: msg.value}(0, deadline);
        uint256 before = msg.sender.balance;
        uint256[] memory noLeast = new uint256[](index.legs().length);
        index.redeemVia(msg.sender, revision, tokens, noLeast, 0, sellMask, leaveMask, legGas, deadline);
        got = msg.sender.balance - before;
    }

    function buyAndMint(Order calldata order, uint256 minTokens) private returns (uint256 tokens) {
        uint256 rest = ChainCalls.receivedRao();
        Leg[] memory legs = index.legs();
        if (order.tao.length != legs.length || order.limit.length != legs.length) revert Holdings.LegsChanged(order.revision);
        uint256[] memory alpha = new uint256[](legs.length);
        for (uint256 i = 0; i < legs.length; i++) {
            if (order.tao[i] == 0) continue;
            if (order.tao[i] > rest) revert TooLittle(rest, order.tao[i]);
            rest -= order.tao[i];
            ChainCalls.buyAllBelow(legs[i].netuid, legs[i].hotkey, order.tao[i], order.limit[i], order.legGas);
            alpha[i] = ChainCalls.stakeOf(legs[i].netuid, legs[i].hotkey, coldkey);
            ChainCalls.allowStake(address(index), legs[i].netuid, alpha[i], order.legGas);
        }
        tokens = index.mintVia{value: rest * RAO}(
            msg.sender, order.revision, alpha, order.gifts, minTokens, order.legGas, block.timestamp
        );
        giveBack(order, legs);
    }

    function giveBack(Order calldata order, Leg[] memory legs) private {
        bytes32 to = ChainCalls.coldkeyOf(msg.sender);
        for (uint256 i = 0; i < legs.length; i++) {
            if ((order.back >> i) & 1 == 0) continue;
            uint256 alpha = ChainCalls.stakeOf(legs[i].netuid, legs[i].hotkey, coldkey);
            if (alpha > 0) ChainCalls.giveStake(to, legs[i].netuid, legs[i].hotkey, alpha, order.legGas);
        }
    }
}
