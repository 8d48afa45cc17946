using Tao20.Actors.Serialization;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>What validators sign, and the cases against them.</summary>
internal static class AttestationWire
{
    public static Wire.SignedAttestation ToWire(SignedAttestation signed)
    {
        var said = signed.Attestation;
        var wire = new Wire.SignedAttestation
        {
            Epoch = said.Epoch.Value,
            BlockNumber = said.BlockNumber,
            BlockHash = Values.Bytes(said.BlockHash),
            Nav = Values.Bytes(said.Nav.Value),
            TotalSupply = Values.Bytes(said.TotalSupply.Value),
            RankingRoot = Values.Bytes(said.RankingRoot),
            WeightsHash = Values.Bytes(said.WeightsHash),
            Parameters = Values.Bytes(said.Parameters),
            Validator = Values.Bytes(said.Validator),
            Digest = Values.Bytes(signed.Digest),
            Signature = Google.Protobuf.ByteString.CopyFrom(signed.Signature.Span),
        };
        wire.Weights.AddRange(signed.Weights.Select(ToWire));
        return wire;
    }

    public static SignedAttestation FromWire(Wire.SignedAttestation wire) =>
        new(
            new NavAttestation(
                new EpochId(wire.Epoch),
                wire.BlockNumber,
                Values.Hash(wire.BlockHash),
                TaoPerToken.From(Values.UInt128(wire.Nav)),
                Values.Amount(wire.TotalSupply),
                Values.Hash(wire.RankingRoot),
                Values.Hash(wire.WeightsHash),
                Values.Hash(wire.Parameters),
                Values.Address(wire.Validator)
            ),
            Values.Hash(wire.Digest),
            [.. wire.Weights.Select(FromWire)],
            wire.Signature.ToByteArray()
        );

    public static Wire.SlashCase ToWire(SlashCase one)
    {
        var wire = new Wire.SlashCase
        {
            Epoch = one.Epoch.Value,
            Accused = Values.Bytes(one.Accused),
            Kinds = (uint)one.Kinds,
            Severity = (uint)one.Severity,
            StakeBlock = one.StakeBlock,
            ReferenceNav = Values.Bytes(one.ReferenceNav.Value),
            ReferenceRoot = Values.Bytes(one.ReferenceRoot),
            ReferenceWeightsHash = Values.Bytes(one.ReferenceWeightsHash),
        };
        wire.Digests.AddRange(one.Digests.Select(digest => Values.Bytes(digest)));
        wire.MissedEpochs.AddRange(one.MissedEpochs.Select(epoch => epoch.Value));
        return wire;
    }

    public static SlashCase FromWire(Wire.SlashCase wire) =>
        new(
            new EpochId(wire.Epoch),
            Values.Address(wire.Accused),
            (ViolationKinds)wire.Kinds,
            (Severity)wire.Severity,
            wire.StakeBlock,
            TaoPerToken.From(Values.UInt128(wire.ReferenceNav)),
            Values.Hash(wire.ReferenceRoot),
            Values.Hash(wire.ReferenceWeightsHash),
            [.. wire.Digests.Select(Values.Hash)],
            [.. wire.MissedEpochs.Select(epoch => new EpochId(epoch))]
        );

    public static Wire.Weight ToWire(SubnetWeight weight) => new() { Uid = weight.Uid, Weight_ = weight.Weight };

    public static SubnetWeight FromWire(Wire.Weight wire) => new((ushort)wire.Uid, (ushort)wire.Weight_);
}
