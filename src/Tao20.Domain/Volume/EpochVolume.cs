using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>Trades of one kind of verdict: how many, and what they were worth.</summary>
/// <param name="Trades">How many.</param>
/// <param name="Wei">The sum of their full values, in TAO wei.</param>
public readonly record struct Tally(long Trades, UInt128 Wei)
{
    internal Tally Plus(UInt128 wei) => new(Trades + 1, Wei + wei);
}

/// <summary>What one miner did in one epoch: all that a ranking needs of it.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="MintEligible">Counted value of its mints, after discounts, in TAO wei.</param>
/// <param name="RedeemEligible">Counted value of its redemptions, after discounts, in TAO wei.</param>
/// <param name="Eligible">Trades that count in full.</param>
/// <param name="Dust">Trades below the dust threshold.</param>
/// <param name="Burst">Trades past a full burst window.</param>
/// <param name="RoundTrip">Trades that undid an earlier one and count half.</param>
/// <param name="MostFrequentAmount">How many eligible trades had the epoch's most frequent token amount.</param>
/// <param name="FirstTradeHour">The hour of the miner's first trade of any kind and any epoch (Unix time / 3600).</param>
/// <param name="Hourly">Eligible wei by hour, up to this epoch's last trade; earlier epochs' hours included.</param>
public sealed record EpochVolume(
    Address Miner,
    EpochId Epoch,
    UInt128 MintEligible,
    UInt128 RedeemEligible,
    Tally Eligible,
    Tally Dust,
    Tally Burst,
    Tally RoundTrip,
    long MostFrequentAmount,
    long FirstTradeHour,
    HourlyVolume Hourly
)
{
    /// <summary>Trades that count, in full or half: n of the frequency score.</summary>
    public long EligibleTrades => Eligible.Trades + RoundTrip.Trades;

    /// <summary>All trades, counted or not.</summary>
    public long AllTrades => EligibleTrades + Dust.Trades + Burst.Trades;

    /// <summary>What counts for the score, in TAO wei: mints and redemptions after discounts.</summary>
    public UInt128 EligibleWei => MintEligible + RedeemEligible;

    /// <summary>20 or more eligible trades, more than 90 % of them of the same token amount: flagged, score unchanged.</summary>
    public bool Uniform => EligibleTrades >= 20 && MostFrequentAmount * 10 > EligibleTrades * 9;

    /// <summary>The miner did nothing in the epoch.</summary>
    public static EpochVolume None(Address miner, EpochId epoch) =>
        new(miner, epoch, 0, 0, default, default, default, default, 0, 0, new HourlyVolume());
}
