using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>How far a validator has earned trust.</summary>
public static class Reputation
{
    /// <summary>How many rounds make a full record.</summary>
    public const int FullRecord = 100;

    /// <summary>
    /// <c>0.4 agreed/all + 0.4 (1 - deviations/all) + 0.2 reliability</c>, reliability =
    /// <c>max(0, min(1, all/100) - 0.1 slashes)</c>; floored to 18 decimals; nobody has a record before the first round, so 0/0 is 0
    /// (source: the domain rules, standing of a validator).
    /// </summary>
    /// <param name="all">Rounds it was eligible in and that judged it.</param>
    /// <param name="agreed">Of these, those in which it agreed with the reference.</param>
    /// <param name="deviations">Deviations found.</param>
    /// <param name="slashes">Slashes executed.</param>
    public static Ratio Of(long all, long agreed, long deviations, long slashes)
    {
        var accuracy = Ratio.Of(agreed, all).Value;
        var consistency = Int128.Max(0, Ratio.Scale - Ratio.Of(deviations, all).Value);
        var record = Int128.Min(Ratio.Scale, Ratio.Of(all, FullRecord).Value);
        var reliability = Int128.Max(0, record - slashes * (Int128)(Ratio.Scale / 10));
        return new Ratio((4 * accuracy + 4 * consistency + 2 * reliability) / 10);
    }
}
