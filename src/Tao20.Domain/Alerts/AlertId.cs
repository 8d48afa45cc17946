using System.Globalization;

namespace Tao20.Domain.Alerts;

/// <summary>What identifies an alert wherever it is told: 128 bits that nobody else has drawn, as 32 hex digits.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct AlertId(UInt128 Value)
{
    private const int Digits = 32;

    /// <summary>Its text.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads its text.</summary>
    /// <returns>Null where it is none.</returns>
    public static AlertId? Parse(string text) =>
        text.Length == Digits && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new AlertId(value)
            : null;
}
