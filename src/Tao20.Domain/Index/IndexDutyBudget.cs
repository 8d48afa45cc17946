using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What duties of an hour have cost, or will at the most that was expected.</summary>
/// <param name="Hour">The hour, as Unix time / 3600.</param>
/// <param name="Wei">TAO for gas.</param>
public readonly record struct DutyHour(long Hour, WeiDelta Wei);

/// <summary>A duty was begun for so much gas, or did not come about and gives it back.</summary>
/// <param name="Duty">Which one, by name.</param>
/// <param name="Time">When, in Unix seconds of the chain.</param>
/// <param name="Wei">TAO for gas; negative when it was given back.</param>
public sealed record DutyCounted(string Duty, ulong Time, WeiDelta Wei);

/// <summary>What an account has spent on an index's duties in the latest 24 hours.</summary>
/// <param name="Hours">By hour, oldest first.</param>
public sealed record IndexDutyBudget(ImmutableList<DutyHour> Hours)
{
    private const ulong SecondsPerHour = 3_600;
    private const int HoursPerDay = 24;

    /// <summary>Nothing.</summary>
    public static readonly IndexDutyBudget Initial = new(ImmutableList<DutyHour>.Empty);

    /// <summary>What was spent in the 24 hours up to a time.</summary>
    public WeiDelta SpentOfDay(ulong now) =>
        Hours.Where(hour => hour.Hour > (long)(now / SecondsPerHour) - HoursPerDay).Aggregate(WeiDelta.Zero, (sum, hour) => sum + hour.Wei);

    /// <summary>Whether so much more may be spent.</summary>
    /// <param name="wei">TAO for gas.</param>
    /// <param name="now">The time, in Unix seconds of the chain.</param>
    /// <param name="ofDay">What may be spent in 24 hours.</param>
    public bool Allows(Wei wei, ulong now, Wei ofDay) => SpentOfDay(now).Value + (Int128)wei.Value <= (Int128)ofDay.Value;

    /// <summary>The budget after a duty.</summary>
    public IndexDutyBudget Evolve(DutyCounted counted)
    {
        var hour = (long)(counted.Time / SecondsPerHour);
        var before = Hours.Find(known => known.Hour == hour);
        return new IndexDutyBudget([
            .. Hours.Where(known => known.Hour != hour && known.Hour > hour - HoursPerDay),
            new DutyHour(hour, before.Wei + counted.Wei),
        ]);
    }
}
