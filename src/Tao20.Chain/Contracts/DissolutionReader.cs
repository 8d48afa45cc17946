using System.Numerics;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;

namespace Tao20.Chain.Contracts;

/// <summary>What was read of a leg's stake and subnet.</summary>
/// <param name="Held">Alpha at its hotkey, in 1e-9.</param>
/// <param name="Registrations">How often its netuid has been registered; null where the chain does not tell.</param>
internal readonly record struct LegFacts(BigInteger Held, ulong? Registrations);

/// <summary>
/// Asks at a block which subnets are being dissolved, and says by that how a leg is: as the index itself does (source:
/// Contracts/Index/Holdings.sol, stateOf and sync).
/// </summary>
internal sealed class DissolutionReader
{
    private const ushort Root = 0;
    private static readonly string RootExists = StorageCalls.Data(RuntimeStorage.NetworksAdded.Key(Root));
    private static readonly string Queue = StorageCalls.Data(RuntimeStorage.DissolveCleanupQueue.Key());
    private static readonly string InWork = StorageCalls.Data(RuntimeStorage.CurrentDissolveCleanupStatus.Key());
    private readonly HashSet<ushort> _queued = [];
    private bool _reads;

    public DissolutionReader(ulong block) =>
        Calls = [
            StorageCalls.At(RootExists, block, value => _reads = value.Length > 0 && ScaleReader.Bool(value)),
            StorageCalls.At(Queue, block, value => _queued.UnionWith(Netuids(value))),
            StorageCalls.At(
                InWork,
                block,
                value =>
                {
                    if (value.Length >= sizeof(ushort))
                        _queued.Add((ushort)(value[0] | value[1] << 8));
                }
            ),
        ];

    /// <summary>The calls that ask.</summary>
    public IReadOnlyList<RpcCall> Calls { get; }

    /// <summary>How a leg is.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="facts">What was read of it.</param>
    /// <param name="exists">Whether the chain says that its subnet is there.</param>
    public LegState StateOf(LegWords leg, LegFacts facts, bool exists)
    {
        if (facts.Registrations > leg.Registration)
            return LegState.Gone;
        if (!leg.IsActive)
            return LegState.NotBegun;

        // Where not even the root subnet is said to be there, nothing is said at all: its price then is missing.
        if (!exists && _reads)
            return facts.Held > 0 || _queued.Contains(leg.Netuid) ? LegState.Dissolving : LegState.Gone;
        return IndexLeg.IsLess(facts.Held, leg.Book) ? LegState.Missing : LegState.Whole;
    }

    private static IEnumerable<ushort> Netuids(byte[] value) =>
        value.Length == 0 ? [] : ScaleReader.Items(value, static (ref ScaleReader reader) => reader.UInt16());
}
