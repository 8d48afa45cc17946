using Google.Protobuf;
using Tao20.Actors.Faults;
using Tao20.Actors.Serialization;
using Tao20.Chain.JsonRpc;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Ingestion;

/// <summary>What nodes of a cluster tell each other of their state, to and from its wire form.</summary>
internal static class StatusWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<GetFollowerStatus, Wire.GetFollowerStatus>(
            "get-follower-status",
            query => new Wire.GetFollowerStatus
            {
                IsBrief = !query.WithMiners,
                Miner = query.Miner is { } miner ? Values.Bytes(miner) : ByteString.Empty,
            },
            wire => new GetFollowerStatus(!wire.IsBrief, wire.Miner.IsEmpty ? null : Values.Address(wire.Miner))
        ),
        WireForm.Of<FollowerStatus, Wire.FollowerStatus>("follower-status", ToWire, FromWire),
    ];

    public static Wire.FollowerStatus ToWire(FollowerStatus status)
    {
        var wire = new Wire.FollowerStatus
        {
            State = CursorWire.ToWire(status.State),
            Latest = status.Latest is { } latest ? EpochWire.ToWire(latest) : null,
            Finalized = status.Finalized is { } finalized ? EpochWire.ToWire(finalized) : null,
            LagBlocks = status.LagBlocks,
            RangeBlocks = status.RangeBlocks,
            HasOverlay = status.Overlay is not null,
            Reorgs = status.Reorgs,
            Subscribed = status.Subscribed,
            Fault = FaultWire.ToWire(status.Fault),
            Miners = status.Miners,
        };
        if (status.Overlay is { } overlay)
            wire.Overlay.AddRange(
                overlay.Select(pair => new Wire.OverlayMiner
                {
                    Miner = Values.Bytes(pair.Key),
                    Trades = pair.Value.Trades,
                    Wei = Values.Bytes(pair.Value.Wei),
                })
            );
        wire.Endpoints.AddRange(
            status.Endpoints.Select(endpoint => new Wire.Endpoint
            {
                Url = endpoint.Endpoint,
                State = EndpointStatus.Word(endpoint.State),
                Reason = endpoint.Reason ?? "",
                HasHead = endpoint.Head is not null,
                Head = endpoint.Head ?? 0,
            })
        );
        return wire;
    }

    public static FollowerStatus FromWire(Wire.FollowerStatus wire)
    {
        var state = CursorWire.FromWire(wire.State);
        return new FollowerStatus(
            state,
            wire.Latest is { } latest ? EpochWire.FromWire(latest) : null,
            wire.Finalized is { } finalized ? EpochWire.FromWire(finalized) : null,
            wire.LagBlocks,
            wire.RangeBlocks,
            wire.HasOverlay
                ? wire.Overlay.ToDictionary(miner => Values.Address(miner.Miner), miner => (miner.Trades, Values.UInt128(miner.Wei)))
                : null,
            wire.Reorgs,
            wire.Subscribed,
            [
                .. wire.Endpoints.Select(endpoint => new EndpointStatus(
                    endpoint.Url,
                    EndpointStatus.Parse(endpoint.State),
                    endpoint.Reason.Length == 0 ? null : endpoint.Reason,
                    endpoint.HasHead ? endpoint.Head : null
                )),
            ],
            FaultWire.FromWire(wire.Fault)
        )
        {
            // A node of before this was told does not tell it, and tells of all.
            Miners = Math.Max(wire.Miners, state.Known.Count),
        };
    }
}
