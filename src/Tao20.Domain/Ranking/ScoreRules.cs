using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Ranking;

/// <summary>How an epoch's volume becomes a score (source: TAO20 specification, Scoring Algorithm).</summary>
/// <param name="MinimumWei">The least eligible volume of a ranked miner, in TAO wei. 0 to 1e24; default 1e18 (1 TAO).</param>
/// <param name="MintPercent">What a minted wei counts, in percent. 0 to 1000; default 110.</param>
/// <param name="RedeemPercent">What a redeemed wei counts, in percent. 0 to 1000; default 100.</param>
/// <param name="VolumeTenths">Tenths of the score that are volume. Default 7; the three sum to 10.</param>
/// <param name="FrequencyTenths">Tenths of the score that are frequency. Default 2.</param>
/// <param name="ConsistencyTenths">Tenths of the score that are consistency. Default 1.</param>
public sealed record ScoreRules(
    Wei MinimumWei,
    int MintPercent,
    int RedeemPercent,
    int VolumeTenths,
    int FrequencyTenths,
    int ConsistencyTenths
)
{
    /// <summary>How many hours of volume the consistency score looks at.</summary>
    public const int ConsistencyHours = 24;

    /// <summary>The defaults of the specification.</summary>
    public static readonly ScoreRules Default = new(Wei.OneTao, 110, 100, 7, 2, 1);

    internal IEnumerable<ParameterError> Validate()
    {
        var sum = VolumeTenths + FrequencyTenths + ConsistencyTenths;
        return
        [
            .. ParameterError.Unless("Scoring:Score:MinimumWei", MinimumWei.Value, 0, 1_000_000 * Wei.OneTao.Value, "wei"),
            .. ParameterError.Unless("Scoring:Score:MintPercent", MintPercent, 0, 1000, "percent"),
            .. ParameterError.Unless("Scoring:Score:RedeemPercent", RedeemPercent, 0, 1000, "percent"),
            .. ParameterError.Unless("Scoring:Score:VolumeTenths", VolumeTenths, 0, 10, "tenths"),
            .. ParameterError.Unless("Scoring:Score:FrequencyTenths", FrequencyTenths, 0, 10, "tenths"),
            .. ParameterError.Unless("Scoring:Score:ConsistencyTenths", ConsistencyTenths, 0, 10, "tenths"),
            .. ParameterError.Unless("Scoring:Score:VolumeTenths + FrequencyTenths + ConsistencyTenths", sum, 10, 10, "tenths"),
        ];
    }
}
