namespace Tao20.Domain.Volume;

/// <summary>A short first-in first-out list that forgets its oldest entries over a bound. Not for sharing.</summary>
internal sealed class BoundedQueue<T>
{
    private T[] _items;
    private int _head;

    public BoundedQueue(int capacity) => _items = new T[capacity];

    public BoundedQueue(IReadOnlyList<T> items)
    {
        _items = items.Count > 0 ? [.. items] : new T[4];
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
            RemoveOldest();

        if (Count == _items.Length)
            Grow(bound);
        var slot = _head + Count++;
        _items[slot >= _items.Length ? slot - _items.Length : slot] = item;
    }

    /// <summary>Removes the oldest entry.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void RemoveOldest()
    {
        if (Count == 0)
            throw new InvalidOperationException("There is nothing to remove.");
        _head = _head + 1 == _items.Length ? 0 : _head + 1;
        Count--;
    }

    /// <summary>Puts an entry in the place of the oldest.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void ReplaceOldest(T item)
    {
        if (Count == 0)
            throw new InvalidOperationException("There is nothing to replace.");
        _items[_head] = item;
    }

    /// <summary>Puts an entry in the place of the newest.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void ReplaceNewest(T item)
    {
        if (Count == 0)
            throw new InvalidOperationException("There is nothing to replace.");
        _items[(_head + Count - 1) % _items.Length] = item;
    }

    /// <summary>Removes all entries.</summary>
    public void Clear() => (_head, Count) = (0, 0);

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
