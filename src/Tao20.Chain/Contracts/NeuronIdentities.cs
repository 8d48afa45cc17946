using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>Asks who has UIDs at a block: a UID whose neuron has been replaced has another hotkey or another registration.</summary>
internal sealed class NeuronIdentities
{
    private readonly Dictionary<ushort, Hash256?> _hotkeys = [];
    private readonly Dictionary<ushort, ulong> _registrations = [];

    public NeuronIdentities(ushort netuid, IReadOnlyCollection<ushort> uids, ulong block) =>
        Calls = [.. uids.SelectMany(uid => Ask(netuid, uid, block))];

    /// <summary>The calls that ask. They may be made again, at another endpoint: then it is that one's answers that count.</summary>
    public IReadOnlyList<RpcCall> Calls { get; }

    /// <summary>Who has each of them; null for one that nobody has.</summary>
    public IReadOnlyDictionary<ushort, NeuronIdentity?> ByUid =>
        _hotkeys.ToDictionary(
            pair => pair.Key,
            pair => pair.Value is { } hotkey ? new NeuronIdentity(pair.Key, hotkey, _registrations[pair.Key]) : (NeuronIdentity?)null
        );

    private RpcCall[] Ask(ushort netuid, ushort uid, ulong block) =>
        [
            StorageCalls.At(
                RuntimeStorage.Keys.Key(netuid, uid),
                block,
                value => _hotkeys[uid] = value.Length == 0 ? null : ScaleReader.Hash(value)
            ),
            StorageCalls.At(
                RuntimeStorage.BlockAtRegistration.Key(netuid, uid),
                block,
                value => _registrations[uid] = value.Length == 0 ? 0 : ScaleReader.UInt64(value)
            ),
        ];
}
