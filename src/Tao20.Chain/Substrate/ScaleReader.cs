using System.Buffers.Binary;
using System.Text;
using Tao20.Domain.Units;

namespace Tao20.Chain.Substrate;

/// <summary>Reads one item of a list.</summary>
public delegate T ScaleItem<out T>(ref ScaleReader reader);

/// <summary>Reads SCALE, the encoding of Substrate's storage: numbers with the low byte first, lists behind their length.</summary>
/// <remarks>Every byte has to be read: one more than is known is an item that has changed, which is refused and never guessed at.</remarks>
public ref struct ScaleReader(ReadOnlySpan<byte> data)
{
    private const int MaxItems = 65_536;
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>A whole value of one part.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static ulong UInt64(ReadOnlySpan<byte> value)
    {
        var reader = new ScaleReader(value);
        var number = reader.UInt64();
        reader.End();
        return number;
    }

    /// <summary>A whole value of two bytes.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static ushort UInt16(ReadOnlySpan<byte> value)
    {
        var reader = new ScaleReader(value);
        var number = reader.UInt16();
        reader.End();
        return number;
    }

    /// <summary>A whole value of 32 bytes.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static Hash256 Hash(ReadOnlySpan<byte> value)
    {
        var reader = new ScaleReader(value);
        var hash = reader.Hash();
        reader.End();
        return hash;
    }

    /// <summary>A whole value that is true or false.</summary>
    /// <exception cref="FormatException">It is shorter or longer, or neither.</exception>
    public static bool Bool(ReadOnlySpan<byte> value)
    {
        var reader = new ScaleReader(value);
        var flag = reader.Bool();
        reader.End();
        return flag;
    }

    /// <summary>A whole list of true and false; none for an empty value.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static IReadOnlyList<bool> Flags(ReadOnlySpan<byte> value) => Items(value, static (ref ScaleReader reader) => reader.Bool());

    /// <summary>A whole list of numbers of eight bytes; none for an empty value.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static IReadOnlyList<ulong> Numbers(ReadOnlySpan<byte> value) =>
        Items(value, static (ref ScaleReader reader) => reader.UInt64());

    /// <summary>A whole list; none for an empty value.</summary>
    /// <exception cref="FormatException">It is shorter or longer.</exception>
    public static IReadOnlyList<T> Items<T>(ReadOnlySpan<byte> value, ScaleItem<T> read)
    {
        var items = new List<T>();
        if (value.IsEmpty)
            return items;
        var reader = new ScaleReader(value);
        for (var left = reader.Length(); left > 0; left--)
            items.Add(read(ref reader));
        reader.End();
        return items;
    }

    /// <summary>The next byte, which is true or false.</summary>
    /// <exception cref="FormatException">It is neither, or there is none.</exception>
    public bool Bool() =>
        Take(1)[0] switch
        {
            0 => false,
            1 => true,
            var other => throw new FormatException($"{other} is not true or false"),
        };

    /// <summary>So many bytes.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public ReadOnlySpan<byte> Bytes(int count) => Take(count);

    /// <summary>The next byte.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public byte Byte() => Take(1)[0];

    /// <summary>The next four bytes.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Text behind its length.</summary>
    /// <exception cref="FormatException">There is less of it.</exception>
    public string Text() => Encoding.UTF8.GetString(Take(Length()));

    /// <summary>The next two bytes.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>The next eight bytes.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>The next 32 bytes.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public Hash256 Hash() => new(Take(Hash256.Length));

    /// <summary>A compact number of up to 30 bits.</summary>
    /// <exception cref="FormatException">There are fewer bytes, or it is larger.</exception>
    public uint Compact()
    {
        uint first = Take(1)[0];
        return (first & 3) switch
        {
            0 => first >> 2,
            1 => (first | ((uint)Take(1)[0] << 8)) >> 2,
            2 => (first | ((uint)Take(1)[0] << 8) | ((uint)UInt16() << 16)) >> 2,
            _ => throw new FormatException("a compact number of more than 30 bits"),
        };
    }

    /// <summary>The length of a list: a compact number.</summary>
    /// <exception cref="FormatException">It is not written so, or is longer than any list that is read.</exception>
    public int Length()
    {
        var length = Compact();
        return length <= MaxItems ? (int)length : throw new FormatException($"a list of {length} items, more than {MaxItems}");
    }

    /// <summary>There is nothing more.</summary>
    /// <exception cref="FormatException">There is.</exception>
    public readonly void End()
    {
        if (_rest.Length > 0)
            throw new FormatException($"{_rest.Length} bytes more than are known");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
            throw new FormatException($"{_rest.Length} bytes are left of {count}");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
