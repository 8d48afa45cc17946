using System.Collections.Immutable;
using Google.Protobuf;
using Tao20.Actors.Serialization;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.CursorEvent;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Ingestion;

/// <summary>The cursor's events and snapshot, to and from their wire form.</summary>
internal static class CursorWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<CursorEvent.FollowingBegan, Wire.FollowingBegan>("following-began", ToWire, FromWire),
        WireForm.Of<CursorEvent.ParametersAdopted, Wire.ParametersAdopted>("parameters-adopted", ToWire, FromWire),
        WireForm.Of<CursorEvent.RangeFolded, Wire.RangeFolded>("range-folded", ToWire, FromWire),
        WireForm.Of<CursorEvent.SettlementAcknowledged, Wire.SettlementAcknowledged>("settlement-acknowledged", ToWire, FromWire),
        WireForm.Of<CursorState, Wire.CursorSnapshot>("cursor", ToWire, FromWire),
    ];

    public static Wire.FollowingBegan ToWire(FollowingBegan began) =>
        new()
        {
            ChainId = began.Identity.ChainId,
            Genesis = Values.Bytes(began.Identity.Genesis),
            Contract = Values.Bytes(began.Identity.Contract),
            FromBlock = began.Identity.FromBlock,
            Registry = began.Identity.Registry is { } registry ? Values.Bytes(registry) : Google.Protobuf.ByteString.Empty,
        };

    public static FollowingBegan FromWire(Wire.FollowingBegan began) =>
        new(
            new ChainIdentity(
                began.ChainId,
                Values.Hash(began.Genesis),
                Values.Address(began.Contract),
                began.FromBlock,
                began.Registry.IsEmpty ? null : Values.Address(began.Registry)
            )
        );

    public static Wire.ParametersAdopted ToWire(ParametersAdopted adopted)
    {
        var wire = new Wire.ParametersAdopted();
        wire.Versions.AddRange(adopted.Schedule.Versions.Select(ParametersWire.ToWire));
        return wire;
    }

    public static ParametersAdopted FromWire(Wire.ParametersAdopted wire) =>
        new(new ParameterSchedule(wire.Versions.Select(ParametersWire.FromWire)));

    public static Wire.SettlementAcknowledged ToWire(SettlementAcknowledged acknowledged) => new() { Epoch = acknowledged.Epoch.Value };

    public static SettlementAcknowledged FromWire(Wire.SettlementAcknowledged wire) => new(new EpochId(wire.Epoch));

    public static Wire.RangeFolded ToWire(RangeFolded folded)
    {
        var wire = new Wire.RangeFolded
        {
            Last = EpochWire.ToWire(folded.Last),
            OpenEpoch = folded.OpenEpoch.Value,
            Joined = Values.Bytes(folded.Joined),
            Trades = (uint)folded.Trades,
            Settled = (ulong)folded.Settled,
            Heads = HeadsWire.ToWire(folded.Heads),
            LastFact = Values.PositionOrNull(folded.LastFact),
        };
        wire.Closed.AddRange(folded.Closed.Select(EpochWire.ToWire));
        wire.Quarantined.AddRange(folded.Quarantined.Select(ToWire));
        return wire;
    }

    public static RangeFolded FromWire(Wire.RangeFolded wire) =>
        new(
            EpochWire.FromWire(wire.Last),
            [.. wire.Closed.Select(EpochWire.FromWire)],
            new EpochId(wire.OpenEpoch),
            Values.Addresses(wire.Joined),
            (int)wire.Trades,
            [.. wire.Quarantined.Select(FromWire)],
            (long)wire.Settled
        )
        {
            Heads = HeadsWire.FromWire(wire.Heads),
            LastFact = Values.PositionOrNull(wire.LastFact),
        };

    public static Wire.CursorSnapshot ToWire(CursorState state)
    {
        var wire = new Wire.CursorSnapshot
        {
            Identity = state.Identity is { } identity ? ToWire(new FollowingBegan(identity)) : null,
            Parameters = state.Schedule is { } schedule ? ToWire(new ParametersAdopted(schedule)) : null,
            Last = state.Last is { } last ? EpochWire.ToWire(last) : null,
            OpenEpoch = state.Book.Open.Value,
            Active = Values.Bytes(state.Book.Active),
            Known = Values.Bytes(state.Known.Keys.Order()),
            Heads = HeadsWire.ToWire(state.Known),
            Trades = (ulong)state.Trades,
            QuarantinedCount = (ulong)state.QuarantinedCount,
            Settled = (ulong)state.Settled,
            LastFact = Values.PositionOrNull(state.LastFact),
        };
        wire.Unsettled.AddRange(state.Unsettled.Select(EpochWire.ToWire));
        wire.Quarantined.AddRange(state.Quarantined.Select(ToWire));
        return wire;
    }

    public static CursorState FromWire(Wire.CursorSnapshot wire) =>
        new(
            wire.Identity is { } identity ? FromWire(identity).Identity : null,
            wire.Parameters is { } parameters ? FromWire(parameters).Schedule : null,
            wire.Last is { } last ? EpochWire.FromWire(last) : null,
            new EpochBook(new EpochId(wire.OpenEpoch), new HashSet<Address>(Values.Addresses(wire.Active))),
            [.. wire.Unsettled.Select(EpochWire.FromWire)],
            Values
                .Addresses(wire.Known)
                .ToImmutableDictionary(miner => miner, _ => default(MinerHead))
                .SetItems(HeadsWire.FromWire(wire.Heads)),
            (long)wire.Trades,
            [.. wire.Quarantined.Select(FromWire)],
            (long)wire.QuarantinedCount,
            (long)wire.Settled
        )
        {
            LastFact = Values.PositionOrNull(wire.LastFact),
        };

    private static Wire.QuarantinedLog ToWire(QuarantinedLog log) =>
        new()
        {
            Position = Values.Position(log.Position),
            Reason = log.Reason,
            Raw = ByteString.CopyFrom(log.Raw.Span),
        };

    private static QuarantinedLog FromWire(Wire.QuarantinedLog wire) =>
        new(Values.Position(wire.Position), wire.Reason, wire.Raw.ToByteArray());
}
