using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Nav;

/// <summary>How a leg of the index is (source: Contracts/Index/Holdings.sol).</summary>
public enum LegState
{
    /// <summary>It is there, and counts.</summary>
    Whole,

    /// <summary>It has not been bought or minted for: stake on it does not count.</summary>
    NotBegun,

    /// <summary>Stake has gone that the index has not given: what is there counts, and minting stops.</summary>
    Missing,

    /// <summary>Its subnet is being dissolved: its TAO counts as it comes, its alpha no more.</summary>
    Dissolving,

    /// <summary>Its subnet is gone, or its netuid another subnet's: nothing of it counts.</summary>
    Gone,
}

/// <summary>What the index holds of one subnet, and what that is worth.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Weight">Its weight in the composition, 18 decimals; 0 of a leg that is being left.</param>
/// <param name="Holding">Alpha held, in 1e-9 alpha.</param>
/// <param name="Quote">What the chain says about its price.</param>
public sealed record NavHolding(ushort Netuid, Ratio Weight, BigInteger Holding, AlphaQuote Quote)
{
    /// <summary>The hotkey its stake is with.</summary>
    public Hash256 Hotkey { get; init; }

    /// <summary>How it is.</summary>
    public LegState State { get; init; }

    /// <summary>Alpha that counts, in 1e-9 alpha.</summary>
    public BigInteger Counted => State is LegState.Whole or LegState.Missing ? Holding : 0;
}

/// <summary>All that NAV is computed from, read at one block.</summary>
/// <param name="Block">The block.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
/// <param name="Supply">Tokens in circulation.</param>
/// <param name="Holdings">The index's legs, in its order.</param>
public sealed record NavInputs(ulong Block, Hash256 BlockHash, ulong Timestamp, Wei Supply, IReadOnlyList<NavHolding> Holdings)
{
    /// <summary>TAO of the index below this, in rao, does not count (source: Contracts/Index/Holdings.sol, MIN_TAO).</summary>
    public const ulong LeastTao = 20_000_000;

    /// <summary>The index's TAO that counts as a leg, in rao.</summary>
    public BigInteger TaoRao { get; init; }

    /// <summary>The fee of a mint and of a redemption, in hundredths of a percent.</summary>
    public int FeeBps { get; init; }

    /// <summary>Raised by the index whenever the order of its legs changes.</summary>
    public ulong Revision { get; init; }

    /// <summary>What is left of an amount of tokens after the fee, which is rounded up.</summary>
    public BigInteger AfterFee(BigInteger tokens) => tokens - (tokens * FeeBps + 9_999) / 10_000;
}

/// <summary>Why there is no NAV that can be attested.</summary>
public enum NavProblem
{
    /// <summary>A constituent has no price.</summary>
    PriceMissing,

    /// <summary>The chain's price is not the one of its pool.</summary>
    PricesDisagree,

    /// <summary>The block is older than 300 s.</summary>
    BlockTooOld,

    /// <summary>The composition is empty.</summary>
    NoComposition,
}

/// <summary>NAV at one block, or why there is none.</summary>
public abstract record NavReading
{
    private NavReading() { }

    /// <summary>The age, in seconds, above which a block's NAV is not attested (source: the domain rules, NAV).</summary>
    public const ulong OldestSeconds = 300;

    /// <summary>There is a NAV.</summary>
    /// <param name="Inputs">What it was computed from.</param>
    /// <param name="Nav">TAO for one token, at spot prices.</param>
    /// <param name="Prices">The prices, in the order of the holdings.</param>
    public sealed record Available(NavInputs Inputs, TaoPerToken Nav, IReadOnlyList<AlphaPrice> Prices) : NavReading;

    /// <summary>There is none.</summary>
    /// <param name="Inputs">What was read.</param>
    /// <param name="Problem">Why, in kind.</param>
    /// <param name="Reason">Why, in words.</param>
    public sealed record Unavailable(NavInputs Inputs, NavProblem Problem, string Reason) : NavReading;

    /// <summary>
    /// <c>NAV = (sum(holding * price) + TAO) / supply</c>, 18 decimals, floored once at the end; 1 while there is no supply
    /// (source: the index contract's design, section 5). Of a leg that does not count no price is asked for.
    /// </summary>
    /// <param name="inputs">What was read.</param>
    /// <param name="now">The time it is wanted for, in Unix seconds: the reader's clock, or the block's own time for a past block.</param>
    public static NavReading Of(NavInputs inputs, ulong now)
    {
        if (inputs.Holdings.Count == 0)
            return new Unavailable(inputs, NavProblem.NoComposition, "the contract's composition is empty");
        if (now > inputs.Timestamp && now - inputs.Timestamp > OldestSeconds)
            return new Unavailable(
                inputs,
                NavProblem.BlockTooOld,
                $"block {inputs.Block} is {now - inputs.Timestamp} s old; at most {OldestSeconds} s are allowed"
            );

        var prices = new List<AlphaPrice>(inputs.Holdings.Count);
        var value = inputs.TaoRao * Wei.OneTao.Value;
        foreach (var holding in inputs.Holdings)
        {
            if (holding.State is not (LegState.Whole or LegState.Missing))
            {
                prices.Add(AlphaPrice.None(holding.Netuid));
                continue;
            }

            if (AlphaPrice.Of(holding.Quote, out var problem) is not { } price)
            {
                var kind = holding.Quote is { Exists: true, RawPrice.IsZero: false } ? NavProblem.PricesDisagree : NavProblem.PriceMissing;
                return new Unavailable(inputs, kind, problem!);
            }

            prices.Add(price);
            value += holding.Counted * price.Price.Value;
        }

        // Alpha has 9 decimals and a price 18: holding * price is in 1e-27 TAO, and the supply in 1e-18 tokens.
        var nav = inputs.Supply.Value == 0 ? (BigInteger)Wei.OneTao.Value : value * 1_000_000_000 / inputs.Supply.Value;
        return new Available(inputs, TaoPerToken.From((UInt128)nav), prices);
    }
}

/// <summary>How far NAV has moved between two readings.</summary>
public enum NavMove
{
    /// <summary>Less than 2 %.</summary>
    Calm,

    /// <summary>2 % or more.</summary>
    Warning,

    /// <summary>4 % or more.</summary>
    Alert,
}

/// <summary>Judges the move between two readings (source: the domain rules: "a move of 2 % between ticks warns, 4 % alerts").</summary>
public static class NavMoves
{
    /// <summary>The move from <paramref name="before"/> to <paramref name="after"/>, in relation to the former.</summary>
    public static NavMove Between(TaoPerToken before, TaoPerToken after)
    {
        var moved = BigInteger.Abs((BigInteger)after.Value - before.Value) * 100;
        return moved >= (BigInteger)before.Value * 4 ? NavMove.Alert
            : moved >= (BigInteger)before.Value * 2 ? NavMove.Warning
            : NavMove.Calm;
    }
}
