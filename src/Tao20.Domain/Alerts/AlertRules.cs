using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Alerts;

/// <summary>From where on people are told. Basis points are hundredths of a percent; 0 switches an alert off.</summary>
[Settings("Alerts")]
public sealed record AlertRules
{
    private const int OneBasisPoint = 10_000;

    /// <summary>The market against NAV. 0 to 10,000 basis points; default 500 (5 %).</summary>
    [Setting(
        "A miner: how far the market's price may be from NAV; 0 for no alert.",
        Least = "0",
        Most = "10000",
        Unit = "basis points (100 are one percent)"
    )]
    public int MarketBasisPoints { get; init; } = 500;

    /// <summary>A validator's NAV against what was settled. 0 to 10,000 basis points; default 100 (1 %).</summary>
    [Setting(
        "With a registry: how far the NAV that a validator states may be from what is settled; 0 for no alert.",
        Least = "0",
        Most = "10000",
        Unit = "basis points (100 are one percent)"
    )]
    public int ValidatorBasisPoints { get; init; } = 100;

    /// <summary>The least TAO of a miner's account. 0 to 1e6 TAO in wei; default 0.1 TAO.</summary>
    [Setting(
        "A miner: the least TAO that its account should have; 0 for no alert.",
        Least = "0",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei MinTaoWei { get; init; } = Wei.From(Wei.OneTao.Value / 10);

    /// <summary>The most tokens of a miner's account. 0 to 1e6 TAO20 in wei; default 0, which is no alert.</summary>
    [Setting(
        "A miner: the most TAO20 that its account should have; 0 for no alert.",
        Least = "0",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO20)"
    )]
    public Wei MaxTokensWei { get; init; } = Wei.Zero;

    /// <summary>The loss of 24 hours. 0 to 1e6 TAO in wei; default 0.5 TAO, half of what stops trading.</summary>
    [Setting(
        "A miner: the realised loss of 24 hours from which on people are told; 0 for no alert. Arbitrage:DailyLossWei stops trading.",
        Least = "0",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei LossOfDayWei { get; init; } = Wei.From(Wei.OneTao.Value / 2);

    /// <summary>
    /// For how long, by the chain's time, something has to be too far before people are told: a gap that the next trade closes is none of
    /// theirs. 0 s to 1 h; default 60 s. What validators state is told at once: each states once a round.
    /// </summary>
    [Setting(
        "For how long, by the chain's time, it has to be so before people are told. Of what validators state they are told at once.",
        Least = "0s",
        Most = "1h"
    )]
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The bound of a kind; null where there is none.</summary>
    public AlertBound? BoundOf(AlertKind kind) =>
        kind switch
        {
            AlertKind.NavAgainstMarket => Upper(Fraction(MarketBasisPoints)),
            AlertKind.NavAgainstValidators => Upper(Fraction(ValidatorBasisPoints)),
            AlertKind.TaoLow => MinTaoWei == Wei.Zero ? null : new AlertBound((Int128)MinTaoWei.Value, IsLower: true),
            AlertKind.TokensHigh => Upper((Int128)MaxTokensWei.Value),
            AlertKind.LossOfDay => Upper((Int128)LossOfDayWei.Value),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such alert."),
        };

    /// <summary>How long something of a kind has to be too far, in seconds.</summary>
    public ulong SecondsBefore(AlertKind kind) => kind == AlertKind.NavAgainstValidators ? 0 : (ulong)After.TotalSeconds;

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() => [.. Setting.Check(this).Select(error => error.ToString())];

    private static AlertBound? Upper(Int128 value) => value == 0 ? null : new AlertBound(value, IsLower: false);

    private static Int128 Fraction(int basisPoints) => (Int128)Ratio.Scale * basisPoints / OneBasisPoint;
}

/// <summary>
/// Where an alert begins and where it ends. It ends only when the value has come back by a fifth of the bound, so that one that moves
/// around the bound is told once.
/// </summary>
/// <param name="Value">The bound.</param>
/// <param name="IsLower">Whether what is below it is too far, instead of what is at it or above, on either side of zero.</param>
public readonly record struct AlertBound(Int128 Value, bool IsLower)
{
    private const int Fifths = 5;

    /// <summary>Whether a value is too far.</summary>
    public bool IsPassedBy(Int128 value) => IsLower ? value < Value : Int128.Abs(value) >= Value;

    /// <summary>Whether a value has come back far enough.</summary>
    public bool IsRegainedBy(Int128 value) => IsLower ? value >= Value + Value / Fifths : Int128.Abs(value) < Value - Value / Fifths;
}
