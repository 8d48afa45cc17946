using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What is in a constant-product pool of TAO and TAO20 with a fee of 0.3 % (source: the pool contract).</summary>
/// <param name="Tao">TAO in it.</param>
/// <param name="Tokens">TAO20 in it.</param>
public readonly record struct PoolReserves(Wei Tao, Wei Tokens)
{
    private const int FeePerMille = 3;
    private const int Mille = 1_000;
    private const ulong Rao = 1_000_000_000;

    /// <summary>TAO for one token at the margin; null when it is empty.</summary>
    public TaoPerToken? Spot =>
        Tokens.Value == 0 || Tao.Value == 0 ? null : TaoPerToken.From((UInt128)((BigInteger)Tao.Value * Ratio.Scale / Tokens.Value));

    /// <summary>Tokens it gives for TAO, by the same formula, floored.</summary>
    public BigInteger Buy(UInt128 tao)
    {
        var afterFee = (BigInteger)tao * (Mille - FeePerMille);
        return Tao.Value == 0 ? 0 : Tokens.Value * afterFee / ((BigInteger)Tao.Value * Mille + afterFee);
    }

    /// <summary>
    /// TAO it gives for tokens: <c>out = reserve * in' / (reserve in + in')</c> with <c>in' = 0.997 in</c>, floored to whole rao.
    /// </summary>
    public BigInteger Sell(UInt128 tokens)
    {
        var afterFee = (BigInteger)tokens * (Mille - FeePerMille);
        return Tokens.Value == 0 ? 0 : Tao.Value * afterFee / ((BigInteger)Tokens.Value * Mille + afterFee) / Rao * Rao;
    }
}
