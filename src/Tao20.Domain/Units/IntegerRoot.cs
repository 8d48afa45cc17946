using System.Numerics;

namespace Tao20.Domain.Units;

/// <summary>The square root in integers, so that every machine agrees on it to the last digit.</summary>
public static class IntegerRoot
{
    /// <summary>The largest integer whose square is at most <paramref name="value"/> (Newton's method from above).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public static BigInteger Of(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (value < 2)
            return value;

        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + value / root) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
