using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of the account's neuron, and of weights on its subnet.</summary>
internal static class NeuronRows
{
    private const ulong DeferredBlocks = 8;
    private const ushort NoLimit = ushort.MaxValue;

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(31, "Own UID", "the account's hotkey is registered, and its UID is its", Refuse, [Weights], UidAsync),
        new(32, "Association", "the UID is associated with the account", Warn, [], AssociationAsync),
        new(33, "Permit and stake", "a permit, and the stake that is demanded", Degrade, [Weights], PermitAsync),
        new(34, "Weight rules", "no limit for one weight", Warn, [], RulesAsync),
        new(35, "Epoch clock", "an epoch is no longer than its tempo", Refuse, [Weights], ClockAsync),
        new(36, "Weights arrive", "the last update is less than two tempos old", Warn, [], ArriveAsync),
    ];

    private static async Task<Finding> UidAsync(CheckProbe probe)
    {
        if (Neuron(probe) is not { } neuron)
            return Finding.NotAsked("no neuron is needed");
        var uid = await UidOfAsync(probe, neuron).ConfigureAwait(false);
        if (uid is not { } own)
            return probe.Subject.SetsWeights
                ? Finding.Differs($"hotkey {neuron.Hotkey} is not registered on subnet {neuron.Netuid}")
                : Finding.NotAsked($"hotkey {neuron.Hotkey} is not registered on subnet {neuron.Netuid}, and sets no weights");
        var values = await probe
            .StorageAsync([RuntimeStorage.Keys.Key(neuron.Netuid, own), RuntimeStorage.BlockAtRegistration.Key(neuron.Netuid, own)])
            .ConfigureAwait(false);
        var key = values[0] is { Length: Hash256.Length } raw ? new Hash256(raw) : (Hash256?)null;
        return key == neuron.Hotkey
            ? Finding.Ok($"UID {own}, registered in block {(values[1] is { } at ? ScaleReader.UInt64(at) : 0)}")
            : Finding.Differs($"UID {own} of subnet {neuron.Netuid} is {key}'s");
    }

    private static async Task<Finding> AssociationAsync(CheckProbe probe)
    {
        if (Neuron(probe) is not { } neuron)
            return Finding.NotAsked("no neuron is needed");
        var lookup = UidReader.Lookup(neuron.Netuid, neuron.Account);
        var answer = await probe.CallAsync(Precompiles.UidLookup, lookup).ConfigureAwait(false);
        var uids = UidReader.Found(answer.Words).Select(found => found.Uid).ToList();
        if (uids.Count == 0)
            return Finding.Differs($"no UID of subnet {neuron.Netuid} is: run 'tao20 account associate'");
        var stored = await probe
            .StorageAsync([.. uids.Select(uid => RuntimeStorage.AssociatedEvmAddress.Key(neuron.Netuid, uid))])
            .ConfigureAwait(false);
        var address = neuron.Account.ToBytes();
        var wrong = uids.Zip(stored).Where(pair => pair.Second?.AsSpan().StartsWith(address) != true).Select(pair => pair.First).ToList();
        return wrong.Count == 0
            ? Finding.Ok($"UID {string.Join(", ", uids)}")
            : Finding.Differs($"UID {string.Join(", ", wrong)}: by uidLookup, and not by the storage");
    }

    private static async Task<Finding> PermitAsync(CheckProbe probe)
    {
        if (Setter(probe) is not { } neuron)
            return Finding.NotAsked("no weights are set");
        if (await UidOfAsync(probe, neuron).ConfigureAwait(false) is not { } uid)
            return Finding.Differs("there is no UID");
        var values = await probe
            .StorageAsync([RuntimeStorage.ValidatorPermit.Key(neuron.Netuid), RuntimeStorage.StakeThreshold.Key()])
            .ConfigureAwait(false);
        var permits = ScaleReader.Flags(values[0]);
        var threshold = values[1] is { } raw ? ScaleReader.UInt64(raw) : 0;
        var stake = await probe
            .CallAsync(Precompiles.Metagraph, new GetNeuronStakeFunction(neuron.Netuid, uid).Encode())
            .ConfigureAwait(false);
        return !permits.ElementAtOrDefault(uid)
                ? Finding.Differs($"UID {uid} has no validator permit: it needs more stake there, and a tempo after that")
            : stake.Number < threshold ? Finding.Differs($"its stake is worth {stake.Number} rao, and {threshold} are demanded")
            : Finding.Ok($"UID {uid} has one");
    }

    private static async Task<Finding> RulesAsync(CheckProbe probe)
    {
        if (Setter(probe) is not { } neuron)
            return Finding.NotAsked("no weights are set");
        var answers = await probe
            .CallAsync([
                (Precompiles.Subnet, new GetWeightsVersionKeyFunction(neuron.Netuid).Encode()),
                (Precompiles.Subnet, new GetWeightsSetRateLimitFunction(neuron.Netuid).Encode()),
                (Precompiles.Subnet, new GetCommitRevealWeightsEnabledFunction(neuron.Netuid).Encode()),
                (Precompiles.Subnet, new GetCommitRevealWeightsIntervalFunction(neuron.Netuid).Encode()),
                (Precompiles.Subnet, new GetMinAllowedWeightsFunction(neuron.Netuid).Encode()),
                (Precompiles.Subnet, new GetMaxWeightLimitFunction(neuron.Netuid).Encode()),
            ])
            .ConfigureAwait(false);
        var numbers = answers.Select(answer => answer.Number).ToList();
        var text =
            $"version key {numbers[0]}, every {numbers[1]} blocks, "
            + $"{(numbers[2].IsZero ? "in the clear" : $"revealed after {numbers[3]} epochs")}, at least {numbers[4]}";
        return numbers[5] == NoLimit ? Finding.Ok(text) : Finding.Differs($"{text}; one weight may be {numbers[5]} of {NoLimit}");
    }

    private static async Task<Finding> ClockAsync(CheckProbe probe)
    {
        if (Setter(probe) is not { } neuron)
            return Finding.NotAsked("no weights are set");
        var clock = await ClockOfAsync(probe, neuron.Netuid).ConfigureAwait(false);
        if (clock.Tempo == 0)
            return Finding.Differs($"subnet {neuron.Netuid} has no epochs: its tempo is 0");
        var since = probe.Final.Number - Math.Min(probe.Final.Number, clock.Last);
        return since > clock.Tempo + DeferredBlocks && clock.Last > 0
            ? Finding.Differs($"the last epoch was {since} blocks ago, and the tempo is {clock.Tempo}")
            : Finding.Ok($"epoch {clock.Index}, of {clock.Tempo} blocks");
    }

    private static async Task<Finding> ArriveAsync(CheckProbe probe)
    {
        if (Setter(probe) is not { } neuron)
            return Finding.NotAsked("no weights are set");
        if (await UidOfAsync(probe, neuron).ConfigureAwait(false) is not { } uid)
            return Finding.Differs("there is no UID");
        var values = await probe
            .StorageAsync([RuntimeStorage.LastUpdate.Key(neuron.Netuid), RuntimeStorage.WeightCommits.Key(neuron.Netuid, neuron.Hotkey)])
            .ConfigureAwait(false);
        var clock = await ClockOfAsync(probe, neuron.Netuid).ConfigureAwait(false);
        var period = await probe
            .CallAsync(Precompiles.Subnet, new GetCommitRevealWeightsIntervalFunction(neuron.Netuid).Encode())
            .ConfigureAwait(false);
        var updated = ScaleReader.Numbers(values[0]).ElementAtOrDefault(uid);
        var alarms = WeightsAlarm.Of(probe.Final.Number, clock, (ulong)period.Number, updated, SubnetReader.Commits(values[1] ?? []));
        return alarms.Count == 0 ? Finding.Ok($"the last update was in block {updated}") : Finding.Differs(string.Join("; ", alarms));
    }

    private static (Address Account, ushort Netuid, Hash256 Hotkey)? Neuron(CheckProbe probe) =>
        probe.Subject is { Account: { } account, Netuid: { } netuid } ? (account, netuid, Coldkey.Of(account)) : null;

    private static (Address Account, ushort Netuid, Hash256 Hotkey)? Setter(CheckProbe probe) =>
        probe.Subject.SetsWeights ? Neuron(probe) : null;

    private static async Task<ushort?> UidOfAsync(CheckProbe probe, (Address Account, ushort Netuid, Hash256 Hotkey) neuron) =>
        await probe.StorageAsync(RuntimeStorage.Uids, neuron.Netuid, neuron.Hotkey).ConfigureAwait(false) is { } value
            ? ScaleReader.UInt16(value)
            : null;

    private static async Task<EpochClock> ClockOfAsync(CheckProbe probe, ushort netuid)
    {
        var values = await probe
            .StorageAsync([
                RuntimeStorage.SubnetEpochIndex.Key(netuid),
                RuntimeStorage.LastEpochBlock.Key(netuid),
                RuntimeStorage.PendingEpochAt.Key(netuid),
                RuntimeStorage.Tempo.Key(netuid),
            ])
            .ConfigureAwait(false);
        return new EpochClock(
            Number(values[0]),
            Number(values[1]),
            Number(values[2]),
            values[3] is { } tempo
                ? ScaleReader.UInt16(tempo)
                : throw new CheckUnreadableException($"the chain does not say the tempo of subnet {netuid}")
        );

        static ulong Number(byte[]? value) => value is null ? 0 : ScaleReader.UInt64(value);
    }
}
