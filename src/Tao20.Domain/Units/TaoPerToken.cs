using System.Globalization;

namespace Tao20.Domain.Units;

/// <summary>A price of TAO20 in TAO, fixed point with 18 decimals: 1e18 is one TAO for one token. Zero to 2^96.</summary>
public readonly record struct TaoPerToken
{
    private TaoPerToken(UInt128 value) => Value = value;

    /// <summary>The price in 1e-18 TAO for one token.</summary>
    public UInt128 Value { get; }

    /// <summary>The price <paramref name="value"/>, in 1e-18 TAO for one token.</summary>
    /// <exception cref="ImplausibleAmountException">More than 2^96.</exception>
    public static TaoPerToken From(UInt128 value) => value <= Wei.Max ? new(value) : throw new ImplausibleAmountException(value);

    /// <summary>The price in 1e-18 TAO as a decimal integer.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
