using Tao20.Domain.Epochs;
using Tao20.Domain.Units;

namespace Tao20.Actors.Serialization;

/// <summary>Blocks and epochs.</summary>
internal static class EpochWire
{
    public static Wire.ClosedEpoch ToWire(ClosedEpoch closed) =>
        new()
        {
            Epoch = closed.Epoch.Value,
            Opened = closed.Opened.Value,
            ClosedAt = Values.Position(closed.ClosedAt),
            Timestamp = closed.Timestamp,
            LastBlockHash = Values.Bytes(closed.LastBlockHash),
        };

    public static ClosedEpoch FromWire(Wire.ClosedEpoch wire) =>
        new(new EpochId(wire.Epoch), new EpochId(wire.Opened), Values.Position(wire.ClosedAt), wire.Timestamp)
        {
            LastBlockHash = wire.LastBlockHash.IsEmpty ? default : Values.Hash(wire.LastBlockHash),
        };

    public static Wire.EpochToSettle ToWire(EpochToSettle epoch) =>
        new() { Closed = ToWire(epoch.Closed), Miners = Values.Bytes(epoch.Miners) };

    public static EpochToSettle FromWire(Wire.EpochToSettle wire) => new(FromWire(wire.Closed), Values.Addresses(wire.Miners));

    public static Wire.Header ToWire(BlockHeader header) =>
        new()
        {
            Number = header.Number,
            Hash = Values.Bytes(header.Hash),
            ParentHash = Values.Bytes(header.ParentHash),
            Timestamp = header.Timestamp,
        };

    public static BlockHeader FromWire(Wire.Header wire) =>
        new(wire.Number, Values.Hash(wire.Hash), Values.Hash(wire.ParentHash), wire.Timestamp);
}
