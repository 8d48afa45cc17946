// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ChainCalls} from "./ChainCalls.sol";
import {Holdings, Leg, State, Target} from "./Holdings.sol";
import {Means} from "./Means.sol";
import {MinerVolumes} from "./MinerVolumes.sol";
import {Rules} from "./Rules.sol";
import {Targets} from "./Targets.sol";

/// @notice TAO20: a token backed by a basket of subnet alpha and TAO. Minted and redeemed in kind, pro rata of what is held: no price
/// decides tokens or payouts.
/// @dev Per token, no holding falls by an operation, beyond 1 rao a leg of the chain's own rounding. Redeeming cannot be paused. A leg that
/// is missing or dissolving stops minting; redeeming goes on without it where its holder says so.
contract Index is ERC20, Targets, MinerVolumes {
    /// @notice Locked at the first mint: keeps every leg above the chain's minimums.
    uint256 public constant DEAD = 4e18;
    address public constant DEAD_ACCOUNT = 0x000000000000000000000000000000000000dEaD;
    /// @notice The least the first mint comes to, dead shares included.
    uint256 public constant GENESIS = 20e18;
    /// @notice The highest fee, in hundredths of a percent.
    uint256 public constant MAX_FEE_BPS = 100;
    uint256 private constant BPS = 10_000;
    uint256 private constant GENESIS_TOLERANCE_BPS = 200;
    /// In `leaveMask`: the index's TAO, where 0x800 is switched off.
    uint256 private constant TAO_BIT = 255;
    address private immutable founder;
    uint256 public feeBps = 10;
    mapping(address => bool) public isRouter;

    event LegLeft(uint16 indexed netuid, uint256 alpha, address indexed holder);
    event LegSold(uint16 indexed netuid, uint256 alpha, uint256 tao);
    event FeeSet(uint256 feeBps);
    event RouterSet(address indexed router, bool allowed);
    event Paused(uint256 until);

    error Expired(uint256 deadline);
    error TooLittle(uint256 got, uint256 wanted);
    error NotOwner();
    error NotRouter();
    error BadMasks();

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert Expired(deadline);
        _;
    }

    /// @dev Payable with at least the existential deposit: otherwise a dissolved subnet's small payout would be lost.
    /// @param founder_ Who seeds and does the first mint, which chooses the basket's proportions.
    constructor(
        address founder_, address manager_, Means means_, Rules memory rules, Target[] memory targets, address[] memory routers
    ) payable ERC20("TAO20", "TAO20") Holdings(manager_, means_, targets) Targets(rules) {
        uint256 rao = ChainCalls.receivedRao();
        if (rao < ChainCalls.EXISTENTIAL_DEPOSIT) revert TooLittle(rao, ChainCalls.EXISTENTIAL_DEPOSIT);
        founder = founder_;
        for (uint256 i = 0; i < routers.length; i++) setRouterTo(routers[i], true);
    }

    // ---- the first mint ---------------------------------------------------------------------------------------------------------

    /// @notice Buys a little at each hotkey, so that nobody can fill the account's list of hotkeys before.
    /// @param rao What is bought for at each; the rest of what is sent stays.
    function seed(uint256 rao, uint256 legGas) external payable nonReentrant {
        if (msg.sender != founder) revert NotOwner();
        if (totalSupply() > 0) revert NotDue();
        ChainCalls.receivedRao();
        for (uint256 i = 0; i < list.length; i++) {
            bool first = true;
            for (uint256 j = 0; j < i && first; j++) first = list[j].hotkey != list[i].hotkey;
            if (first) ChainCalls.buyStake(list[i].netuid, list[i].hotkey, rao, legGas);
        }
    }

    /// @notice The first mint: the founder's alpha, each leg's value at its mean within 2 % of its weight. A token is worth 1 TAO.
    function genesis(uint256[] calldata alpha, uint256 legGas, uint256 deadline) external nonReentrant inTime(deadline) {
        if (msg.sender != founder) revert NotOwner();
        if (totalSupply() > 0) revert NotDue();
        if (alpha.length != list.length) revert LegsChanged(revision);
        uint256 total;
        uint256[] memory values = new uint256[](alpha.length);
        for (uint256 i = 0; i < alpha.length; i++) {
            Leg storage leg = list[i];
            if (registrationOf(leg.netuid) != leg.registration) revert Means.NoReference(leg.netuid);
            uint256 price = steppingPrice(leg, NORMAL_ERROR_BPS);
            uint256 before = held(leg);
            ChainCalls.takeStake(msg.sender, leg.netuid, leg.hotkey, alpha[i], legGas);
            uint256 holds = held(leg);
            values[i] = (holds - before) * price / RAO;
            total += values[i];
            (leg.active, leg.book, leg.anchor) = (true, uint64(holds), uint96(price));
        }
        for (uint256 i = 0; i < alpha.length; i++) {
            uint256 weight = list[i].weight;
            uint256 share = values[i] * ONE / (total == 0 ? 1 : total);
            uint256 slack = weight * GENESIS_TOLERANCE_BPS / BPS;
            if (share + slack < weight || share > weight + slack) revert BadComposition();
        }
        if (total < GENESIS) revert TooLittle(total, GENESIS);
        _mint(DEAD_ACCOUNT, DEAD);
        _mint(msg.sender, total - DEAD);
    }

    // ---- mint -------------------------------------------------------------------------------------------------------------------

    /// @notice Takes of each leg, and of the TAO sent, what the scarcest allows, and creates tokens for it.
    /// @param revision_ The revision the amounts are in the order of.
    /// @param alpha The most that is given of each leg; the account has approved it.
    /// @param gifts A mask of legs of which all is taken: what is more than its part belongs to the holders.
    /// @param legGas The gas of each leg's transfer.
    /// @return tokens What was created.
    function mint(
        uint256 revision_, uint256[] calldata alpha, uint256 gifts, uint256 minTokens, uint256 legGas, uint256 deadline
    ) external payable nonReentrant inTime(deadline) returns (uint256 tokens) {
        return mintFor(msg.sender, revision_, alpha, gifts, minTokens, legGas);
    }

    /// @notice The same for a router, which credits a miner.
    function mintVia(
        address miner, uint256 revision_, uint256[] calldata alpha, uint256 gifts, uint256 minTokens, uint256 legGas, uint256 deadline
    ) external payable nonReentrant inTime(deadline) returns (uint256 tokens) {
        if (!isRouter[msg.sender]) revert NotRouter();
        return mintFor(miner, revision_, alpha, gifts, minTokens, legGas);
    }

    function mintFor(
        address miner, uint256 revision_, uint256[] calldata alpha, uint256 gifts, uint256 minTokens, uint256 legGas
    ) private returns (uint256 tokens) {
        if (block.timestamp < pausedUntil) revert IsPaused(pausedUntil);
        State[] memory states = begin(revision_, alpha.length);
        uint256 supply = totalSupply();
        if (supply == 0) revert NotDue();
        uint256 value = ChainCalls.receivedRao();
        uint256 tao = taoOf(address(this).balance / RAO - value);
        uint256 nav = navAt(states, tao, supply, true);

        // What the scarcest leg allows.
        uint256 most = tao > 0 ? Math.mulDiv(value, supply, tao) : type(uint256).max;
        for (uint256 i = 0; i < states.length; i++) {
            requireWhole(list[i].netuid, states[i]);
            if (states[i].counts) most = Math.min(most, Math.mulDiv(alpha[i], supply, states[i].held));
        }
        if (most == 0 || most == type(uint256).max) revert TooLittle(0, minTokens);

        uint256 gross = most;
        for (uint256 i = 0; i < states.length; i++) {
            if (!states[i].counts) continue;
            uint256 asked = wanted(alpha[i], gifts, i, most, states[i].held, supply);
            uint256 came = take(list[i], states[i].held, asked, legGas);
            gross = Math.min(gross, Math.mulDiv(came, supply, states[i].held));
        }
        uint256 due = tao > 0 ? Math.mulDiv(gross, tao, supply, Math.Rounding.Ceil) : 0;
        tokens = gross - Math.mulDiv(gross, feeBps, BPS, Math.Rounding.Ceil);
        if (tokens == 0 || tokens < minTokens) revert TooLittle(tokens, minTokens);
        _mint(msg.sender, tokens);
        noteMint(msg.sender, miner, tokens, Math.mulDiv(tokens, nav, ONE), nav);
        ChainCalls.pay(msg.sender, value - due, legGas);
    }

    /// @dev A share of the chain's pools may be rounded down by one.
    function wanted(uint256 alpha, uint256 gifts, uint256 i, uint256 gross, uint256 held_, uint256 supply) private pure returns (uint256) {
        if ((gifts >> i) & 1 == 1) return alpha;
        return Math.min(alpha, Math.mulDiv(gross, held_, supply, Math.Rounding.Ceil) + 1);
    }

    /// @dev What has come, which is not always what was asked for.
    function take(Leg storage leg, uint256 before, uint256 alpha, uint256 legGas) private returns (uint256) {
        ChainCalls.takeStake(msg.sender, leg.netuid, leg.hotkey, alpha, legGas);
        uint256 holds = held(leg);
        leg.book = uint64(holds);
        return holds - before;
    }

    // ---- redeem -----------------------------------------------------------------------------------------------------------------

    /// @notice Takes tokens back and gives their part of every holding, by the masks: transferred, sold or left.
    /// @param minOut The least alpha of each leg that is transferred.
    /// @param minTao The least TAO, of the index's own and of what is sold together, in rao.
    /// @param sellMask A mask of legs that are sold: their TAO is paid, at whatever price.
    /// @param leaveMask A mask of legs of which nothing is paid: their part is left to the other holders. Bit 255 leaves the TAO.
    function redeem(
        uint256 revision_,
        uint256 tokens,
        uint256[] calldata minOut,
        uint256 minTao,
        uint256 sellMask,
        uint256 leaveMask,
        uint256 legGas,
        uint256 deadline
    ) external nonReentrant inTime(deadline) {
        redeemFor(msg.sender, Redemption(revision_, tokens, minTao, sellMask, leaveMask, legGas), minOut);
    }

    /// @notice The same for a router, whose tokens are burnt: a miner is paid and credited.
    function redeemVia(
        address miner,
        uint256 revision_,
        uint256 tokens,
        uint256[] calldata minOut,
        uint256 minTao,
        uint256 sellMask,
        uint256 leaveMask,
        uint256 legGas,
        uint256 deadline
    ) external nonReentrant inTime(deadline) {
        if (!isRouter[msg.sender]) revert NotRouter();
        redeemFor(miner, Redemption(revision_, tokens, minTao, sellMask, leaveMask, legGas), minOut);
    }

    struct Redemption {
        uint256 revision;
        uint256 tokens;
        uint256 minTao;
        uint256 sellMask;
        uint256 leaveMask;
        uint256 legGas;
    }

    function redeemFor(address miner, Redemption memory r, uint256[] calldata minOut) private {
        State[] memory states = begin(r.revision, minOut.length);
        uint256 supply = totalSupply();
        if (r.tokens == 0) revert TooLittle(0, 1);
        uint256 allowed = (1 << list.length) - 1;
        if (r.sellMask & r.leaveMask != 0 || r.sellMask & ~allowed != 0 || r.leaveMask & ~(allowed | (1 << TAO_BIT)) != 0) revert BadMasks();
        uint256 paid = r.tokens - Math.mulDiv(r.tokens, feeBps, BPS, Math.Rounding.Ceil);
        uint256 tao = taoHeld();
        uint256 nav = navAt(states, tao, supply, true);
        _burn(msg.sender, r.tokens);

        uint256 rao = (r.leaveMask >> TAO_BIT) & 1 == 1 ? 0 : Math.mulDiv(tao, paid, supply);
        bytes32 to = ChainCalls.coldkeyOf(miner);
        for (uint256 i = 0; i < states.length; i++) {
            if (states[i].counts) rao += payLeg(list[i], i, states[i], Math.mulDiv(states[i].held, paid, supply), r, minOut[i], to);
        }
        if (rao < r.minTao) revert TooLittle(rao, r.minTao);
        noteRedemption(msg.sender, miner, r.tokens, Math.mulDiv(r.tokens, nav, ONE), nav);
        ChainCalls.pay(miner, rao, r.legGas);
    }

    /// @dev One leg's part of a redemption; the TAO of a sale, in rao.
    function payLeg(Leg storage leg, uint256 i, State memory state, uint256 alpha, Redemption memory r, uint256 minOut, bytes32 to)
        private
        returns (uint256 rao)
    {
        uint16 netuid = leg.netuid;
        if ((r.leaveMask >> i) & 1 == 1) {
            emit LegLeft(netuid, alpha, msg.sender);
            if (!state.missing && !state.dissolving) leg.book = uint64(state.held);
            return 0;
        }
        if (state.missing) revert HoldingMissing(netuid);
        if (state.dissolving) revert LegDissolving(netuid);
        if ((r.sellMask >> i) & 1 == 0) {
            if (alpha < minOut) revert TooLittle(alpha, minOut);
            if (alpha > 0) ChainCalls.giveStake(to, netuid, leg.hotkey, alpha, r.legGas);
        } else if (alpha > 0) {
            uint256 before = address(this).balance;
            ChainCalls.sellStake(netuid, leg.hotkey, alpha, r.legGas);
            rao = (address(this).balance - before) / RAO;
        }
        uint256 holds = held(leg);

        // What is left of a leg is sold along where it is too little for a nomination: that is not the redeemer's.
        if (state.held > holds + alpha + 1) revert LegSwept(netuid);
        leg.book = uint64(holds);
        if ((r.sellMask >> i) & 1 == 1) emit LegSold(netuid, state.held - holds, rao);
    }

    // ---- the manager ------------------------------------------------------------------------------------------------------------

    function setFee(uint256 bps) external onlyManager {
        if (bps > MAX_FEE_BPS) revert TooLittle(MAX_FEE_BPS, bps);
        feeBps = bps;
        emit FeeSet(bps);
    }

    function setRouter(address router, bool allowed) external onlyManager {
        setRouterTo(router, allowed);
    }

    function setRouterTo(address router, bool allowed) private {
        isRouter[router] = allowed;
        emit RouterSet(router, allowed);
    }

    /// @notice Stops minting and trades until then; redeeming goes on.
    function pause(uint256 until) external onlyManager {
        pausedUntil = until;
        emit Paused(until);
    }

    // ---- inside -----------------------------------------------------------------------------------------------------------------

    function tokensInAll() internal view override returns (uint256) {
        return totalSupply();
    }

    function observed() internal view override returns (uint16[] memory netuids) {
        netuids = new uint16[](list.length);
        for (uint256 i = 0; i < netuids.length; i++) netuids[i] = list[i].netuid;
    }

    function observer() internal view override returns (Means) {
        return means;
    }

    receive() external payable {}
}
