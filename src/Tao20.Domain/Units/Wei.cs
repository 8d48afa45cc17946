using System.Globalization;
using System.Numerics;

namespace Tao20.Domain.Units;

/// <summary>An amount of TAO or TAO20 in wei (1e-18). Zero to 2^96, above which no real amount can be: all TAO is 2.1e25 wei.</summary>
public readonly record struct Wei : IComparable<Wei>
{
    /// <summary>Nothing.</summary>
    public static readonly Wei Zero = default;

    /// <summary>The largest plausible amount, 2^96 wei (source: the domain rules, "a wire value above 2^96 is implausible").</summary>
    public static readonly UInt128 Max = UInt128.One << 96;

    /// <summary>One TAO: 1e18 wei.</summary>
    public static readonly Wei OneTao = new(1_000_000_000_000_000_000UL);

    private const ulong WeiPerRao = 1_000_000_000;

    private Wei(UInt128 value) => Value = value;

    /// <summary>The amount in wei.</summary>
    public UInt128 Value { get; }

    /// <summary>What of it is whole rao (1e9 wei): contracts take and give no parts of one.</summary>
    public Wei WholeRao => new(Value / WeiPerRao * WeiPerRao);

    /// <summary>What of it goes to a part of a whole: <c>floor(this * part / whole)</c>, in wei.</summary>
    /// <exception cref="DivideByZeroException">The whole is 0.</exception>
    public UInt128 Part(UInt128 part, UInt128 whole) =>
        part == 0 && whole != 0 ? 0
        : part == whole ? Value
        : (UInt128)((BigInteger)Value * part / whole);

    /// <summary>The amount <paramref name="value"/>, in wei.</summary>
    /// <exception cref="ImplausibleAmountException">More than 2^96 wei.</exception>
    public static Wei From(UInt128 value) => value <= Max ? new(value) : throw new ImplausibleAmountException(value);

    /// <summary>The sum of two amounts.</summary>
    /// <exception cref="ImplausibleAmountException">The sum is above 2^96 wei.</exception>
    public static Wei operator +(Wei left, Wei right) => From(left.Value + right.Value);

    /// <inheritdoc/>
    public int CompareTo(Wei other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left amount is smaller.</summary>
    public static bool operator <(Wei left, Wei right) => left.Value < right.Value;

    /// <summary>Whether the left amount is larger.</summary>
    public static bool operator >(Wei left, Wei right) => left.Value > right.Value;

    /// <summary>The amount in wei as a decimal integer.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An amount that cannot be real: more than 2^96 wei.</summary>
public sealed class ImplausibleAmountException(UInt128 value)
    : Exception($"The amount {value} wei is implausible: it is above 2^96 wei, and all TAO there will ever be is 2.1e25 wei.")
{
    /// <summary>The amount refused, in wei.</summary>
    public UInt128 Value { get; } = value;
}
