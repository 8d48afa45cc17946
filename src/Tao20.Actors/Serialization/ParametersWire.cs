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
            NavGas = version.Parameters.Statement.NavGas,
            Associations = version.Parameters.Statement.Associations,
        };

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
                wire.NavGas == 0 ? StatementRules.Default : new StatementRules(wire.NavGas, wire.Associations)
            )
        );

    public static Wire.Eligibility ToWire(EligibilityRules rules) =>
        new()
        {
            DustWei = Values.Bytes(rules.DustWei.Value),
            BurstTrades = rules.BurstTrades,
            BurstSeconds = rules.BurstSeconds,
            RoundTripSeconds = rules.RoundTripSeconds,
            SlotSeconds = rules.SlotSeconds,
        };

    public static EligibilityRules FromWire(Wire.Eligibility rules) =>
        new(
            Wei.From(Values.UInt128(rules.DustWei)),
            rules.BurstTrades,
            rules.BurstSeconds,
            rules.RoundTripSeconds,
            rules.SlotSeconds == 0 ? EligibilityRules.Default.SlotSeconds : rules.SlotSeconds
        );
}
