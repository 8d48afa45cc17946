using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Alerts;

/// <summary>Alerts as people read them.</summary>
public static class AlertText
{
    /// <summary>That it fires: what, how far, and where the bound is.</summary>
    public static string Fired(Alert alert) =>
        alert.Kind switch
        {
            AlertKind.NavAgainstMarket => $"The market is {Amount(alert.Kind, alert.Value)} from NAV; {BoundOf(alert)}",
            AlertKind.NavAgainstValidators =>
                $"{alert.Subject} has stated a NAV that is {Amount(alert.Kind, alert.Value)} from what was settled; {BoundOf(alert)}",
            AlertKind.TaoLow => $"{alert.Subject} has {Amount(alert.Kind, alert.Value)}; {BoundOf(alert)}",
            AlertKind.TokensHigh => $"{alert.Subject} has {Amount(alert.Kind, alert.Value)}; {BoundOf(alert)}",
            AlertKind.LossOfDay => $"{alert.Subject} has lost {Amount(alert.Kind, alert.Value)} within 24 hours; {BoundOf(alert)}",
            _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Kind, "There is no such alert."),
        };

    /// <summary>That it is cleared.</summary>
    public static string Cleared(Alert alert) =>
        $"{alert.Kind}{(alert.Subject.Length == 0 ? "" : $" of {alert.Subject}")} is cleared"
        + (alert.ClearedValue is { } value ? $": {Amount(alert.Kind, value)} now" : ": it is measured no more");

    private static string BoundOf(Alert alert) => $"told from {Amount(alert.Kind, alert.Bound)} on";

    private static string Amount(AlertKind kind, Int128 value) =>
        kind switch
        {
            AlertKind.NavAgainstMarket or AlertKind.NavAgainstValidators => $"{Decimal(value * 100)} %",
            AlertKind.TokensHigh => $"{Decimal(value)} TAO20",
            _ => $"{Decimal(value)} TAO",
        };

    /// <summary>A figure of 18 decimals, rounded down to four.</summary>
    private static string Decimal(Int128 value) => FixedPointText.Exact((BigInteger)value / 100_000_000_000_000, 4);
}
