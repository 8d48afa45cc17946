using Google.Protobuf;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using static Tao20.Domain.Ingestion.CursorEvent;

namespace Tao20.Actors.Serialization;

/// <summary>The cursor's events and snapshot, to and from their wire form.</summary>
internal static class CursorWire
{
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

    public static Wire.Parameters ToWire(ParametersVersion version) =>
        new()
        {
            Version = version.Version,
            FromEpoch = version.FromEpoch.Value,
            Eligibility = MinerWire.ToWire(version.Parameters.Eligibility),
            MinimumWei = Values.Bytes(version.Parameters.Score.MinimumWei.Value),
            MintPercent = version.Parameters.Score.MintPercent,
            RedeemPercent = version.Parameters.Score.RedeemPercent,
            VolumeTenths = version.Parameters.Score.VolumeTenths,
            FrequencyTenths = version.Parameters.Score.FrequencyTenths,
            ConsistencyTenths = version.Parameters.Score.ConsistencyTenths,
            EmissionRao = version.Parameters.Rewards.EmissionRao.Value,
            ValidatorPercent = version.Parameters.Rewards.ValidatorPercent,
            TierPercent = version.Parameters.Rewards.TierPercent,
            Consensus = ToWire(version.Parameters.Consensus),
        };

    public static Wire.ConsensusRules ToWire(ConsensusRules rules) =>
        new()
        {
            MinStakeWei = Values.Bytes(rules.MinStakeWei.Value),
            MinAttestations = rules.MinAttestations,
            QuorumPercent = rules.QuorumPercent,
            WindowBlocks = rules.WindowBlocks,
            MissedWindow = rules.MissedWindow,
            MissedWarning = rules.MissedWarning,
            MissedMinor = rules.MissedMinor,
            RepeatRounds = rules.RepeatRounds,
            RepeatCount = rules.RepeatCount,
            DisputeBlocks = rules.DisputeBlocks,
        };

    public static ConsensusRules FromWire(Wire.ConsensusRules wire) =>
        new(
            Wei.From(Values.UInt128(wire.MinStakeWei)),
            wire.MinAttestations,
            wire.QuorumPercent,
            wire.WindowBlocks,
            wire.MissedWindow,
            wire.MissedWarning,
            wire.MissedMinor,
            wire.RepeatRounds,
            wire.RepeatCount,
            wire.DisputeBlocks
        );

    public static ParametersVersion FromWire(Wire.Parameters wire) =>
        new(
            wire.Version,
            new EpochId(wire.FromEpoch),
            new DomainParameters(
                MinerWire.FromWire(wire.Eligibility),
                new ScoreRules(
                    Wei.From(Values.UInt128(wire.MinimumWei)),
                    wire.MintPercent,
                    wire.RedeemPercent,
                    wire.VolumeTenths,
                    wire.FrequencyTenths,
                    wire.ConsistencyTenths
                ),
                new RewardRules(new Rao(wire.EmissionRao), wire.ValidatorPercent, wire.TierPercent),
                FromWire(wire.Consensus)
            )
        );

    public static Wire.ParametersAdopted ToWire(ParametersAdopted adopted)
    {
        var wire = new Wire.ParametersAdopted();
        wire.Versions.AddRange(adopted.Schedule.Versions.Select(ToWire));
        return wire;
    }

    public static ParametersAdopted FromWire(Wire.ParametersAdopted wire) => new(new ParameterSchedule(wire.Versions.Select(FromWire)));

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

    public static Wire.SettlementAcknowledged ToWire(SettlementAcknowledged acknowledged) => new() { Epoch = acknowledged.Epoch.Value };

    public static SettlementAcknowledged FromWire(Wire.SettlementAcknowledged wire) => new(new EpochId(wire.Epoch));

    public static Wire.RangeFolded ToWire(RangeFolded folded)
    {
        var wire = new Wire.RangeFolded
        {
            Last = ToWire(folded.Last),
            OpenEpoch = folded.OpenEpoch.Value,
            Joined = Values.Bytes(folded.Joined),
            Trades = (uint)folded.Trades,
            Settled = (ulong)folded.Settled,
        };
        wire.Closed.AddRange(folded.Closed.Select(ToWire));
        wire.Quarantined.AddRange(folded.Quarantined.Select(ToWire));
        return wire;
    }

    public static RangeFolded FromWire(Wire.RangeFolded wire) =>
        new(
            FromWire(wire.Last),
            [.. wire.Closed.Select(FromWire)],
            new EpochId(wire.OpenEpoch),
            Values.Addresses(wire.Joined),
            (int)wire.Trades,
            [.. wire.Quarantined.Select(FromWire)],
            (long)wire.Settled
        );

    public static Wire.CursorSnapshot ToWire(CursorState state)
    {
        var wire = new Wire.CursorSnapshot
        {
            Identity = state.Identity is { } identity ? ToWire(new FollowingBegan(identity)) : null,
            Parameters = state.Schedule is { } schedule ? ToWire(new ParametersAdopted(schedule)) : null,
            Last = state.Last is { } last ? ToWire(last) : null,
            OpenEpoch = state.Book.Open.Value,
            Active = Values.Bytes(state.Book.Active),
            Known = Values.Bytes(state.Known),
            Trades = (ulong)state.Trades,
            QuarantinedCount = (ulong)state.QuarantinedCount,
            Settled = (ulong)state.Settled,
        };
        wire.Unsettled.AddRange(state.Unsettled.Select(ToWire));
        wire.Quarantined.AddRange(state.Quarantined.Select(ToWire));
        return wire;
    }

    public static CursorState FromWire(Wire.CursorSnapshot wire) =>
        new(
            wire.Identity is { } identity ? FromWire(identity).Identity : null,
            wire.Parameters is { } parameters ? FromWire(parameters).Schedule : null,
            wire.Last is { } last ? FromWire(last) : null,
            new EpochBook(new EpochId(wire.OpenEpoch), new HashSet<Address>(Values.Addresses(wire.Active))),
            [.. wire.Unsettled.Select(FromWire)],
            new HashSet<Address>(Values.Addresses(wire.Known)),
            (long)wire.Trades,
            [.. wire.Quarantined.Select(FromWire)],
            (long)wire.QuarantinedCount,
            (long)wire.Settled
        );

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
