using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Volume;

/// <summary>Which trades count for the score (source: TAO20 specification, eligibility; everything counts for the audit).</summary>
/// <param name="DustWei">Below this value, in TAO wei, a trade is dust. 0 to 1e21; default 1e16 (0.01 TAO).</param>
/// <param name="BurstTrades">How many eligible trades fit into one burst window. 1 to 64; default 10.</param>
/// <param name="BurstSeconds">The burst window in seconds, open at its old end. 1 to 3600; default 60.</param>
/// <param name="RoundTripSeconds">How much older the opposite trade of a round trip may be, in seconds. 0 to 86400; default 300.</param>
/// <param name="RoundTripPercent">By how many percent of this trade's tokens the two may differ. 0 to 100; default 1.</param>
/// <param name="RoundTripCandidates">How many unmatched trades stay candidates for a match. 1 to 64; default 32.</param>
public readonly record struct EligibilityRules(
    Wei DustWei,
    int BurstTrades,
    int BurstSeconds,
    int RoundTripSeconds,
    int RoundTripPercent,
    int RoundTripCandidates
)
{
    /// <summary>The defaults of the specification.</summary>
    public static readonly EligibilityRules Default = new(Wei.From(10_000_000_000_000_000UL), 10, 60, 300, 1, 32);

    internal IEnumerable<ParameterError> Validate() =>
        [
            .. ParameterError.Unless("Scoring:Eligibility:DustWei", DustWei.Value, 0, 1000 * Wei.OneTao.Value, "wei"),
            .. ParameterError.Unless("Scoring:Eligibility:BurstTrades", BurstTrades, 1, 64, "trades"),
            .. ParameterError.Unless("Scoring:Eligibility:BurstSeconds", BurstSeconds, 1, 3600, "seconds"),
            .. ParameterError.Unless("Scoring:Eligibility:RoundTripSeconds", RoundTripSeconds, 0, 86400, "seconds"),
            .. ParameterError.Unless("Scoring:Eligibility:RoundTripPercent", RoundTripPercent, 0, 100, "percent"),
            .. ParameterError.Unless("Scoring:Eligibility:RoundTripCandidates", RoundTripCandidates, 1, 64, "trades"),
        ];
}

/// <summary>What a trade counts as.</summary>
public enum VerdictKind : byte
{
    /// <summary>It counts in full.</summary>
    Eligible = 0,

    /// <summary>Its value is below the dust threshold: it does not count.</summary>
    Dust = 1,

    /// <summary>The burst window was already full: it does not count.</summary>
    Burst = 2,

    /// <summary>It undoes an earlier trade: it counts half.</summary>
    RoundTrip = 3,
}

/// <summary>The judgement of one trade.</summary>
/// <param name="Kind">What it counts as.</param>
/// <param name="Match">For a round trip, which candidate it matched, counted from the oldest; otherwise 0.</param>
public readonly record struct Verdict(VerdictKind Kind, byte Match)
{
    /// <summary>What a trade of this value counts for the score, in wei.</summary>
    public UInt128 Counted(Wei value) =>
        Kind switch
        {
            VerdictKind.Eligible => value.Value,
            VerdictKind.RoundTrip => value.Value / 2,
            _ => 0,
        };
}
