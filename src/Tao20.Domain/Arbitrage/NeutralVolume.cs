using System.Collections.Immutable;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Arbitrage;

/// <summary>A trade of the account that the contract has counted.</summary>
/// <param name="Time">When, in Unix seconds of the chain.</param>
/// <param name="Mints">Whether it minted; otherwise it redeemed.</param>
/// <param name="Tokens">About how many tokens.</param>
public readonly record struct CountedTrade(ulong Time, bool Mints, Wei Tokens);

/// <summary>
/// What trades for volume have to keep to so that they count for the score in full: above dust, outside of a burst, and not on the other
/// side of a trade of a moment ago (source: the domain rules, eligibility). What does not count costs as much and works against its own
/// score.
/// </summary>
/// <param name="Rules">Which trades count.</param>
public readonly record struct NeutralVolume(EligibilityRules Rules)
{
    /// <summary>How many trades are remembered.</summary>
    public const int Remembered = 64;

    private const int DustMarginPercent = 5;

    /// <summary>Why a trade would not count in full now; null when it would.</summary>
    /// <param name="recent">The account's latest trades, oldest first.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="size">TAO put in.</param>
    /// <param name="now">The chain's time.</param>
    public string? Uncounted(ImmutableList<CountedTrade> recent, TradeKind kind, Wei size, ulong now)
    {
        var rules = Rules;
        if (size.Value * 100 < rules.DustWei.Value * (100 + DustMarginPercent))
            return "it would be dust";
        if (recent.Count(trade => trade.Time + (ulong)rules.BurstSeconds > now) + 1 > rules.BurstTrades)
            return "it would be one of a burst";
        var mints = kind == TradeKind.MintAndSell;

        return recent.Any(trade => trade.Mints != mints && trade.Time + (ulong)rules.RoundTripSeconds > now)
            ? "it would cancel out with a trade of a moment ago"
            : null;
    }

    /// <summary>The account's latest trades after one more.</summary>
    public static ImmutableList<CountedTrade> After(ImmutableList<CountedTrade> recent, CountedTrade trade)
    {
        var trades = recent.Add(trade);
        return trades.Count > Remembered ? trades.RemoveAt(0) : trades;
    }
}
