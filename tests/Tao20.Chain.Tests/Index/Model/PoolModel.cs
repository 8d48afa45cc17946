using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>What a swap does: what goes in net of the fee, what comes out, and the fee, in units of 1e-9.</summary>
internal readonly record struct Swapped(BigInteger PaidIn, BigInteger PaidOut, BigInteger Fee);

/// <summary>A call that the chain or a contract refuses; what it has done until then is undone.</summary>
internal sealed class RefusedException(string why) : Exception(why);

/// <summary>
/// A subnet's pool of TAO and alpha, which comes to the mock's own numbers (source: Contracts/Subtensor/Balancer.sol and Pow.sol): U64F64,
/// every product and quotient rounded down. Logarithms are taken digit by digit here, and by a series there.
/// </summary>
internal sealed record PoolModel(BigInteger Tao, BigInteger Alpha, BigInteger QuoteWeight, BigInteger FeeRate)
{
    public static readonly BigInteger Weights = BigInteger.Pow(10, 18);
    public static readonly BigInteger One = BigInteger.One << 64;
    public static readonly BigInteger MinPrice = Limit(1_000);
    public static readonly BigInteger MaxPrice = Limit(BigInteger.Pow(10, 15));
    private static readonly BigInteger MinimumReserve = 1_000_000;
    private static readonly BigInteger MostPrice = (BigInteger.One << 128) - 1;
    private static readonly BigInteger Ln2 = BigInteger.Parse("117932881612756647068972071382077242199", null);
    private static readonly BigInteger MostPower = ulong.MaxValue;
    private const int LogBits = 124;
    private const int GuardBits = 60;
    private const int Nearly = 1 << 12;

    public BigInteger Price => PriceOf(Tao, Alpha);

    /// <summary>A price of so many rao for one alpha.</summary>
    public static BigInteger Limit(BigInteger rao) => (rao << 64) / 1_000_000_000;

    /// <summary>What a swap of an amount comes to.</summary>
    /// <exception cref="RefusedException">It fails.</exception>
    public Swapped Swap(bool buys, BigInteger amount, BigInteger limitPrice, bool dropsFee)
    {
        var fee = dropsFee ? 0 : (amount * ((FeeRate << 64) / 65_535)) >> 64;
        var paidIn = amount - fee;
        var (from, to) = buys ? (Tao, Alpha) : (Alpha, Tao);
        if (paidIn > from * 1_000 || to < MinimumReserve)
            throw new RefusedException("ReservesTooLow");
        var current = Price;
        if (buys ? current >= limitPrice : current <= limitPrice)
            throw new RefusedException("PriceLimitExceeded");
        var got = Out(buys, paidIn);
        var target = buys ? PriceOf(from + paidIn, to - got) : PriceOf(to - got, from + paidIn);
        if (buys ? target > limitPrice : target < limitPrice)
        {
            paidIn = UntilLimit(buys, current, limitPrice);
            fee = dropsFee ? 0 : (paidIn * ((FeeRate << 64) / (65_535 - FeeRate))) >> 64;
            got = Out(buys, paidIn);
        }

        return paidIn > 0 && got.IsZero ? throw new RefusedException("ReservesTooLow") : new Swapped(paidIn, got, fee);
    }

    private BigInteger PriceOf(BigInteger tao, BigInteger alpha)
    {
        if (alpha.IsZero)
            return 0;
        var weights = ((Weights - QuoteWeight) << 64) / QuoteWeight;
        return BigInteger.Min(MostPrice, (weights * ((tao << 64) / alpha)) >> 64);
    }

    private BigInteger Out(bool buys, BigInteger added)
    {
        var (from, to) = buys ? (Tao, Alpha) : (Alpha, Tao);
        var baseWeight = Weights - QuoteWeight;
        var power = Power(from, from + added, buys ? QuoteWeight : baseWeight, buys ? baseWeight : QuoteWeight);
        return (to * (One - BigInteger.Min(One, (power << 64) / Weights))) >> 64;
    }

    private BigInteger UntilLimit(bool buys, BigInteger current, BigInteger limitPrice)
    {
        var power = buys ? Power(limitPrice, current, Weights - QuoteWeight, Weights) : Power(current, limitPrice, QuoteWeight, Weights);
        var factor = (power << 64) / Weights;
        return factor < One ? 0 : ((buys ? Tao : Alpha) * (factor - One)) >> 64;
    }

    private static BigInteger Power(BigInteger numerator, BigInteger denominator, BigInteger p, BigInteger q)
    {
        if (numerator.IsZero)
            return 0;
        if (numerator == denominator || p.IsZero)
            return Weights;
        if (p == q && numerator < denominator)
            return Weights * numerator / denominator;
        var below = numerator < denominator;
        var exponent = (below ? Log2(denominator, numerator) : Log2(numerator, denominator)) * p / q;
        var whole = (int)(exponent >> LogBits);
        var mantissa = Exp2(exponent & ((BigInteger.One << LogBits) - 1));
        if (below)
            return whole > 64 ? 0 : (((Weights << GuardBits) << 127) / mantissa + Nearly) >> (GuardBits + whole);
        if (whole > 4)
            return MostPower;
        return BigInteger.Min(MostPower, ((((Weights << (GuardBits + whole)) * mantissa) >> 127) + Nearly) >> GuardBits);
    }

    private static BigInteger Log2(BigInteger a, BigInteger b)
    {
        var z = (a << 127) / b;
        var whole = (int)(z.GetBitLength() - 1) - 127;
        z >>= whole;
        var log = (BigInteger)whole << LogBits;
        for (var digit = LogBits - 1; digit >= 0; digit--)
        {
            z = (z * z) >> 127;
            if (z >> 128 > 0)
            {
                log |= BigInteger.One << digit;
                z >>= 1;
            }
        }

        return log;
    }

    private static BigInteger Exp2(BigInteger x)
    {
        var t = (x * Ln2) >> LogBits;
        var (sum, term) = (BigInteger.Zero, BigInteger.One << 127);
        for (var n = 1; term > 0; n++)
        {
            sum += term;
            term = ((term * t) >> 127) / n;
        }

        return sum;
    }
}
