using System.Buffers.Binary;
using Tao20.Chain.Substrate;

namespace Tao20.Chain.Runtime;

/// <summary>An item of the storage as the runtime declares it.</summary>
/// <param name="Pallet">The pallet it is of.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hashers">How the parts of its key are hashed, by their names in the metadata; none for a single value.</param>
/// <param name="Value">The type of its value, with names of single fields left out: <c>u64</c>, <c>Vec&lt;(u16,u16)&gt;</c>.</param>
/// <param name="Default">The value of a key that is absent, as it is encoded.</param>
public sealed record DeclaredItem(
    string Pallet,
    string Name,
    IReadOnlyList<string> Hashers,
    string Value,
    ReadOnlyMemory<byte> Default = default
);

/// <summary>What a runtime says of itself: its storage and its constants (source: frame-metadata, version 14).</summary>
/// <param name="Items">The items of its storage, by pallet and name.</param>
/// <param name="Constants">The raw values of its constants, by pallet and name.</param>
public sealed record RuntimeMetadata(
    IReadOnlyDictionary<(string Pallet, string Name), DeclaredItem> Items,
    IReadOnlyDictionary<(string Pallet, string Name), byte[]> Constants
)
{
    /// <summary>
    /// What differs between an item as it is read here and as it is declared, in words; null when nothing does. Only where nothing differs
    /// does an absent key mean the item's default.
    /// </summary>
    public string? DifferenceOf(StorageItem item)
    {
        if (!Items.TryGetValue((item.Pallet, item.Name), out var declared))
            return $"{item.Pallet}.{item.Name} is not declared";
        if (!declared.Hashers.SequenceEqual(item.Hashers.Select(hasher => hasher.ToString())))
            return $"the key of {item.Pallet}.{item.Name} is made of {Text(declared.Hashers)}, not of "
                + Text(item.Hashers.Select(hasher => hasher.ToString()));
        return declared.Value == item.Value || item.Value.Length == 0
            ? null
            : $"{item.Pallet}.{item.Name} is a {declared.Value}, not a {item.Value}";

        static string Text(IEnumerable<string> hashers) => string.Join(", ", hashers.DefaultIfEmpty("nothing"));
    }

    /// <summary>Whether an item is declared as it is read here.</summary>
    public bool Declares(StorageItem item) => DifferenceOf(item) is null;

    /// <summary>What a number is where its key is absent; null where the item is not declared as it is read here.</summary>
    public UInt128? DefaultOf(StorageItem item) =>
        Declares(item) && Items[(item.Pallet, item.Name)].Default is { Length: > 0 and <= 16 } value
            ? value.ToArray().Reverse().Aggregate(UInt128.Zero, (number, part) => (number << 8) | part)
            : null;

    /// <summary>A constant of eight bytes; null where there is none, or one of another length.</summary>
    public ulong? Constant(string pallet, string name) =>
        Constants.TryGetValue((pallet, name), out var value) && value.Length == sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64LittleEndian(value)
            : null;
}
