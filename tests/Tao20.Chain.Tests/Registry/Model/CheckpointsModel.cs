namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>A number by the second from which it holds.</summary>
internal sealed class CheckpointsModel
{
    private readonly List<(long Time, long Value)> _values = [];

    public long Latest => _values.Count == 0 ? 0 : _values[^1].Value;

    public void Set(long time, long value)
    {
        if (value == Latest)
            return;
        if (_values.Count > 0 && _values[^1].Time == time)
            _values.RemoveAt(_values.Count - 1);
        _values.Add((time, value));
    }

    /// <summary>What held at the end of a second.</summary>
    public long At(long time) => _values.FindLast(one => one.Time <= time).Value;
}
