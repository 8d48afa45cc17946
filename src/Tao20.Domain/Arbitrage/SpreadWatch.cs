using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>How fast the market comes back to NAV: a gap opens at 1 % and is closed at 0.5 %.</summary>
/// <param name="OpenSince">The time the present gap opened, in Unix seconds; null when there is none.</param>
/// <param name="Closed">How many gaps have closed.</param>
/// <param name="Seconds">How long they were open together.</param>
public readonly record struct SpreadWatch(ulong? OpenSince, long Closed, ulong Seconds)
{
    private const int OpensAtBasisPoints = 100;
    private const int ClosesAtBasisPoints = 50;

    /// <summary>The watch after a spread was seen.</summary>
    /// <param name="spread">As a fraction of NAV.</param>
    /// <param name="time">When, in Unix seconds.</param>
    public SpreadWatch After(Ratio spread, ulong time)
    {
        var basisPoints = BigInteger.Abs(spread.Value) * 10_000 / Ratio.Scale;
        return OpenSince switch
        {
            null when basisPoints >= OpensAtBasisPoints => this with { OpenSince = time },
            { } since when basisPoints < ClosesAtBasisPoints => new SpreadWatch(null, Closed + 1, Seconds + time - since),
            _ => this,
        };
    }
}
