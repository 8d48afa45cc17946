using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Consensus;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>What an attestation is computed from, beside what was folded: as one endpoint says it.</summary>
/// <param name="Header">The epoch's last block.</param>
/// <param name="Nav">What NAV is computed from.</param>
/// <param name="Uids">The UIDs of the miners that are paid.</param>
/// <param name="Registry">The registry's logs of the epoch; empty where none are followed.</param>
public sealed record EpochInputs(
    BlockHeader Header,
    NavInputs Nav,
    IReadOnlyDictionary<Address, ushort> Uids,
    IReadOnlyList<string> Registry
)
{
    /// <summary>Reads them from the endpoints of a pool.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="options">The contracts.</param>
    /// <param name="round">The epoch's round: which block is its last.</param>
    /// <param name="miners">The miners that are paid.</param>
    /// <param name="netuid">The subnet whose UIDs are meant.</param>
    /// <param name="from">The epoch's first block.</param>
    /// <param name="profile">Which of the chain's rules hold at the epoch's last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    /// <exception cref="FormatException">What the contract gives cannot be read.</exception>
    public static async Task<EpochInputs> ReadAsync(
        EndpointPool pool,
        ChainOptions options,
        Round round,
        IReadOnlyCollection<Address> miners,
        ushort netuid,
        ulong from,
        RuntimeProfile profile,
        CancellationToken cancel
    )
    {
        var header = await pool.SendAtAsync(round.LastBlock, round.LastBlockHash, [], cancel).ConfigureAwait(false);
        var reader = new NavReader(pool, options.Contract);
        return new EpochInputs(
            header,
            await reader.ReadAsync(header, profile, cancel).ConfigureAwait(false),
            await new UidReader(pool).UidsAsync(netuid, miners, round.LastBlock, round.LastBlockHash, cancel).ConfigureAwait(false),
            options.Registry is { } registry
                ? await RegistryLogs.ReadAsync(pool, registry, from, round.LastBlock, cancel).ConfigureAwait(false)
                : []
        );
    }

    /// <summary>What differs from another endpoint's word, in words; null when nothing does.</summary>
    public string? DifferenceFrom(EpochInputs other)
    {
        if (Nav.Supply != other.Nav.Supply)
            return $"the supply at block {Header.Number} is {Nav.Supply.Value} and {other.Nav.Supply.Value} wei";
        if (Nav.Holdings.Count != other.Nav.Holdings.Count)
            return $"the index holds {Nav.Holdings.Count} and {other.Nav.Holdings.Count} subnets at block {Header.Number}";
        for (var i = 0; i < Nav.Holdings.Count; i++)
        {
            if (Nav.Holdings[i] != other.Nav.Holdings[i])
                return $"a holding at block {Header.Number} is {Nav.Holdings[i]} and {other.Nav.Holdings[i]}";
        }

        foreach (var miner in Uids.Keys.Union(other.Uids.Keys))
        {
            var (one, two) = (
                Uids.TryGetValue(miner, out var uid) ? $"{uid}" : "none",
                other.Uids.TryGetValue(miner, out uid) ? $"{uid}" : "none"
            );
            if (one != two)
                return $"the UID of {miner} at block {Header.Number} is {one} and {two}";
        }

        return Registry.SequenceEqual(other.Registry)
            ? null
            : $"the registry has logged {Registry.Count} and {other.Registry.Count} times up to block {Header.Number}, or something else";
    }
}
