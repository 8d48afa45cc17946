using System.Runtime.InteropServices;

namespace Tao20.Domain.Volume;

/// <summary>
/// Counts how often the most frequent token amount occurs, in bounded memory (Misra and Gries, 1982, with <see cref="Capacity"/>
/// counters): exact while an epoch has at most that many distinct amounts, and never more than n / (Capacity + 1) too low.
/// </summary>
public sealed class UniformSketch
{
    /// <summary>How many amounts are counted at once.</summary>
    public const int Capacity = 32;

    private readonly UInt128[] _amounts;
    private readonly long[] _counts;
    private int _used;
    private int _lastHit;

    internal UniformSketch()
        : this(new UInt128[Capacity], new long[Capacity], 0) { }

    private UniformSketch(UInt128[] amounts, long[] counts, int used)
    {
        _amounts = amounts;
        _counts = counts;
        _used = used;
    }

    /// <summary>The count of the most frequent amount; a lower bound once there were more than <see cref="Capacity"/> amounts.</summary>
    public long MostFrequent => _used == 0 ? 0 : _counts.AsSpan(0, _used).ToArray().Max();

    /// <summary>The counters in use, in their order.</summary>
    public IReadOnlyList<(UInt128 Amount, long Count)> Counters => [.. Enumerable.Range(0, _used).Select(i => (_amounts[i], _counts[i]))];

    /// <summary>The sketch with these counters.</summary>
    /// <exception cref="ArgumentException">More than <see cref="Capacity"/> of them.</exception>
    public static UniformSketch Restore(IReadOnlyList<(UInt128 Amount, long Count)> counters)
    {
        if (counters.Count > Capacity)
            throw new ArgumentException($"A sketch has at most {Capacity} counters, not {counters.Count}.", nameof(counters));
        var sketch = new UniformSketch { _used = counters.Count };
        for (var i = 0; i < counters.Count; i++)
            (sketch._amounts[i], sketch._counts[i]) = counters[i];
        return sketch;
    }

    internal UniformSketch Clone() => new((UInt128[])_amounts.Clone(), (long[])_counts.Clone(), _used);

    internal void Clear() => _used = 0;

    internal void Add(UInt128 amount)
    {
        if (_lastHit < _used && _amounts[_lastHit] == amount)
        {
            _counts[_lastHit]++;
            return;
        }

        var index = MemoryMarshal.CreateReadOnlySpan(ref _amounts[0], _used).IndexOf(amount);
        if (index >= 0)
        {
            _counts[index]++;
            _lastHit = index;
        }
        else if (_used < Capacity)
        {
            (_amounts[_used], _counts[_used]) = (amount, 1);
            _lastHit = _used++;
        }
        else
        {
            ForgetOneOfEach();
        }
    }

    private void ForgetOneOfEach()
    {
        var kept = 0;
        for (var i = 0; i < _used; i++)
        {
            if (_counts[i] == 1)
                continue;
            (_amounts[kept], _counts[kept]) = (_amounts[i], _counts[i] - 1);
            kept++;
        }

        _used = kept;
        _lastHit = 0;
    }
}
