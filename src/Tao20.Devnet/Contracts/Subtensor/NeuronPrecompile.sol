// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Neurons} from "./Neurons.sol";
import {Blake2b} from "./Blake2b.sol";
import {Scale} from "./Scale.sol";
import {Commit, Neuron, Weight, WeightRules} from "./SubtensorState.sol";

/// @notice INeuron, 0x804 (precompiles/src/neuron.rs; subnets/weights.rs, registration.rs, utils/evm.rs). The caller's mapped account is the
/// hotkey.
contract NeuronPrecompile is Neurons {
    uint256 private constant MAX_OPEN_COMMITS = 10;
    uint256 private constant ASSOCIATION_RATE_LIMIT = 7_200;

    // ---- weights ----------------------------------------------------------------------------------------------------------------

    function setWeights(uint16 netuid, uint16[] calldata uids, uint16[] calldata values, uint64 versionKey)
        external payableButNeverUsed
    {
        bytes32 hotkey = known(frame().caller);
        WeightRules storage demands = weightRules[netuid];
        ensureStake(netuid, hotkey);
        ensure(demands.commitRevealOff, "CommitRevealEnabled");
        set(netuid, hotkey, uids, values, versionKey);
    }

    /// @dev Asks for no permit: that is asked for when the weights are revealed.
    function commitWeights(uint16 netuid, bytes32 hash) external payableButNeverUsed {
        bytes32 hotkey = known(frame().caller);
        ensureStake(netuid, hotkey);
        ensure(subnets[netuid].exists, "MechanismDoesNotExist");
        ensure(!weightRules[netuid].commitRevealOff, "CommitRevealDisabled");
        Neuron storage neuron = registered(netuid, hotkey);
        ensure(!tooFast(netuid, neuron), "CommittingWeightsTooFast");
        Commit[] storage open = commits[netuid][hotkey];
        drop(open, expired(netuid, open));
        ensure(open.length < MAX_OPEN_COMMITS, "TooManyUnrevealedCommits");
        open.push(Commit(hash, epochOfNow(netuid), uint64(block.number)));
        neuron.lastUpdate = uint64(block.number);
    }

    /// @dev Takes away the commit that is revealed and all older ones. Too early and too late fail alike.
    function revealWeights(
        uint16 netuid, uint16[] calldata uids, uint16[] calldata values, uint16[] calldata salt, uint64 versionKey
    ) external payableButNeverUsed {
        bytes32 hotkey = known(frame().caller);
        ensureStake(netuid, hotkey);
        ensure(!weightRules[netuid].commitRevealOff, "CommitRevealDisabled");
        Commit[] storage open = commits[netuid][hotkey];
        bytes32 hash = Blake2b.hash(
            abi.encodePacked(
                hotkey, Scale.number(netuid, 2), Scale.list(uids), Scale.list(values), Scale.list(salt), Scale.number(versionKey, 8)
            )
        );
        uint256 here;
        while (here < open.length && open[here].hash != hash) here++;
        ensure(here < open.length, "NoWeightsCommitFound");
        ensure(epochOfNow(netuid) == open[here].epoch + weightRules[netuid].revealPeriod, "RevealTooEarly");
        drop(open, here + 1);
        set(netuid, hotkey, uids, values, versionKey);
    }

    function getWeightCommitCount(uint16 netuid, bytes32 hotkey) external view later reads returns (uint32) {
        return uint32(commits[netuid][hotkey].length);
    }

    function set(uint16 netuid, bytes32 hotkey, uint16[] calldata uids, uint16[] calldata values, uint64 versionKey) private {
        WeightRules storage demands = weightRules[netuid];
        Neuron[] storage all = neurons[netuid];
        ensure(netuid != 0, "CanNotSetRootNetworkWeights");
        ensure(uids.length == values.length, "WeightVecNotEqualSize");
        ensure(subnets[netuid].exists, "MechanismDoesNotExist");
        ensure(uids.length <= all.length, "UidsLengthExceedUidsInSubNet");
        Neuron storage neuron = registered(netuid, hotkey);
        ensure(demands.versionKey == 0 || versionKey >= demands.versionKey, "IncorrectWeightVersionKey");
        ensure(!demands.commitRevealOff || !tooFast(netuid, neuron), "SettingWeightsTooFast");
        uint16 uid = uidsPlusOne[netuid][hotkey] - 1;
        bool onItself = uids.length == 1 && uids[0] == uid;
        ensure(neuron.permit || onItself, "NeuronNoValidatorPermit");
        for (uint256 i = 0; i < uids.length; i++) {
            for (uint256 j = 0; j < i; j++) ensure(uids[i] != uids[j], "DuplicateUids");
        }
        for (uint256 i = 0; i < uids.length; i++) ensure(uids[i] < all.length, "UidVecContainInvalidOne");
        uint256 least = demands.minWeights < all.length ? demands.minWeights : all.length;
        ensure(onItself || uids.length >= least, "WeightVecLengthIsLow");
        store(weights[netuid][uid], uids, values);
        if (demands.commitRevealOff) neuron.lastUpdate = uint64(block.number);
    }

    /// @dev Scaled so that the largest is 65535, half up.
    function store(Weight[] storage stored, uint16[] calldata uids, uint16[] calldata values) private {
        while (stored.length > 0) stored.pop();
        uint256 most;
        for (uint256 i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
        for (uint256 i = 0; i < uids.length; i++) {
            stored.push(Weight(uids[i], most == 0 ? 0 : uint16((uint256(values[i]) * 65535 * 2 + most) / (most * 2))));
        }
    }

    function expired(uint16 netuid, Commit[] storage open) private view returns (uint256 count) {
        (uint64 index,,) = epochs(netuid);
        while (count < open.length && index > open[count].epoch + weightRules[netuid].revealPeriod) count++;
    }

    function drop(Commit[] storage open, uint256 count) private {
        if (count == 0) return;
        for (uint256 i = count; i < open.length; i++) open[i - count] = open[i];
        for (uint256 i = 0; i < count; i++) open.pop();
    }

    function registered(uint16 netuid, bytes32 hotkey) private view returns (Neuron storage) {
        uint16 plusOne = uidsPlusOne[netuid][hotkey];
        ensure(plusOne > 0, "HotKeyNotRegisteredInSubNet");
        return neurons[netuid][plusOne - 1];
    }

    function ensureStake(uint16 netuid, bytes32 hotkey) private view {
        uint16 plusOne = uidsPlusOne[netuid][hotkey];
        uint64 weight = plusOne == 0 ? 0 : neurons[netuid][plusOne - 1].stakeWeight;
        ensure(weight >= stakeThreshold, "NotEnoughStakeToSetWeights");
    }

    function tooFast(uint16 netuid, Neuron storage neuron) private view returns (bool) {
        return neuron.lastUpdate != 0 && block.number - neuron.lastUpdate < weightRules[netuid].rateLimit;
    }

    // ---- registration -----------------------------------------------------------------------------------------------------------

    function burnedRegister(uint16 netuid, bytes32 hotkey) external payableButNeverUsed {
        register(netuid, hotkey, type(uint64).max);
    }

    function registerLimit(uint16 netuid, bytes32 hotkey, uint64 maxRao) external payableButNeverUsed {
        register(netuid, hotkey, maxRao);
    }

    function register(uint16 netuid, bytes32 hotkey, uint64 maxRao) private {
        address caller = frame().caller;
        bytes32 coldkey = known(caller);
        ensure(netuid != 0, "RegistrationNotPermittedOnRootSubnet");
        ensure(subnets[netuid].exists, "SubnetNotExists");
        ensure(uidsPlusOne[netuid][hotkey] == 0, "HotKeyAlreadyRegisteredInSubNet");
        uint64 burn = burns[netuid];
        ensure(burn <= maxRao, "RegistrationPriceLimitExceeded");
        ensure(caller.balance / RAO >= burn + EXISTENTIAL_DEPOSIT, "NotEnoughBalanceToStake");
        ensure(owners[hotkey] == 0 || owners[hotkey] == coldkey, "NonAssociatedColdKey");
        Neuron[] storage all = neurons[netuid];
        bool full = all.length >= weightRules[netuid].maxUids;
        uint16 prunable = prunableUidPlusOne[netuid];
        ensure(!full || prunable > 0, "NoNeuronIdAvailable");
        moveTao(caller, address(this), burn);
        owners[hotkey] = coldkey;
        if (full) replace(netuid, prunable - 1, hotkey);
        else append(netuid, hotkey);
    }

    // ---- association ------------------------------------------------------------------------------------------------------------

    function associateEvmKey(uint16 netuid, address evm, uint64 signedAt, bytes calldata signature)
        external later notPayable
    {
        if (signature.length != 65) revert("Invalid signature length");
        bytes32 hotkey = known(frame().caller);
        ensure(subnets[netuid].exists, "SubnetNotExists");
        ensure(owners[hotkey] != 0, "NonAssociatedColdKey");
        Neuron storage neuron = registered(netuid, hotkey);
        ensure(block.number - neuron.associatedAt >= ASSOCIATION_RATE_LIMIT, "EvmKeyAssociateRateLimitExceeded");
        ensure(recovered(hotkey, signedAt, signature) == evm, "InvalidRecoveredPublicKey");
        associate(netuid, uidsPlusOne[netuid][hotkey] - 1, evm);
    }

    function tryAssociateHotkey(bytes32 hotkey) external later notPayable {
        if (owners[hotkey] == 0) owners[hotkey] = known(frame().caller);
    }

    function getBlockAtRegistration(uint16 netuid, uint16 uid) external view later reads returns (uint64) {
        Neuron[] storage all = neurons[netuid];
        return uid < all.length ? all[uid].registeredAt : 0;
    }

    /// @dev EIP-191 over 64 bytes: the hotkey and the hash of a block number.
    function recovered(bytes32 hotkey, uint64 signedAt, bytes calldata signature) private pure returns (address) {
        bytes32 digest = keccak256(
            abi.encodePacked("\x19Ethereum Signed Message:\n64", hotkey, keccak256(Scale.number(signedAt, 8)))
        );
        uint8 v = uint8(signature[64]);
        return ecrecover(digest, v < 27 ? v + 27 : v, bytes32(signature[:32]), bytes32(signature[32:64]));
    }

    fallback() external {
        revert("Unknown selector");
    }
}
