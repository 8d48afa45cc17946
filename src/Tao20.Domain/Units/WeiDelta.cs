using System.Globalization;

namespace Tao20.Domain.Units;

/// <summary>A change of an amount of TAO or TAO20, in wei (1e-18): a gain is positive, a loss negative.</summary>
/// <param name="Value">The change in wei.</param>
public readonly record struct WeiDelta(Int128 Value) : IComparable<WeiDelta>
{
    /// <summary>No change.</summary>
    public static readonly WeiDelta Zero;

    /// <summary>The change from one amount to another.</summary>
    public static WeiDelta Between(Wei before, Wei after) => new((Int128)after.Value - (Int128)before.Value);

    /// <summary>Both changes together.</summary>
    /// <exception cref="OverflowException">More than 127 bits.</exception>
    public static WeiDelta operator +(WeiDelta left, WeiDelta right) => new(checked(left.Value + right.Value));

    /// <summary>The left change without the right.</summary>
    /// <exception cref="OverflowException">More than 127 bits.</exception>
    public static WeiDelta operator -(WeiDelta left, WeiDelta right) => new(checked(left.Value - right.Value));

    /// <inheritdoc/>
    public int CompareTo(WeiDelta other) => Value.CompareTo(other.Value);

    /// <summary>The change in wei as a decimal integer with its sign.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
