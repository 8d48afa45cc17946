using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>
/// An account that trades for its volume alone, as cheaply as the rules of the score let it: above dust, never in a burst, and never with a
/// mint and a redemption of nearly as many tokens, so that everything counts in full. Three mints of 5 TAO and two redemptions of 7.5 give
/// back what they took; all are larger where one trade in a block would else not be enough.
/// </summary>
/// <param name="taoPerEpoch">The volume that it makes in an hour's epoch, in TAO.</param>
/// <param name="secondsPerBlock">How much chain time a block takes.</param>
/// <param name="seed">Same seed, same trades.</param>
internal sealed class WashScript(int taoPerEpoch, int secondsPerBlock, int seed)
{
    private const int SecondsPerEpoch = 3_600;
    private const int Mille = 1_000;

    // Amounts that are all alike would be told from others by that.
    private const int JitterPerMille = 50;
    private static readonly BigInteger Tao = BigInteger.Pow(10, 18);
    private static readonly (bool Mints, int MilliTao)[] Round =
    [
        (true, 5_000),
        (true, 5_000),
        (false, 7_500),
        (true, 5_000),
        (false, 7_500),
    ];
    private const int MeanTao = 6;

    // Half as large again as one trade in each block has to be.
    private readonly BigInteger _perMille = Math.Max(
        Mille,
        (long)taoPerEpoch * secondsPerBlock * Mille * 3 / (2L * SecondsPerEpoch * MeanTao)
    );
    private readonly Random _random = new(seed);
    private ulong? _began;
    private BigInteger _done;
    private int _next;

    /// <summary>What it sends in the block of a time: nothing while it has made the volume that is due.</summary>
    public IEnumerable<DevnetTransaction> Trades(
        Economy economy,
        Address account,
        BigInteger balance,
        NavReading.Available nav,
        ulong time,
        ulong deadline
    )
    {
        _began ??= time;
        if (_done >= taoPerEpoch * Tao * (time - _began.Value) / SecondsPerEpoch)
            yield break;
        var (mints, milli) = Round[_next++ % Round.Length];
        var value = Tao * milli / Mille * _perMille / Mille * (Mille + _random.Next(-JitterPerMille, JitterPerMille + 1)) / Mille;
        _done += value;
        if (mints)
            yield return economy.Mint(account, value, nav, deadline);
        else
            yield return economy.Redeem(account, BigInteger.Min(balance, value * Tao / nav.Nav.Value), nav, deadline);
    }
}
