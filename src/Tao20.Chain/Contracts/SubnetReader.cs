using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>Reads all of a subnet that an account's weights on it depend on, at one block.</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="runtime">By which rules the chain runs.</param>
/// <param name="netuid">The subnet.</param>
/// <param name="account">
/// The account whose neuron it is. A call through INeuron comes from its mapped key, so its neuron is the one with that hotkey.
/// </param>
public sealed class SubnetReader(EndpointPool pool, RuntimeWatch runtime, ushort netuid, Address account)
{
    /// <summary>The items of the storage that are read: an absent key is the default only where the runtime declares it so.</summary>
    public static readonly IReadOnlyList<StorageItem> Items =
    [
        RuntimeStorage.NetworksAdded,
        RuntimeStorage.Tempo,
        RuntimeStorage.SubnetEpochIndex,
        RuntimeStorage.LastEpochBlock,
        RuntimeStorage.PendingEpochAt,
        RuntimeStorage.Uids,
        RuntimeStorage.Keys,
        RuntimeStorage.BlockAtRegistration,
        RuntimeStorage.ValidatorPermit,
        RuntimeStorage.LastUpdate,
        RuntimeStorage.WeightCommits,
        RuntimeStorage.Weights,
    ];

    private readonly Hash256 _hotkey = Coldkey.Of(account);
    private ushort? _own;

    /// <summary>The subnet at a block.</summary>
    /// <param name="at">The block.</param>
    /// <param name="uids">The UIDs of which it is asked who has them.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">What it gives cannot be read, or the chain has no such subnet.</exception>
    public async Task<SubnetView> ReadAsync(BlockHeader at, IReadOnlyCollection<ushort> uids, CancellationToken cancel)
    {
        await RequireDeclaredAsync(cancel).ConfigureAwait(false);
        ulong version = 0,
            limit = 0,
            interval = 0,
            least = 0,
            neurons = 0,
            index = 0,
            last = 0,
            pendingAt = 0;
        var (commitReveal, exists) = (false, false);
        ushort? tempo = null,
            uid = null;
        IReadOnlyList<OpenCommit> commits = [];
        IReadOnlyList<bool> permits = [];
        IReadOnlyList<ulong> updates = [];
        IReadOnlyList<SubnetWeight> stored = [];
        var asked = _own;
        var identities = new NeuronIdentities(netuid, uids, at.Number);
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    Subnet(new GetWeightsVersionKeyFunction(netuid).Encode(), value => version = value),
                    Subnet(new GetWeightsSetRateLimitFunction(netuid).Encode(), value => limit = value),
                    Subnet(new GetCommitRevealWeightsEnabledFunction(netuid).Encode(), value => commitReveal = value != 0),
                    Subnet(new GetCommitRevealWeightsIntervalFunction(netuid).Encode(), value => interval = value),
                    Subnet(new GetMinAllowedWeightsFunction(netuid).Encode(), value => least = value),
                    Word(Precompiles.Metagraph, new GetUidCountFunction(netuid).Encode(), words => neurons = words.UInt64(0)),
                    Value(RuntimeStorage.NetworksAdded, value => exists = value.Length > 0 && ScaleReader.Bool(value)),
                    Value(RuntimeStorage.Tempo, value => tempo = value.Length == 0 ? null : ScaleReader.UInt16(value)),
                    Value(RuntimeStorage.SubnetEpochIndex, value => index = OrZero(value)),
                    Value(RuntimeStorage.LastEpochBlock, value => last = OrZero(value)),
                    Value(RuntimeStorage.PendingEpochAt, value => pendingAt = OrZero(value)),
                    StorageCalls.At(
                        RuntimeStorage.Uids.Key(netuid, _hotkey),
                        at.Number,
                        value => uid = value.Length == 0 ? null : ScaleReader.UInt16(value)
                    ),
                    Value(RuntimeStorage.ValidatorPermit, value => permits = ScaleReader.Flags(value)),
                    Value(RuntimeStorage.LastUpdate, value => updates = ScaleReader.Numbers(value)),
                    StorageCalls.At(RuntimeStorage.WeightCommits.Key(netuid, _hotkey), at.Number, value => commits = Commits(value)),
                    StorageCalls.At(RuntimeStorage.Weights.Key(netuid, asked ?? 0), at.Number, value => stored = Weights(value)),
                    .. identities.Calls,
                ],
                cancel
            )
            .ConfigureAwait(false);
        if (!exists)
            throw new FormatException($"the chain has no subnet {netuid}");
        if (tempo is not { } blocks)
            throw new FormatException($"the chain does not say the tempo of subnet {netuid}");
        var rules = new WeightRules(
            version,
            limit,
            commitReveal,
            interval,
            checked((ushort)least),
            checked((ushort)neurons),
            new EpochClock(index, last, pendingAt, blocks)
        );
        _own = uid;
        var self = uid is { } own
            ? new WeightSetter(own, permits.ElementAtOrDefault(own), updates.ElementAtOrDefault(own))
            {
                Stored = asked == own ? stored : null,
            }
            : null;
        return new SubnetView(at.Number, rules, self, commits, identities.ByUid);

        RpcCall Subnet(string data, Action<ulong> take) => Word(Precompiles.Subnet, data, words => take(words.UInt64(0)));

        RpcCall Word(Address to, string data, Action<AbiData> take) =>
            EthCalls.CallAt(to, data, at.Number, bytes => take(new AbiData(bytes)));

        RpcCall Value(StorageItem item, Action<byte[]> take) => StorageCalls.At(item.Key(netuid), at.Number, take);
    }

    private async Task RequireDeclaredAsync(CancellationToken cancel)
    {
        var metadata =
            await runtime.MetadataAsync(cancel).ConfigureAwait(false)
            ?? throw new FormatException("no endpoint says what the runtime declares (state_getMetadata): absent keys mean nothing");
        if (Items.Select(metadata.DifferenceOf).FirstOrDefault(difference => difference is not null) is { } different)
            throw new FormatException($"the runtime has changed: {different}.");
    }

    private static ulong OrZero(byte[] value) => value.Length == 0 ? 0 : ScaleReader.UInt64(value);

    /// <summary>The open commits in the raw value of <c>WeightCommits</c>.</summary>
    internal static IReadOnlyList<OpenCommit> Commits(byte[] value) =>
        ScaleReader.Items(
            value,
            (ref ScaleReader reader) =>
            {
                reader.Hash();
                var commit = new OpenCommit(reader.UInt64(), reader.UInt64());
                reader.UInt64();
                return commit;
            }
        );

    private static IReadOnlyList<SubnetWeight> Weights(byte[] value) =>
        ScaleReader.Items(value, (ref ScaleReader reader) => new SubnetWeight(reader.UInt16(), reader.UInt16()));
}
