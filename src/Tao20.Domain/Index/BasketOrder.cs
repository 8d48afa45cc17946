using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>
/// How the legs of the index take part in a mint or a redemption, in the order of the legs. A mask has bit i set for leg i.
/// </summary>
/// <param name="Revision">The index's revision, which says in which order its legs are.</param>
/// <param name="LegGas">The gas of each call that moves stake.</param>
public sealed record BasketOrder(ulong Revision, ulong LegGas)
{
    private static readonly BigInteger One = BigInteger.Pow(10, 18);
    private static readonly BigInteger Rao = 1_000_000_000;

    /// <summary>What is spent for each leg, in rao; empty of a redemption.</summary>
    public ImmutableArray<ulong> Tao { get; init; } = [];

    /// <summary>The highest price each leg's pool may end at, in rao per alpha; empty of a redemption.</summary>
    public ImmutableArray<ulong> Limit { get; init; } = [];

    /// <summary>Legs of which all that is given belongs to the holders: those too thin for what a mint needs of them.</summary>
    public uint Gifts { get; init; }

    /// <summary>Legs that are sold for TAO when redeemed.</summary>
    public uint Sell { get; init; }

    /// <summary>Legs of which nothing is paid when redeemed: too little to be sold, missing or dissolving.</summary>
    public uint Leave { get; init; }

    /// <summary>
    /// A mint by purchase. A leg that needs less than can be bought is bought for the least there is; one that needs less than can be
    /// transferred is given to the holders whole.
    /// </summary>
    /// <param name="nav">The index.</param>
    /// <param name="rao">What each leg would cost, in rao, as quoted.</param>
    /// <param name="size">The TAO there is for it.</param>
    /// <param name="rules">What the chain asks.</param>
    /// <param name="limitBasisPoints">How far above its price each pool may end.</param>
    /// <returns>The order; null when the size is too small for it.</returns>
    public static BasketOrder? OfMint(
        NavReading.Available nav,
        IReadOnlyList<BigInteger> rao,
        Wei size,
        LegRules rules,
        int limitBasisPoints
    )
    {
        var (tao, limit, gifts) = (new ulong[rao.Count], new ulong[rao.Count], 0U);
        var budget = (BigInteger)size.Value / Rao;
        for (var i = 0; i < rao.Count; i++)
        {
            var price = nav.Prices[i].Price.Value / (UInt128)Rao;
            limit[i] = (ulong)UInt128.Min(ulong.MaxValue, price * (UInt128)(10_000 + limitBasisPoints) / 10_000 + 1);
            if (rao[i].IsZero)
                continue;
            tao[i] = (ulong)BigInteger.Min(ulong.MaxValue, BigInteger.Max(rao[i], rules.LeastPurchase));
            if (rao[i] < rules.LeastTransfer + rules.LeastTransfer / 20)
                gifts |= 1U << i;
            budget -= tao[i];
        }

        return budget < 0
            ? null
            : new BasketOrder(nav.Inputs.Revision, rules.Gas)
            {
                Tao = [.. tao],
                Limit = [.. limit],
                Gifts = gifts,
            };
    }

    /// <summary>A redemption for TAO: all legs are sold but those that cannot be.</summary>
    /// <param name="nav">The index.</param>
    /// <param name="tokens">The tokens redeemed.</param>
    /// <param name="rules">What the chain asks.</param>
    public static BasketOrder OfRedemption(NavReading.Available nav, Wei tokens, LegRules rules)
    {
        var (sell, leave) = (0U, 0U);
        var legs = ExecutablePrice.RedeemLegs(nav.Inputs, tokens);
        for (var i = 0; i < legs.Count; i++)
        {
            var holding = nav.Inputs.Holdings[i];
            if (holding.State is LegState.Missing or LegState.Dissolving || (legs[i] > 0 && !rules.CanSell(legs[i], nav.Prices[i])))
                leave |= 1U << i;
            else if (legs[i] > 0)
                sell |= 1U << i;
        }

        return new BasketOrder(nav.Inputs.Revision, rules.Gas) { Sell = sell, Leave = leave };
    }

    /// <summary>
    /// The TAO that is sent along with a mint of so many tokens, beside its alpha, in rao: what is not needed comes back. It covers that
    /// TAO of the index that does not count yet comes to count meanwhile.
    /// </summary>
    public static ulong TaoBeside(NavInputs inputs, Wei tokens)
    {
        if (inputs.Supply.Value == 0)
            return 0;
        var tao = BigInteger.Max(inputs.TaoRao, 2 * NavInputs.LeastTao);
        return (ulong)(tokens.Value * tao * 102 / 100 / inputs.Supply.Value + 1);
    }

    /// <summary>By what is in it.</summary>
    public bool Equals(BasketOrder? other) =>
        other is not null
        && (Revision, LegGas, Gifts, Sell, Leave) == (other.Revision, other.LegGas, other.Gifts, other.Sell, other.Leave)
        && Tao.SequenceEqual(other.Tao)
        && Limit.SequenceEqual(other.Limit);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Revision, LegGas, Gifts, Sell, Leave, Tao.Length);
}
