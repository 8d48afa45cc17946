using System.Globalization;

namespace Tao20.Domain.Units;

/// <summary>The number of an epoch, as the contract counts them.</summary>
public readonly record struct EpochId(ulong Value) : IComparable<EpochId>
{
    /// <summary>The epoch after this one.</summary>
    public EpochId Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(EpochId other) => Value.CompareTo(other.Value);

    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
