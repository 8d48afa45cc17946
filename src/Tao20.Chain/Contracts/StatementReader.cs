using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>What a statement about an epoch is made from, beside what was folded: as one endpoint says it.</summary>
/// <param name="Header">The epoch's last block.</param>
/// <param name="Nav">The index's own NAV there; 0 where the chain could not tell it.</param>
/// <param name="NavFailure">Why it could not, in kind; null where it could.</param>
/// <param name="Supply">Tokens in circulation.</param>
/// <param name="Uids">The UIDs of the miners that are paid.</param>
/// <param name="Registry">The registry's logs of the epoch, as texts.</param>
public sealed record StatementInputs(
    BlockHeader Header,
    TaoPerToken Nav,
    string? NavFailure,
    Wei Supply,
    IReadOnlyDictionary<Address, ushort> Uids,
    IReadOnlyList<string> Registry
)
{
    /// <summary>What differs from another endpoint's word, in words; null when nothing does.</summary>
    public string? DifferenceFrom(StatementInputs other)
    {
        var block = Header.Number;
        if (Supply != other.Supply)
            return $"the supply at block {block} is {Supply.Value} and {other.Supply.Value} wei";
        if (Nav != other.Nav || NavFailure != other.NavFailure)
            return $"the index's NAV at block {block} is {NavFailure ?? Nav.ToString()} and {other.NavFailure ?? other.Nav.ToString()}";
        foreach (var miner in Uids.Keys.Union(other.Uids.Keys))
        {
            var (one, two) = (UidOf(miner), other.UidOf(miner));
            if (one != two)
                return $"the UID of {miner} at block {block} is {one} and {two}";
        }

        return Registry.SequenceEqual(other.Registry)
            ? null
            : $"the registry has logged {Registry.Count} and {other.Registry.Count} times up to block {block}, or something else";
    }

    private string UidOf(Address miner) => Uids.TryGetValue(miner, out var uid) ? $"{uid}" : "none";
}

/// <summary>
/// Reads what is stated about an epoch at its last block, from two endpoints where there are two (source: the consensus rules, What a node
/// does).
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="options">The contracts.</param>
/// <param name="netuid">The subnet whose UIDs weights are of.</param>
public sealed class StatementReader(EndpointPool pool, ChainOptions options, ushort netuid)
{
    private static readonly string CurrentNav = new GetCurrentNavFunction().Encode();
    private static readonly string TotalSupply = new TotalSupplyFunction().Encode();

    // Nobody has more than 2^96 wei of TAO for a token.
    private static readonly BigInteger MostNav = BigInteger.Pow(2, 96);

    /// <summary>Reads it.</summary>
    /// <param name="closed">The epoch.</param>
    /// <param name="from">Its first block.</param>
    /// <param name="miners">The miners that are paid.</param>
    /// <param name="rules">How the chain is asked.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="EndpointsDisagreeException">Two endpoints say different things.</exception>
    /// <exception cref="ChainException">
    /// Fewer than two of several endpoints give it; an old block needs nodes that keep old state.
    /// </exception>
    public Task<StatementInputs> ReadAsync(
        ClosedEpoch closed,
        ulong from,
        IReadOnlyCollection<Address> miners,
        StatementRules rules,
        CancellationToken cancel
    ) => pool.ReadAgreedAsync(one => ReadAsync(one, closed, from, miners, rules, cancel), (first, second) => first.DifferenceFrom(second));

    private async Task<StatementInputs> ReadAsync(
        EndpointPool one,
        ClosedEpoch closed,
        ulong from,
        IReadOnlyCollection<Address> miners,
        StatementRules rules,
        CancellationToken cancel
    )
    {
        var (block, hash) = (closed.LastBlock, closed.LastBlockHash);
        var (nav, supply) = (BigInteger.Zero, BigInteger.Zero);
        string? failure = null;
        RpcErrorException? refused = null;
        var header = await one.SendAtAsync(
                block,
                hash,
                [
                    EthCalls.CallAt(options.Contract, CurrentNav, block, rules.NavGas, bytes => nav = new AbiData(bytes).Integer(0)) with
                    {
                        Refused = error => refused = error,
                    },
                    EthCalls.CallAt(options.Contract, TotalSupply, block, bytes => supply = new AbiData(bytes).Integer(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        if (refused is not null)
            failure = ExecutionFailure.KindOf(refused) ?? throw refused;
        else if (nav > MostNav)
            (nav, failure) = (0, "above 2^96");
        if (supply > Wei.Max)
            throw new FormatException($"a supply of {supply} wei, above 2^96");
        return new StatementInputs(
            header,
            TaoPerToken.From((UInt128)(failure is null ? nav : 0)),
            failure,
            Wei.From((UInt128)supply),
            await new UidReader(one).UidsAsync(netuid, miners, block, hash, cancel, rules.Associations).ConfigureAwait(false),
            options.Registry is { } registry ? await RegistryLogs.ReadAsync(one, registry, from, block, cancel).ConfigureAwait(false) : []
        );
    }
}
