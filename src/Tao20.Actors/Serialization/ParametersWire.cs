using Tao20.Domain.Consensus;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Serialization;

/// <summary>The parameters of the rules.</summary>
internal static class ParametersWire
{
    public static Wire.Parameters ToWire(ParametersVersion version) =>
        new()
        {
            Version = version.Version,
            FromEpoch = version.FromEpoch.Value,
            Eligibility = ToWire(version.Parameters.Eligibility),
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
                FromWire(wire.Eligibility),
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

    public static Wire.Eligibility ToWire(EligibilityRules rules) =>
        new()
        {
            DustWei = Values.Bytes(rules.DustWei.Value),
            BurstTrades = rules.BurstTrades,
            BurstSeconds = rules.BurstSeconds,
            RoundTripSeconds = rules.RoundTripSeconds,
            RoundTripPercent = rules.RoundTripPercent,
            RoundTripCandidates = rules.RoundTripCandidates,
        };

    public static EligibilityRules FromWire(Wire.Eligibility rules) =>
        new(
            Wei.From(Values.UInt128(rules.DustWei)),
            rules.BurstTrades,
            rules.BurstSeconds,
            rules.RoundTripSeconds,
            rules.RoundTripPercent,
            rules.RoundTripCandidates
        );
}
