using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>Trades of one kind of verdict: how many, and what they were worth.</summary>
/// <param name="Trades">How many.</param>
/// <param name="Wei">The sum of their full values, in TAO wei.</param>
public readonly record struct Tally(long Trades, UInt128 Wei)
{
    internal Tally Plus(UInt128 wei, long trades = 1) => new(Trades + trades, Wei + wei);
}

/// <summary>What one miner did in one epoch: all that a ranking needs of it.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="MintEligible">What its mints count, after what cancels out, in TAO wei.</param>
/// <param name="RedeemEligible">What its redemptions count, after what cancels out, in TAO wei.</param>
/// <param name="Eligible">Trades that are neither dust nor of a burst, with their full values.</param>
/// <param name="Dust">Trades below the dust threshold.</param>
/// <param name="Burst">Trades past a full burst window.</param>
/// <param name="Cancelled">
/// Of the eligible ones those that cancelled out with earlier ones, in part or in full; and what does not count of them and, while the
/// epoch was open, of those earlier ones.
/// </param>
/// <param name="Slots">How many slots have a trade that counts at least the dust limit: n of the frequency score.</param>
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
    Tally Cancelled,
    long Slots,
    long MostFrequentAmount,
    long FirstTradeHour,
    HourlyVolume Hourly
)
{
    /// <summary>The miner's running hash after its last trade of the epoch; null where it is not known.</summary>
    public Hash256? Head { get; init; }

    /// <summary>Trades that are neither dust nor of a burst.</summary>
    public long EligibleTrades => Eligible.Trades;

    /// <summary>All trades, counted or not.</summary>
    public long AllTrades => EligibleTrades + Dust.Trades + Burst.Trades;

    /// <summary>What counts for the score, in TAO wei: mints and redemptions after what cancels out.</summary>
    public UInt128 EligibleWei => MintEligible + RedeemEligible;

    /// <summary>20 or more eligible trades, more than 90 % of them of the same token amount: flagged, score unchanged.</summary>
    public bool Uniform => EligibleTrades >= 20 && MostFrequentAmount * 10 > EligibleTrades * 9;

    /// <summary>
    /// The same of an epoch that was counted by the first rules, which halved trades that undid others and told them apart from eligible
    /// ones.
    /// </summary>
    public EpochVolume WithHalved(Tally halved)
    {
        var eligible = new Tally(Eligible.Trades + halved.Trades, Eligible.Wei + halved.Wei);
        return this with { Eligible = eligible, Cancelled = new Tally(halved.Trades, eligible.Wei - EligibleWei) };
    }

    /// <summary>The miner did nothing in the epoch.</summary>
    public static EpochVolume None(Address miner, EpochId epoch) =>
        new(miner, epoch, 0, 0, default, default, default, default, 0, 0, 0, new HourlyVolume());
}
