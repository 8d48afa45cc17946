namespace Tao20.Domain.Volume;

/// <summary>
/// Eligible wei by hour of Unix time, over the latest <see cref="Hours"/> hours. Bounded: an hour older than that is forgotten.
/// </summary>
/// <remarks>
/// A score looks at 24 hours. The 25th is for a trade in the block that closes its epoch, whose hour can be one past the epoch's last.
/// </remarks>
public sealed class HourlyVolume
{
    /// <summary>How many hours are kept.</summary>
    public const int Hours = 25;

    private readonly UInt128[] _buckets;
    private long _last;

    internal HourlyVolume()
        : this(new UInt128[Hours], 0) { }

    private HourlyVolume(UInt128[] buckets, long last)
    {
        _buckets = buckets;
        _last = last;
    }

    /// <summary>The latest hour something was counted in.</summary>
    public long LastHour => _last;

    /// <summary>The eligible wei of <paramref name="hour"/>; 0 for an hour not kept.</summary>
    public UInt128 this[long hour] => hour <= _last && hour > _last - Hours && hour >= 0 ? _buckets[hour % Hours] : 0;

    /// <summary>The hours kept that are not empty, oldest first.</summary>
    public IEnumerable<(long Hour, UInt128 Wei)> NonEmpty()
    {
        for (var hour = Math.Max(0, _last - Hours + 1); hour <= _last; hour++)
        {
            if (this[hour] != 0)
                yield return (hour, this[hour]);
        }
    }

    /// <summary>These hours, rebuilt from what <see cref="NonEmpty"/> and <see cref="LastHour"/> gave.</summary>
    public static HourlyVolume Restore(long lastHour, IEnumerable<(long Hour, UInt128 Wei)> hours)
    {
        var volume = new HourlyVolume(new UInt128[Hours], lastHour);
        foreach (var (hour, wei) in hours)
            volume._buckets[hour % Hours] = wei;
        return volume;
    }

    internal HourlyVolume Clone() => new((UInt128[])_buckets.Clone(), _last);

    internal void Add(long hour, UInt128 wei)
    {
        if (hour > _last)
        {
            if (hour - _last >= Hours)
                Array.Clear(_buckets);
            else
                for (var skipped = _last + 1; skipped <= hour; skipped++)
                    _buckets[skipped % Hours] = 0;
            _last = hour;
        }

        _buckets[hour % Hours] += wei;
    }

    /// <summary>Takes from an hour what was counted in it; an hour not kept any more has nothing to be taken from.</summary>
    internal void Take(long hour, UInt128 wei)
    {
        if (hour > _last - Hours && hour <= _last)
            _buckets[hour % Hours] -= wei;
    }
}
