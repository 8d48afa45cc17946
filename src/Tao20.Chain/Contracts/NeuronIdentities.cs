using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>Asks who has UIDs at a block: a UID whose neuron has been replaced has another hotkey or another registration.</summary>
internal sealed class NeuronIdentities
{
    private readonly Dictionary<ushort, Hash256> _hotkeys = [];
    private readonly Dictionary<ushort, ulong> _registrations = [];

    public NeuronIdentities(ushort netuid, IReadOnlyCollection<ushort> uids, ulong block) =>
        Calls = [
            .. uids.SelectMany(uid =>
                new[]
                {
                    StorageCalls.At(
                        RuntimeStorage.Keys.Key(netuid, uid),
                        block,
                        value =>
                        {
                            if (value.Length > 0)
                                _hotkeys[uid] = new Hash256(value);
                        }
                    ),
                    StorageCalls.At(
                        RuntimeStorage.BlockAtRegistration.Key(netuid, uid),
                        block,
                        value => _registrations[uid] = value.Length == 0 ? 0 : ScaleReader.UInt64(value)
                    ),
                }
            ),
        ];

    /// <summary>The calls that ask.</summary>
    public IReadOnlyList<RpcCall> Calls { get; }

    /// <summary>Who has them; those that nobody has are left out.</summary>
    public IReadOnlySet<NeuronIdentity> Found =>
        _hotkeys.Select(pair => new NeuronIdentity(pair.Key, pair.Value, _registrations.GetValueOrDefault(pair.Key))).ToHashSet();
}
