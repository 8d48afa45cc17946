// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Balancer} from "./Balancer.sol";
import {Dissolution} from "./Dissolution.sol";
import {MovingPrice} from "./MovingPrice.sol";
import {Clock, Emission, GasRule, Lock, Neuron, Rules, SharePool, StorageKey, Subnet, Weight, WeightRules} from "./SubtensorState.sol";
import {Swaps} from "./Swaps.sol";

/// @notice What the devnet and tests set on the chain that stands in for Subtensor, where on the real one root, owners, miners and time do.
contract SubtensorHarness is Swaps, Dissolution {
    uint32 private constant JUNE = 425;
    uint32 private constant OCTOBER = 473;

    // ---- the runtime -------------------------------------------------------------------------------------------------------------

    /// @notice The rules of a spec that is known: a runtime upgrade, when it is called in a run.
    function setSpec(uint32 spec) external {
        require(spec == JUNE || spec == OCTOBER, "no such spec is known");
        bool october = spec == OCTOBER;
        rules = Rules({
            spec: spec,
            capsTransfers: !october,
            refusesForeignFrames: october,
            reverseUidIndex: october,
            phasedDissolution: october,
            laterFunctions: october,
            boundsStakingHotkeys: october,
            minStake: 2_000_000,
            minTransfer: october ? 100_000 : 2_000_000,
            nominatorMinStake: 20_000_000
        });
    }

    /// @notice Rules that no spec known has.
    function setRules(Rules calldata rules_) external {
        rules = rules_;
    }

    function getRules() external view returns (Rules memory) {
        return rules;
    }

    function isDisabled(address precompile) external view returns (bool) {
        return disabled[precompile];
    }

    function setDisabled(address precompile, bool off) external {
        disabled[precompile] = off;
    }

    function setGas(address precompile, bytes4 selector, uint64 available, uint64 charged) external {
        gasRules[precompile][selector] = GasRule(available, charged);
    }

    /// @notice Makes keys of the storage known: each names its item, of one subnet, neuron or account.
    function setStorageKeys(bytes[] calldata keys, string[] calldata items, uint16 netuid, uint16 uid, bytes32 account) external {
        for (uint256 i = 0; i < keys.length; i++) {
            storageKeys[keccak256(keys[i])] = StorageKey(keccak256(bytes(items[i])), netuid, uid, account);
        }
    }

    /// @notice Takes an item out of the storage, as an upgrade may.
    function setDropped(string calldata item, bool off) external {
        dropped[keccak256(bytes(item))] = off;
    }

    function areDropped(string[] calldata items) external view returns (bool[] memory off) {
        off = new bool[](items.length);
        for (uint256 i = 0; i < items.length; i++) off[i] = dropped[keccak256(bytes(items[i]))];
    }

    /// @notice Gives an item more bytes than are known.
    function setLengthened(string calldata item, bytes calldata more) external {
        lengthened[keccak256(bytes(item))] = more;
    }

    // ---- subnets and pools ---------------------------------------------------------------------------------------------------------

    /// @notice A subnet with such a pool; one that is not there yet is registered with the defaults, traded at once.
    function setPool(uint16 netuid, uint64 tao, uint64 alpha) external {
        if (!subnets[netuid].exists) register(netuid);
        (subnets[netuid].tao, subnets[netuid].alpha) = (tao, alpha);
    }

    function registerSubnet(uint16 netuid) external {
        register(netuid);
    }

    function register(uint16 netuid) private {
        Subnet storage subnet = subnets[netuid];
        (uint64 registrations, bool legacy) = (subnet.registrations, subnet.legacy);
        delete subnets[netuid];
        (subnet.exists, subnet.subtokenEnabled, subnet.legacy) = (true, true, legacy);
        subnet.mechanism = netuid == ROOT ? 0 : 1;
        (subnet.feeRate, subnet.quoteWeight) = (33, uint64(Balancer.WEIGHTS / 2));
        (subnet.registrations, subnet.registeredAt) = (registrations + 1, uint64(block.number));
        clocks[netuid] = Clock(360, 0, uint64(block.number));
        weightRules[netuid] = WeightRules(0, 100, false, 1, 1, 256);
    }

    function setQuoteWeight(uint16 netuid, uint64 weight) external {
        subnets[netuid].quoteWeight = weight;
    }

    function setFeeRate(uint16 netuid, uint16 rate) external {
        subnets[netuid].feeRate = rate;
    }

    function setSwitches(uint16 netuid, bool subtokenEnabled, bool transfersOff, bool legacy) external {
        (subnets[netuid].subtokenEnabled, subnets[netuid].transfersOff, subnets[netuid].legacy) = (subtokenEnabled, transfersOff, legacy);
    }

    /// @notice Another curve than the balancer's, whose weight stays where it was.
    function setForeignCurve(uint16 netuid, bool on) external {
        subnets[netuid].foreignCurve = on;
    }

    function setFailures(uint16 netuid, bool refusesQuotes, bool refusesSwaps) external {
        (subnets[netuid].refusesQuotes, subnets[netuid].refusesSwaps) = (refusesQuotes, refusesSwaps);
    }

    /// @notice Emission into a pool: the weights change so that the price stays; what would take them out of their bounds waits in the
    /// reservoirs (or, at 425, is dropped).
    function emitIntoPool(uint16 netuid, uint64 tao, uint64 alpha) external {
        Subnet storage subnet = subnets[netuid];
        uint256 weight = Balancer.weightAfter(poolOf(netuid), tao, alpha);
        if (weight > 0) {
            subnet.quoteWeight = uint64(weight);
            (subnet.tao, subnet.alpha) = (subnet.tao + tao, subnet.alpha + alpha);
        } else if (rules.laterFunctions) {
            (subnet.taoReservoir, subnet.alphaReservoir) = (subnet.taoReservoir + tao, subnet.alphaReservoir + alpha);
        }
    }

    /// @notice The moving price after one block more.
    /// @param started Blocks since the subnet's start.
    /// @param rate The moving rate and the blocks it is halved by, as the runtime stores them.
    function moveMovingPrice(uint16 netuid, uint64 started, uint128 rate, uint64 halvingBlocks) external {
        subnets[netuid].movingPrice = MovingPrice.next(subnets[netuid].movingPrice, priceOf(netuid), started, rate, halvingBlocks);
    }

    function setMovingPrice(uint16 netuid, uint128 price) external {
        subnets[netuid].movingPrice = price;
    }

    /// @notice By what the moving price of a subnet moves from now on; a rate of 0 is the default.
    function setEmission(uint16 netuid, Emission calldata emission, uint64 rate) external {
        emissions[netuid] = emission;
        movingRate = rate;
    }

    /// @notice The moving prices at the current block, after the latest so many blocks at the prices of now: on the real chain each block
    /// moves them. Where nobody can register or trade, they stand still.
    function moveMovingPrices(uint16[] calldata netuids, uint64 blocks) external {
        uint128 rate = movingRate == 0 ? DEFAULT_MOVING_RATE : movingRate;
        for (uint256 i = 0; i < netuids.length; i++) {
            Subnet storage subnet = subnets[netuids[i]];
            Emission storage emission = emissions[netuids[i]];
            if (emission.closed || !subnet.subtokenEnabled) continue;
            uint64 halving = emission.halving == 0 ? DEFAULT_HALVING : emission.halving;
            uint64 started = uint64(block.number) + 1 - emission.first - blocks;
            (uint128 moving, uint256 price) = (subnet.movingPrice, priceOf(netuids[i]));
            for (uint64 b = 1; b <= blocks; b++) moving = MovingPrice.next(moving, price, started + b, rate, halving);
            subnet.movingPrice = moving;
        }
    }

    function getSubnet(uint16 netuid) external view returns (Subnet memory) {
        return subnets[netuid];
    }

    /// @notice Ends a subnet: at once with a new one in its place, or beginning the steps.
    function dissolve(uint16 netuid) external {
        if (rules.phasedDissolution) {
            begin(netuid);
            return;
        }
        dissolveAtOnce(netuid);
        register(netuid);
    }

    /// @notice The next step of a dissolution; after the last one the netuid can be taken again in the same block.
    function stepDissolution(uint16 netuid, uint256 part, bool reused) external {
        if (step(netuid, part) && reused) register(netuid);
    }

    function alphaOf(bytes32 hotkey, bytes32 coldkey, uint16 netuid) internal view override returns (uint256) {
        return stakeOf(hotkey, coldkey, netuid);
    }

    // ---- accounts, hotkeys and stake ------------------------------------------------------------------------------------------------

    function setHotkey(bytes32 hotkey, bytes32 coldkey) external {
        owners[hotkey] = coldkey;
    }

    function setAddress(address account) external {
        known(account);
    }

    /// @notice A hotkey's owner moves it: all stake of all holders with it.
    function swapHotkey(bytes32 hotkey, bytes32 successor, uint16 netuid) external {
        owners[successor] = owners[hotkey];
        successors[hotkey][netuid] = successor;
        bytes32[2][] storage held = holders[netuid];
        for (uint256 i = 0; i < held.length; i++) {
            if (held[i][0] != hotkey) continue;
            bytes32 coldkey = held[i][1];
            held[i][0] = successor;
            (isHolder[netuid][hotkey][coldkey], isHolder[netuid][successor][coldkey]) = (false, true);
            setShares(successor, coldkey, netuid, shares[hotkey][netuid][coldkey]);
            setShares(hotkey, coldkey, netuid, 0);
            list(coldkey, successor);
        }
        sharePools[successor][netuid] = sharePools[hotkey][netuid];
        delete sharePools[hotkey][netuid];
    }

    function grantStake(bytes32 hotkey, bytes32 coldkey, uint16 netuid, uint64 alpha) external {
        increase(hotkey, coldkey, netuid, alpha);
        list(coldkey, hotkey);
        subnets[netuid].alphaOut += alpha;
    }

    /// @notice Emission to a hotkey: what everybody holds with it grows.
    function emitToHotkey(bytes32 hotkey, uint16 netuid, uint64 alpha) external {
        SharePool storage pool = sharePools[hotkey][netuid];
        if (pool.shares > 0) pool.value += alpha;
        subnets[netuid].alphaOut += alpha;
    }

    function setLock(bytes32 coldkey, uint16 netuid, uint64 alpha, bytes32 hotkey) external {
        locks[coldkey][netuid] = Lock(alpha, hotkey);
    }

    function setCollateral(uint16 netuid, bytes32 hotkey, bytes32 coldkey, uint64 alpha) external {
        collateral[netuid][hotkey][coldkey] = alpha;
    }

    // ---- neurons and weights --------------------------------------------------------------------------------------------------------

    /// @notice A neuron whose hotkey is the account's mapped key, with stake enough to set weights. UIDs up to it are filled up.
    function setNeuron(uint16 netuid, uint16 uid, address account, bool permit) external {
        fill(netuid, uid);
        bytes32 hotkey = known(account);
        owners[hotkey] = hotkey;
        Neuron storage neuron = neurons[netuid][uid];
        if (neuron.hotkey != hotkey) {
            delete uidsPlusOne[netuid][neuron.hotkey];
            uint16 before = uidsPlusOne[netuid][hotkey];
            if (before > 0) neurons[netuid][before - 1].hotkey = keccak256(abi.encode("moved", netuid, before));
            neuron.hotkey = hotkey;
            uidsPlusOne[netuid][hotkey] = uid + 1;
        }
        (neuron.permit, neuron.stakeWeight) = (permit, type(uint64).max);
    }

    /// @notice Associates a UID with an address, whatever hotkey it has.
    function setUid(uint16 netuid, address account, uint16 uid) external {
        fill(netuid, uid);
        associate(netuid, uid, account);
    }

    /// @notice Gives a UID to another hotkey, as a registration into a full subnet does.
    function recycle(uint16 netuid, uint16 uid, bytes32 hotkey) external {
        replace(netuid, uid, hotkey);
    }

    function setNeuronState(uint16 netuid, uint16 uid, uint64 lastUpdate, uint64 registeredAt, uint64 stakeWeight) external {
        Neuron storage neuron = neurons[netuid][uid];
        (neuron.lastUpdate, neuron.registeredAt, neuron.stakeWeight) = (lastUpdate, registeredAt, stakeWeight);
    }

    function setStakeThreshold(uint64 rao) external {
        stakeThreshold = rao;
    }

    function setRegistration(uint16 netuid, uint64 burn, uint16 prunableUid) external {
        (burns[netuid], prunableUidPlusOne[netuid]) = (burn, prunableUid + 1);
    }

    function setWeightRules(uint16 netuid, WeightRules calldata demands) external {
        weightRules[netuid] = demands;
    }

    function setClock(uint16 netuid, uint16 tempo, uint64 index, uint64 last) external {
        clocks[netuid] = Clock(tempo, index, last);
    }

    /// @notice Another tempo, as a subnet's owner sets it: the running epoch begins anew.
    function setTempo(uint16 netuid, uint16 tempo) external {
        (uint64 index,,) = epochs(netuid);
        clocks[netuid] = Clock(tempo, index, uint64(block.number));
    }

    /// @notice Puts off the epoch that is due in a block by so many blocks, as a block with too many epochs does.
    function deferEpoch(uint16 netuid, uint64 due, uint64 blocks) external {
        deferrals[netuid][due] = blocks;
    }

    function weightsOf(uint16 netuid, uint16 uid) external view returns (uint16[] memory uids, uint16[] memory values) {
        Weight[] storage stored = weights[netuid][uid];
        (uids, values) = (new uint16[](stored.length), new uint16[](stored.length));
        for (uint256 i = 0; i < stored.length; i++) (uids[i], values[i]) = (stored[i].uid, stored[i].value);
    }

    function fill(uint16 netuid, uint16 uid) private {
        while (neurons[netuid].length <= uid) append(netuid, keccak256(abi.encode(netuid, neurons[netuid].length)));
    }
}
