using System.Globalization;

namespace Tao20.Domain.Units;

/// <summary>A price of a subnet's alpha in TAO, fixed point with 18 decimals: 1e18 is one TAO for one alpha. Zero to 2^96.</summary>
public readonly record struct TaoPerAlpha
{
    /// <summary>One TAO for one alpha: the price on the root subnet.</summary>
    public static readonly TaoPerAlpha One = new(Wei.OneTao.Value);

    private TaoPerAlpha(UInt128 value) => Value = value;

    /// <summary>The price in 1e-18 TAO for one alpha.</summary>
    public UInt128 Value { get; }

    /// <summary>The price <paramref name="value"/>, in 1e-18 TAO for one alpha.</summary>
    /// <exception cref="ImplausibleAmountException">More than 2^96.</exception>
    public static TaoPerAlpha From(UInt128 value) => value <= Wei.Max ? new(value) : throw new ImplausibleAmountException(value);

    /// <summary>The price in 1e-18 TAO as a decimal integer.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
