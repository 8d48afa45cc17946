namespace Tao20.Domain.Volume;

/// <summary>A short first-in first-out list that forgets its oldest entries over a bound. Not for sharing.</summary>
internal sealed class BoundedQueue<T>
{
    private T[] _items;
    private int _head;

    public BoundedQueue(int capacity) => _items = new T[capacity];

    public BoundedQueue(IReadOnlyList<T> items)
    {
        _items = [.. items];
        Count = items.Count;
    }

    private BoundedQueue(T[] items, int head, int count)
    {
        _items = items;
        _head = head;
        Count = count;
    }

    public int Count { get; private set; }

    /// <summary>The entry at <paramref name="index"/>, counted from the oldest.</summary>
    public ref readonly T this[int index]
    {
        get
        {
            var slot = _head + index;
            return ref _items[slot >= _items.Length ? slot - _items.Length : slot];
        }
    }

    /// <summary>Adds an entry and forgets the oldest until at most <paramref name="bound"/> are left.</summary>
    public void Push(T item, int bound)
    {
        while (Count >= bound)
        {
            _head = _head + 1 == _items.Length ? 0 : _head + 1;
            Count--;
        }

        if (Count == _items.Length)
            Grow(bound);
        var slot = _head + Count++;
        _items[slot >= _items.Length ? slot - _items.Length : slot] = item;
    }

    /// <summary>Removes the entry at <paramref name="index"/>, counted from the oldest.</summary>
    public void RemoveAt(int index)
    {
        if (index >= Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} entries.");
        for (var i = index; i < Count - 1; i++)
            _items[(_head + i) % _items.Length] = this[i + 1];
        Count--;
    }

    public T[] ToArray()
    {
        var items = new T[Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = this[i];
        return items;
    }

    public BoundedQueue<T> Clone() => new((T[])_items.Clone(), _head, Count);

    private void Grow(int bound)
    {
        var items = new T[Math.Min(bound, Math.Max(4, _items.Length * 2))];
        for (var i = 0; i < Count; i++)
            items[i] = this[i];
        (_items, _head) = (items, 0);
    }
}
