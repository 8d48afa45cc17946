using Tao20.Actors.Faults;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;

namespace Tao20.Actors.Ingestion;

/// <summary>The registry key of the follower.</summary>
public sealed class ChainFollowerKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "chain-follower";

    /// <summary>Its persistence id.</summary>
    public const string Stream = "chain-cursor";
}

/// <summary>
/// How far is the follower? Answered by <see cref="FollowerStatus"/>. With 100,000 miners all of it is 10 MB, which cross the network where
/// another node of the cluster asks: who asks often asks for no miners.
/// </summary>
/// <param name="WithMiners">Whether what is known of every miner is wanted.</param>
/// <param name="Miner">The one miner that is wanted where not all are; null for none.</param>
public sealed record GetFollowerStatus(bool WithMiners, Address? Miner = null)
{
    /// <summary>All of it.</summary>
    public static readonly GetFollowerStatus Whole = new(WithMiners: true);

    /// <summary>Without miners.</summary>
    public static readonly GetFollowerStatus Brief = new(WithMiners: false);
}

/// <summary>How far the follower is.</summary>
/// <param name="State">What is durable.</param>
/// <param name="Latest">The chain's latest block; null before the first answer.</param>
/// <param name="Finalized">The chain's last final block; null before the first answer.</param>
/// <param name="LagBlocks">Final blocks not folded yet.</param>
/// <param name="RangeBlocks">The size of the next range.</param>
/// <param name="Overlay">Trades above finality, by miner; null when not known.</param>
/// <param name="Reorgs">How many reorgs above finality were seen since the start.</param>
/// <param name="Subscribed">Whether new heads come by WebSocket.</param>
/// <param name="Endpoints">How each endpoint is doing.</param>
/// <param name="Fault">What stops it; null when nothing does.</param>
public sealed record FollowerStatus(
    CursorState State,
    BlockHeader? Latest,
    BlockHeader? Finalized,
    ulong LagBlocks,
    int RangeBlocks,
    IReadOnlyDictionary<Address, (int Trades, UInt128 Wei)>? Overlay,
    long Reorgs,
    bool Subscribed,
    IReadOnlyList<EndpointStatus> Endpoints,
    NodeFault? Fault
)
{
    /// <summary>How many miners ever traded, whether they are in <see cref="State"/> or not.</summary>
    public int Miners { get; init; } = State.Known.Count;

    /// <summary>As much of it as is asked for.</summary>
    public FollowerStatus For(GetFollowerStatus query) =>
        query.WithMiners ? this : this with { State = State.WithOnly(query.Miner), Overlay = null };

    /// <summary>How far a follower of <paramref name="chain"/> is.</summary>
    internal static FollowerStatus Of(CursorState state, ChainConnection chain, OverlayWatch overlay, NodeFault? fault) =>
        new(
            state,
            chain.Head.Latest,
            chain.Head.Finalized,
            state.LagBehind(chain.Head.Finalized),
            chain.Ranges.RangeBlocks,
            overlay.ByMiner,
            overlay.Reorgs,
            chain.Head.Subscribed,
            chain.Pool.Status,
            fault ?? FollowerFaults.Of(chain.Head)
        );

    /// <summary>Why it is not ready: faulted, or more than three ranges behind; null when it is.</summary>
    public string? NotReady =>
        Fault is { } fault ? fault.Message
        : Finalized is null || State.Identity is null ? "the chain has not been read yet"
        : LagBlocks > 3UL * (ulong)RangeBlocks ? $"{LagBlocks} blocks behind, more than three ranges of {RangeBlocks}"
        : null;
}
