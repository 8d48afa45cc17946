using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>Finds the UIDs of EVM accounts on a subnet, by what their hotkeys have associated them with.</summary>
public sealed class UidReader(EndpointPool pool)
{
    /// <summary>
    /// A subnet has no more neurons than this. At spec 425 the lookup goes through the first so many associations of the whole subnet,
    /// whosesoever they are, so that one that asks for less finds nobody.
    /// </summary>
    public const int AllNeurons = 256;

    /// <summary>The UID of each of these accounts on a subnet at a block; those without one are left out.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="block">The block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="associations">How many associations the chain goes through.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<IReadOnlyDictionary<Address, ushort>> UidsAsync(
        ushort netuid,
        IReadOnlyCollection<Address> accounts,
        ulong block,
        Hash256 hash,
        CancellationToken cancel,
        int associations = AllNeurons
    )
    {
        var uids = new Dictionary<Address, ushort>();
        foreach (var chunk in accounts.Chunk(500))
        {
            var calls = chunk
                .Select(account =>
                    EthCalls.CallAt(
                        Precompiles.UidLookup,
                        Lookup(netuid, account, associations),
                        block,
                        bytes =>
                        {
                            if (Lowest(new AbiData(bytes)) is { } uid)
                                uids[account] = uid;
                        }
                    )
                )
                .ToList();
            await pool.SendAtAsync(block, hash, calls, cancel).ConfigureAwait(false);
        }

        return uids;
    }

    /// <summary>Who has these UIDs at a block, in their order; those that nobody has are left out.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="uids">The UIDs.</param>
    /// <param name="block">The block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<IReadOnlyList<NeuronIdentity>> IdentitiesAsync(
        ushort netuid,
        IReadOnlyCollection<ushort> uids,
        ulong block,
        Hash256 hash,
        CancellationToken cancel
    )
    {
        var identities = new NeuronIdentities(netuid, uids, block);
        if (uids.Count > 0)
            await pool.SendAtAsync(block, hash, identities.Calls, cancel).ConfigureAwait(false);
        return [.. identities.ByUid.Values.OfType<NeuronIdentity>().OrderBy(neuron => neuron.Uid)];
    }

    /// <summary>The call that looks up the UIDs of an account among all that a subnet can have.</summary>
    internal static string Lookup(ushort netuid, Address account, int associations = AllNeurons) =>
        new UidLookupFunction(netuid, account, (ushort)associations).Encode();

    /// <summary>What it answers: each UID, and the block it has been associated since.</summary>
    internal static IReadOnlyList<(ushort Uid, ulong Block)> Found(AbiData answer)
    {
        var (pairs, count) = answer.List(0);
        return [.. Enumerable.Range(0, count).Select(i => ((ushort)pairs.UInt64(2 * i), pairs.UInt64(2 * i + 1)))];
    }

    /// <summary>Of several UIDs the lowest: the same for every validator (source: the consensus rules, What a node does).</summary>
    private static ushort? Lowest(AbiData answer) => Found(answer).Select(pair => (ushort?)pair.Uid).Min();
}
