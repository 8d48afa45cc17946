using System.Numerics;

namespace Tao20.Domain.Nav;

/// <summary>
/// What a swap in a balancer's pool gives: the chain's formula, to the unit. It is only ever held against the chain's own word
/// (<c>simSwap*</c>), and never used in its stead (source: Subtensor, pallets/swap/src/pallet/balancer.rs and swap_step.rs; safe-bigmath,
/// integer.rs).
/// </summary>
/// <param name="Pool">The pool.</param>
/// <param name="FeeRate">The fee, in 65535ths.</param>
public sealed record BalancerSwap(BalancerPool Pool, ushort FeeRate)
{
    private const int LargestExactPart = 1_024;
    private const int FractionBits = 320;
    private static readonly BigInteger Unit = BigInteger.One << FractionBits;
    private static readonly BigInteger Ln2 = 2 * Atanh(Unit / 3);

    /// <summary>The fee of an amount: <c>floor(floor(rate * 2^64 / 65535) * amount / 2^64)</c>.</summary>
    public ulong Fee(ulong amount) => (ulong)((((BigInteger)FeeRate << 64) / ushort.MaxValue * amount) >> 64);

    /// <summary>The alpha that TAO buys, in 1e-9: <c>alpha * (1 - (tao / (tao + d))^(w2 / w1))</c> of what is left after the fee.</summary>
    /// <param name="rao">TAO in rao, the fee included.</param>
    public ulong Buy(ulong rao) => Out(Pool.Tao, Pool.Alpha, rao - Fee(rao), Pool.QuoteWeight, BalancerPool.One - Pool.QuoteWeight);

    /// <summary>The TAO that alpha is sold for, in rao: <c>tao * (1 - (alpha / (alpha + d))^(w1 / w2))</c> after the fee.</summary>
    /// <param name="alpha">Alpha in 1e-9, the fee included.</param>
    public ulong Sell(ulong alpha) => Out(Pool.Alpha, Pool.Tao, alpha - Fee(alpha), BalancerPool.One - Pool.QuoteWeight, Pool.QuoteWeight);

    private static ulong Out(ulong reserveIn, ulong reserveOut, ulong added, ulong weightIn, ulong weightOut)
    {
        // The power is rounded down to 1e-18, and then to 2^-64.
        var left = (Power(reserveIn, (BigInteger)reserveIn + added, weightIn, weightOut) << 64) / BalancerPool.One;
        return (ulong)(((BigInteger)reserveOut * ((BigInteger.One << 64) - left)) >> 64);
    }

    /// <summary><c>(n / d)^(a / b)</c> for n up to d, in 1e-18, rounded down.</summary>
    private static BigInteger Power(BigInteger n, BigInteger d, BigInteger a, BigInteger b)
    {
        var common = BigInteger.GreatestCommonDivisor(a, b);
        (a, b) = (a / common, b / common);
        var power = (Exp(Ln(n, d) * a / b) * BalancerPool.One) >> FractionBits;

        // A power that is a multiple of 1e-18 comes out a hair below it: with small exponents it is made sure of.
        return a <= LargestExactPart && b <= LargestExactPart && IsAtMost(power + 1) ? power + 1 : power;

        bool IsAtMost(BigInteger scaled) =>
            BigInteger.Pow(scaled, (int)b) * BigInteger.Pow(d, (int)a)
            <= BigInteger.Pow(n, (int)a) * BigInteger.Pow(BalancerPool.One, (int)b);
    }

    /// <summary>The logarithm of n / d, which is at most 1: <c>2 atanh((x - 1) / (x + 1))</c> of what is left after halvings.</summary>
    private static BigInteger Ln(BigInteger n, BigInteger d)
    {
        var halvings = 0;
        for (; 2 * n < d; halvings++)
            n <<= 1;
        return 2 * Atanh(((n - d) << FractionBits) / (n + d)) - halvings * Ln2;
    }

    private static BigInteger Atanh(BigInteger x)
    {
        var (sum, power, square) = (BigInteger.Zero, x, (x * x) >> FractionBits);
        for (var i = 1; !power.IsZero && power != BigInteger.MinusOne; i += 2)
        {
            sum += power / i;
            power = (power * square) >> FractionBits;
        }

        return sum;
    }

    /// <summary>The exponential of a number that is not positive.</summary>
    private static BigInteger Exp(BigInteger x)
    {
        var halvings = (int)(-x / Ln2);
        var (sum, term, rest) = (Unit, Unit, x + halvings * Ln2);
        for (var i = 1; !term.IsZero && term != BigInteger.MinusOne; i++)
        {
            term = ((term * rest) >> FractionBits) / i;
            sum += term;
        }

        return sum >> halvings;
    }
}
