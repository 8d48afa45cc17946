using System.Numerics;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Volume;

/// <summary>Which trades count for the score (source: TAO20 specification, eligibility; everything counts for the audit).</summary>
/// <param name="DustWei">Below this value, in TAO wei, a trade is dust. 0 to 1e21; default 1e16 (0.01 TAO).</param>
/// <param name="BurstTrades">How many eligible trades fit into one burst window. 1 to 64; default 10.</param>
/// <param name="BurstSeconds">The burst window in seconds, open at its old end. 1 to 3600; default 60.</param>
/// <param name="RoundTripSeconds">
/// For how long a trade can be cancelled out by later ones of the opposite side, in seconds; a trade of so long ago no more. 0 to 86400;
/// default 300.
/// </param>
/// <param name="SlotSeconds">How long the slots are that the frequency score counts, in seconds. 1 to 86400; default 300.</param>
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
        "For how long a trade can be cancelled out, token for token, by later ones of the opposite side.",
        Least = "0",
        Most = "86400",
        Unit = "seconds"
    )]
        int RoundTripSeconds,
    [property: Setting(
        "How long the slots are of which the frequency score counts those with a trade in them.",
        Least = "1",
        Most = "86400",
        Unit = "seconds"
    )]
        int SlotSeconds
)
{
    /// <summary>The most entries that the trades of a round trip's time may need: what bounds the memory of a miner.</summary>
    public const int MostInRoundTrip = 1024;

    /// <summary>The defaults of the specification.</summary>
    public static readonly EligibilityRules Default = new(Wei.From(10_000_000_000_000_000UL), 10, 60, 300, 300);

    internal IEnumerable<ParameterError> Validate()
    {
        var windows = BurstSeconds > 0 ? (RoundTripSeconds + BurstSeconds - 1) / BurstSeconds : 0;
        return
        [
            .. Setting.Check(this),
            .. ParameterError.Unless(
                "Scoring:Eligibility:BurstTrades * (RoundTripSeconds / BurstSeconds)",
                (BigInteger)BurstTrades * windows,
                0,
                MostInRoundTrip / 2 - 1,
                "trades"
            ),
        ];
    }
}

/// <summary>What a trade counts as.</summary>
public enum VerdictKind : byte
{
    /// <summary>It counts in full, as long as no later trade cancels it out.</summary>
    Eligible = 0,

    /// <summary>Its value is below the dust threshold, or it has no tokens: it does not count.</summary>
    Dust = 1,

    /// <summary>The burst window was already full: it does not count.</summary>
    Burst = 2,

    /// <summary>It undid an earlier trade and counted half, by the first rules: only in journals of an earlier version.</summary>
    Halved = 3,

    /// <summary>Its log could not be read: it does not count, but the contract's running total has it.</summary>
    Unread = 4,

    /// <summary>It cancels out with earlier trades of the opposite side, in part or in full; what is left of it counts.</summary>
    Cancelled = 5,
}

/// <summary>The judgement of one trade.</summary>
/// <param name="Kind">What it counts as.</param>
/// <param name="Tokens">
/// How many of its tokens cancel out with those of earlier trades, in wei; 0 where none do. Dust and what is of a burst cancel out, too.
/// </param>
public readonly record struct Verdict(VerdictKind Kind, UInt128 Tokens)
{
    /// <summary>What the judged trade counts for the score, in TAO wei: <c>floor(value * (tokens - m) / tokens)</c>.</summary>
    public UInt128 Counted(in Trade trade) =>
        Kind switch
        {
            VerdictKind.Eligible => trade.Value.Value,
            VerdictKind.Cancelled => trade.Value.Part(trade.Tokens.Value - Tokens, trade.Tokens.Value),
            VerdictKind.Halved => trade.Value.Value / 2,
            _ => 0,
        };
}
