using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Devnet;

/// <summary>How those trade who trade for their volume alone: as cheaply as the rules of the score let them.</summary>
public enum WashKind
{
    /// <summary>
    /// An account mints, holds until nothing cancels out with it any more, redeems all, and waits as long again: it bears what the basket
    /// does meanwhile.
    /// </summary>
    Hold,

    /// <summary>One account mints and passes the tokens to another, which redeems them at once: nobody holds anything.</summary>
    Pass,
}

/// <summary>
/// An account that trades for its volume alone. Everything counts in full: above dust, never in a burst, and never with a mint and a
/// redemption of the same account within the time of a round trip.
/// </summary>
/// <param name="taoPerEpoch">The volume that it makes in an hour's epoch, in TAO.</param>
/// <param name="secondsPerBlock">How much chain time a block takes.</param>
/// <param name="partner">Whom it passes what it mints to; null for who holds it, or gets tokens passed.</param>
/// <param name="mints">Whether it mints.</param>
/// <param name="seed">Same seed, same trades.</param>
internal sealed class WashScript(int taoPerEpoch, int secondsPerBlock, Address? partner, bool mints, int seed)
{
    private const int SecondsPerEpoch = 3_600;
    private const int Mille = 1_000;
    private const int MeanTao = 6;

    // Amounts that are all alike would be told from others by that.
    private const int JitterPerMille = 50;
    private static readonly BigInteger Tao = BigInteger.Pow(10, 18);
    private static readonly ulong Wait = (ulong)EligibilityRules.Default.RoundTripSeconds;
    private readonly Random _random = new(seed);
    private ulong _next;

    /// <summary>What it sends in the block of a time.</summary>
    public IEnumerable<DevnetTransaction> Trades(
        Economy economy,
        Address account,
        BigInteger balance,
        NavReading.Available nav,
        ulong time,
        ulong deadline
    )
    {
        if (!mints)
            return balance > 0 ? [economy.Redeem(account, balance, nav, deadline)] : [];
        if (partner is { } to && balance > 0)
            return [economy.Pass(account, to, balance), .. Minted()];
        return partner is null && balance > 0 && time >= _next ? Redeemed() : Minted();

        IEnumerable<DevnetTransaction> Minted()
        {
            if (time < _next)
                return [];
            var pause = Pause(partner is null ? Wait : (ulong)Math.Max(1, SecondsPerEpoch * MeanTao / taoPerEpoch));
            _next = time + pause;
            return [economy.Mint(account, Jittered(taoPerEpoch * Tao * pause / SecondsPerEpoch), nav, deadline)];
        }

        IEnumerable<DevnetTransaction> Redeemed()
        {
            _next = time + Pause(Wait);
            return [economy.Redeem(account, balance, nav, deadline)];
        }
    }

    /// <summary>At least so many seconds, in whole blocks.</summary>
    private ulong Pause(ulong seconds) => (seconds + (ulong)secondsPerBlock - 1) / (ulong)secondsPerBlock * (ulong)secondsPerBlock;

    private BigInteger Jittered(BigInteger value) => value * (Mille + _random.Next(-JitterPerMille, JitterPerMille + 1)) / Mille;
}
