using System.Globalization;
using System.Numerics;

namespace Tao20.Domain.Units;

/// <summary>A ratio, score or figure in signed fixed point with 18 decimals: <see cref="One"/> is 1.</summary>
public readonly record struct Ratio(Int128 Value) : IComparable<Ratio>
{
    /// <summary>The number of units in 1: 10^18.</summary>
    public const long Scale = 1_000_000_000_000_000_000;

    /// <summary>Zero.</summary>
    public static readonly Ratio Zero;

    /// <summary>One.</summary>
    public static readonly Ratio One = new(Scale);

    /// <summary>
    /// <paramref name="numerator"/> / <paramref name="denominator"/>, floored to 18 decimals; zero when the denominator is zero.
    /// </summary>
    public static Ratio Of(BigInteger numerator, BigInteger denominator) =>
        denominator.IsZero ? Zero : new((Int128)FloorDivide(numerator * Scale, denominator));

    /// <inheritdoc/>
    public int CompareTo(Ratio other) => Value.CompareTo(other.Value);

    /// <summary>The ratio in 1e-18 as a decimal integer.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    private static BigInteger FloorDivide(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (denominator.Sign < 0) ? quotient - 1 : quotient;
    }
}
