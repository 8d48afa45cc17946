using Tao20.Domain.Volume;

namespace Tao20.Actors.Serialization;

/// <summary>Where trades are missing, to and from its wire form.</summary>
internal static class GapWire
{
    public static Wire.HistoryGap? ToWire(HistoryGap? gap) =>
        gap is null
            ? null
            : new()
            {
                Miner = gap.Miner is { } miner ? Values.Bytes(miner) : Google.Protobuf.ByteString.Empty,
                Before = Values.Bytes(gap.Before),
                After = Values.Bytes(gap.After),
                FirstBlock = gap.FirstBlock,
                LastBlock = gap.LastBlock,
            };

    public static HistoryGap? FromWire(Wire.HistoryGap? gap) =>
        gap is null
            ? null
            : new(
                gap.Miner.IsEmpty ? null : Values.Address(gap.Miner),
                Values.UInt128(gap.Before),
                Values.UInt128(gap.After),
                gap.FirstBlock,
                gap.LastBlock
            );
}
