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
[Settings("Scoring:Score")]
public sealed record ScoreRules(
    [property: Setting("The least volume of a ranked miner.", Least = "0", Most = "1000000 TAO", Unit = "wei")] Wei MinimumWei,
    [property: Setting(
        "What a minted TAO counts: more than a redeemed one, to make the index grow.",
        Least = "0",
        Most = "1000",
        Unit = "percent"
    )]
        int MintPercent,
    [property: Setting("What a redeemed TAO counts.", Least = "0", Most = "1000", Unit = "percent")] int RedeemPercent,
    [property: Setting("The part of the score that is volume; the three parts sum to 10.", Least = "0", Most = "10", Unit = "tenths")]
        int VolumeTenths,
    [property: Setting("The part of the score that is in how many slots there is a trade.", Least = "0", Most = "10", Unit = "tenths")]
        int FrequencyTenths,
    [property: Setting("The part of the score that is how evenly the hours are filled.", Least = "0", Most = "10", Unit = "tenths")]
        int ConsistencyTenths
)
{
    /// <summary>How many hours of volume the consistency score looks at.</summary>
    public const int ConsistencyHours = 24;

    /// <summary>The defaults of the specification.</summary>
    public static readonly ScoreRules Default = new(Wei.OneTao, 110, 100, 7, 2, 1);

    internal IEnumerable<ParameterError> Validate() =>
        [
            .. Setting.Check(this),
            .. ParameterError.Unless(
                "Scoring:Score:VolumeTenths + FrequencyTenths + ConsistencyTenths",
                VolumeTenths + FrequencyTenths + ConsistencyTenths,
                10,
                10,
                "tenths"
            ),
        ];
}
