using Google.Protobuf;
using Tao20.Actors.Faults;
using Tao20.Actors.Serialization;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>What a node has computed of the latest epochs, to and from its wire form.</summary>
internal static class LocalEpochResultWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.OfQuery<GetLocalEpochResults, Wire.GetLocalEpochResults>("get-witness", GetLocalEpochResults.Instance),
        WireForm.Of<LocalEpochResults, Wire.LocalEpochResults>("witness-status", ToWire, FromWire),
    ];

    public static Wire.LocalEpochResults ToWire(LocalEpochResults status)
    {
        var wire = new Wire.LocalEpochResults { Fault = FaultWire.ToWire(status.Fault) };
        wire.Epochs.AddRange(status.Epochs.Select(ToWire));
        return wire;
    }

    public static LocalEpochResults FromWire(Wire.LocalEpochResults wire) =>
        new([.. wire.Epochs.Select(FromWire)], FaultWire.FromWire(wire.Fault));

    private static Wire.LocalEpochResult ToWire(LocalEpochResult result)
    {
        var wire = new Wire.LocalEpochResult
        {
            Epoch = result.Epoch.Value,
            Block = result.Block,
            Nav = Bytes(result.Nav),
            MintPrice = Bytes(result.MintPrice),
            RedeemPrice = Bytes(result.RedeemPrice),
            Move = (uint)result.Move,
            RankingRoot = Values.Bytes(result.RankingRoot),
            WeightsHash = Values.Bytes(result.WeightsHash),
            NotedAtMs = result.NotedAt.ToUnixTimeMilliseconds(),
        };
        wire.Warnings.AddRange(result.Warnings);
        if (result.DisagreesWithConsensus is { } off)
            wire.OffReference = off;
        return wire;
    }

    private static LocalEpochResult FromWire(Wire.LocalEpochResult wire) =>
        new(
            new EpochId(wire.Epoch),
            wire.Block,
            Price(wire.Nav),
            Price(wire.MintPrice),
            Price(wire.RedeemPrice),
            (NavMove)wire.Move,
            Values.Hash(wire.RankingRoot),
            Values.Hash(wire.WeightsHash),
            [.. wire.Warnings],
            DateTimeOffset.FromUnixTimeMilliseconds(wire.NotedAtMs),
            wire.HasOffReference ? wire.OffReference : null
        );

    /// <summary>A price of zero would be empty as an integer; here empty is none, so there is a byte before it.</summary>
    private static ByteString Bytes(TaoPerToken? price) =>
        price is { } value ? ByteString.CopyFrom([1, .. Values.Bytes(value.Value).Span]) : ByteString.Empty;

    private static TaoPerToken? Price(ByteString bytes) =>
        bytes.IsEmpty ? null : TaoPerToken.From(Values.UInt128(ByteString.CopyFrom(bytes.Span[1..])));
}
