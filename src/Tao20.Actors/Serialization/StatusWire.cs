using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Ingestion;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Coordination;
using Tao20.Domain.Settlement;

namespace Tao20.Actors.Serialization;

/// <summary>What nodes of a cluster tell each other of their state, to and from its wire form.</summary>
internal static class StatusWire
{
    public static Wire.FollowerStatus ToWire(FollowerStatus status)
    {
        var wire = new Wire.FollowerStatus
        {
            State = CursorWire.ToWire(status.State),
            Latest = status.Latest is { } latest ? CursorWire.ToWire(latest) : null,
            Finalized = status.Finalized is { } finalized ? CursorWire.ToWire(finalized) : null,
            LagBlocks = status.LagBlocks,
            RangeBlocks = status.RangeBlocks,
            HasOverlay = status.Overlay is not null,
            Reorgs = status.Reorgs,
            Subscribed = status.Subscribed,
            Fault = status.Fault is { } fault
                ? new Wire.Fault
                {
                    Kind = (int)fault.Kind,
                    Message = fault.Message,
                    AtUnixMs = fault.At.ToUnixTimeMilliseconds(),
                }
                : null,
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
                Url = endpoint.Endpoint.ToString(),
                State = endpoint.State,
                Reason = endpoint.Reason ?? "",
                HasHead = endpoint.Head is not null,
                Head = endpoint.Head ?? 0,
            })
        );
        return wire;
    }

    public static FollowerStatus FromWire(Wire.FollowerStatus wire) =>
        new(
            CursorWire.FromWire(wire.State),
            wire.Latest is { } latest ? CursorWire.FromWire(latest) : null,
            wire.Finalized is { } finalized ? CursorWire.FromWire(finalized) : null,
            wire.LagBlocks,
            wire.RangeBlocks,
            wire.HasOverlay
                ? wire.Overlay.ToDictionary(miner => Values.Address(miner.Miner), miner => (miner.Trades, Values.UInt128(miner.Wei)))
                : null,
            wire.Reorgs,
            wire.Subscribed,
            [
                .. wire.Endpoints.Select(endpoint => new EndpointStatus(
                    new Uri(endpoint.Url),
                    endpoint.State,
                    endpoint.Reason.Length == 0 ? null : endpoint.Reason,
                    endpoint.HasHead ? endpoint.Head : null
                )),
            ],
            wire.Fault is { } fault
                ? new NodeFault((FaultKind)fault.Kind, fault.Message, DateTimeOffset.FromUnixTimeMilliseconds(fault.AtUnixMs))
                : null
        );

    public static Wire.SettledEpochs ToWire(SettledEpochs settled) =>
        new()
        {
            Settled = ConsensusWire.ToWire(
                new CoordinatorState(new SettledState(settled.Count, settled.Recent), new ConsensusInbox(settled.Book, [], null))
            ),
        };

    public static SettledEpochs FromWire(Wire.SettledEpochs wire)
    {
        var state = ConsensusWire.FromWire(wire.Settled);
        return new SettledEpochs(state.Settled.Count, state.Settled.Recent, state.Inbox.Book);
    }
}
