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
[Settings("Scoring:Eligibility")]
public readonly record struct EligibilityRules(
    [property: Setting(
        "A trade below this is dust and does not count: it would be made for the frequency score alone.",
        Least = "0",
        Most = "1000 TAO",
        Unit = "wei"
    )]
        Wei DustWei,
    [property: Setting(
        "How many trades count within one burst window; more are a burst and do not.",
        Least = "1",
        Most = "64",
        Unit = "trades"
    )]
        int BurstTrades,
    [property: Setting("The burst window, open at its old end.", Least = "1", Most = "3600", Unit = "seconds")] int BurstSeconds,
    [property: Setting(
        "An opposite trade within this time may make the later one a round trip, which counts half.",
        Least = "0",
        Most = "86400",
        Unit = "seconds"
    )]
        int RoundTripSeconds,
    [property: Setting("By how much the tokens of the two may differ.", Least = "0", Most = "100", Unit = "percent")] int RoundTripPercent,
    [property: Setting(
        "How many unmatched trades of a miner are kept as candidates: what bounds its memory.",
        Least = "1",
        Most = "64",
        Unit = "trades"
    )]
        int RoundTripCandidates
)
{
    /// <summary>The defaults of the specification.</summary>
    public static readonly EligibilityRules Default = new(Wei.From(10_000_000_000_000_000UL), 10, 60, 300, 1, 32);
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

    /// <summary>Its log could not be read: it does not count, but the contract's running total has it.</summary>
    Unread = 4,
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
