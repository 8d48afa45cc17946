using Tao20.Actors.Serialization;
using Tao20.Domain.Coordination;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>The weights' messages, event and snapshot, to and from their wire form.</summary>
internal static class WeightsWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<PublishWeights, Wire.PublishWeights>("weigh-epoch", ToWire, FromWire),
        WireForm.Of<WeightsAccepted, Wire.WeightsAccepted>("weights-taken", ToWire, FromWire),
        WireForm.Of<WeightsMoved, Wire.WeightsMoved>("weights-moved", ToWire, FromWire),
        WireForm.Of<WeightsState, Wire.WeightsSnapshot>("weights", ToWire, FromWire),
        WireForm.OfQuery<GetWeights, Wire.GetWeights>("get-weights", GetWeights.Instance),
    ];

    public static Wire.PublishWeights ToWire(PublishWeights weigh) =>
        new() { Report = ConsensusWire.ToWire(new CoordinatorEvent.EpochSettled(weigh.Report)) };

    public static PublishWeights FromWire(Wire.PublishWeights wire) => new(ConsensusWire.FromWire(wire.Report).Report);

    public static Wire.WeightsAccepted ToWire(WeightsAccepted taken) => new() { Epoch = taken.Epoch.Value };

    public static WeightsAccepted FromWire(Wire.WeightsAccepted wire) => new(new EpochId(wire.Epoch));

    public static Wire.WeightsMoved ToWire(WeightsMoved moved) => new() { Progress = ToWire(moved.Progress) };

    public static WeightsMoved FromWire(Wire.WeightsMoved wire) => new(FromWire(wire.Progress));

    public static Wire.WeightsSnapshot ToWire(WeightsState state)
    {
        var wire = new Wire.WeightsSnapshot();
        wire.Recent.AddRange(state.Recent.Select(ToWire));
        wire.Alarms.AddRange(state.Alarms.Select(alarm => alarm.Text));
        wire.AlarmsSince.AddRange(state.Alarms.Select(alarm => alarm.Since));
        return wire;
    }

    public static WeightsState FromWire(Wire.WeightsSnapshot wire) =>
        new([.. wire.Recent.Select(FromWire)])
        {
            // A node of an older version does not tell since when.
            Alarms = [.. wire.Alarms.Select((text, i) => new RaisedAlarm(text, wire.AlarmsSince.ElementAtOrDefault(i)))],
        };

    private static Wire.WeightsProgress ToWire(WeightsProgress progress)
    {
        var wire = new Wire.WeightsProgress
        {
            Closed = EpochWire.ToWire(progress.Closed),
            Stage = (uint)progress.Stage,
            WithoutUid = Values.Bytes(progress.WithoutUid),
            VersionKey = progress.VersionKey,
            Attempts = progress.Attempts,
            CommittedAt = progress.CommittedAt,
            DoneAt = progress.DoneAt,
            DoneSeconds = progress.DoneSeconds,
            LastBlock = progress.LastBlock,
            SetAt = progress.SetAt,
        };
        wire.Neurons.AddRange(
            progress.Neurons.Select(neuron => new Wire.NeuronIdentity
            {
                Uid = neuron.Uid,
                Hotkey = Values.Bytes(neuron.Hotkey),
                RegisteredAt = neuron.RegisteredAt,
            })
        );
        wire.Recycled.AddRange(progress.Recycled.Select(uid => (uint)uid));
        if (progress.CommitEpoch is { } epoch)
            wire.CommitEpoch = epoch;
        wire.Weights.AddRange(progress.Weights.Select(RegistryWire.ToWire));
        wire.Salt.AddRange(progress.Salt.Select(number => (uint)number));
        if (progress.Reason is { } reason)
            wire.Reason = reason;
        return wire;
    }

    private static WeightsProgress FromWire(Wire.WeightsProgress wire) =>
        new(
            EpochWire.FromWire(wire.Closed),
            (WeightsStage)wire.Stage,
            [.. wire.Weights.Select(RegistryWire.FromWire)],
            Values.Addresses(wire.WithoutUid),
            wire.VersionKey,
            [.. wire.Salt.Select(number => (ushort)number)],
            wire.Attempts,
            wire.CommittedAt,
            wire.DoneAt,
            wire.DoneSeconds,
            wire.HasReason ? wire.Reason : null
        )
        {
            Neurons =
            [
                .. wire.Neurons.Select(neuron => new NeuronIdentity((ushort)neuron.Uid, Values.Hash(neuron.Hotkey), neuron.RegisteredAt)),
            ],
            Recycled = [.. wire.Recycled.Select(uid => (ushort)uid)],
            CommitEpoch = wire.HasCommitEpoch ? wire.CommitEpoch : null,
            LastBlock = wire.LastBlock,
            SetAt = wire.SetAt,
        };
}
