using System.Globalization;

namespace Tao20.Domain.Units;

/// <summary>An amount in rao (1e-9 TAO or alpha), the unit of emission and of payouts. Zero to 2^64-1.</summary>
public readonly record struct Rao(ulong Value) : IComparable<Rao>
{
    /// <summary>Nothing.</summary>
    public static readonly Rao Zero;

    /// <summary>The sum of two amounts.</summary>
    /// <exception cref="OverflowException">The sum is above 2^64-1 rao.</exception>
    public static Rao operator +(Rao left, Rao right) => new(checked(left.Value + right.Value));

    /// <summary>The difference of two amounts.</summary>
    /// <exception cref="OverflowException">The right amount is the larger.</exception>
    public static Rao operator -(Rao left, Rao right) => new(checked(left.Value - right.Value));

    /// <inheritdoc/>
    public int CompareTo(Rao other) => Value.CompareTo(other.Value);

    /// <summary>The amount in rao as a decimal integer.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
