using Tao20.Chain.Substrate;

namespace Tao20.Chain.Runtime;

/// <summary>Reads a runtime's metadata: types and pallets (source: frame-metadata v14.rs, scale-info portable.rs).</summary>
internal static class MetadataReader
{
    private const byte Version = 14;
    private const int MaxDepth = 16;
    private static readonly string[] Primitives =
    [
        "bool",
        "char",
        "str",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "u256",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "i256",
    ];
    private static readonly string[] Hashers =
    [
        "Blake2_128",
        "Blake2_256",
        "Blake2_128Concat",
        "Twox128",
        "Twox256",
        "Twox64Concat",
        "Identity",
    ];

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is of another version, or cannot be read.</exception>
    public static RuntimeMetadata Read(ReadOnlySpan<byte> metadata)
    {
        var reader = new ScaleReader(metadata);
        if (!reader.Bytes(4).SequenceEqual("meta"u8))
            throw new FormatException("it does not begin as metadata does");
        if (reader.Byte() is not Version and var other)
            throw new FormatException($"metadata of version {other}, not {Version}");
        var types = Types(ref reader);
        var items = new Dictionary<(string, string), DeclaredItem>();
        var constants = new Dictionary<(string, string), byte[]>();
        for (var pallets = reader.Length(); pallets > 0; pallets--)
            Pallet(ref reader, types, items, constants);

        // What comes after the pallets, the form of extrinsics, says nothing about storage.
        return new RuntimeMetadata(items, constants);
    }

    private static void Pallet(
        ref ScaleReader reader,
        Dictionary<uint, TypeForm> types,
        Dictionary<(string, string), DeclaredItem> items,
        Dictionary<(string, string), byte[]> constants
    )
    {
        var pallet = reader.Text();
        if (reader.Bool())
        {
            // Keys begin with this, which is the pallet's name as its items are asked for.
            var prefix = reader.Text();
            for (var entries = reader.Length(); entries > 0; entries--)
            {
                var item = Item(ref reader, prefix, types);
                items[(item.Pallet, item.Name)] = item;
            }
        }

        SkipOptionalType(ref reader);
        SkipOptionalType(ref reader);
        for (var left = reader.Length(); left > 0; left--)
        {
            var name = reader.Text();
            reader.Compact();
            constants[(pallet, name)] = reader.Bytes(reader.Length()).ToArray();
            SkipTexts(ref reader);
        }

        SkipOptionalType(ref reader);
        reader.Byte();
    }

    private static DeclaredItem Item(ref ScaleReader reader, string pallet, Dictionary<uint, TypeForm> types)
    {
        var name = reader.Text();
        reader.Byte();
        List<string> hashers = [];
        var isMap = reader.Byte() switch
        {
            0 => false,
            1 => true,
            var other => throw new FormatException($"an item of storage of kind {other}"),
        };
        if (isMap)
        {
            for (var left = reader.Length(); left > 0; left--)
                hashers.Add(reader.Byte() is var hasher && hasher < Hashers.Length ? Hashers[hasher] : $"hasher {hasher}");
            reader.Compact();
        }

        var value = Name(reader.Compact(), types, 0);
        var absent = reader.Bytes(reader.Length()).ToArray();
        SkipTexts(ref reader);
        return new DeclaredItem(pallet, name, hashers, value, absent);
    }

    private static Dictionary<uint, TypeForm> Types(ref ScaleReader reader)
    {
        var types = new Dictionary<uint, TypeForm>();
        for (var left = reader.Length(); left > 0; left--)
        {
            var id = reader.Compact();
            SkipTexts(ref reader);
            for (var parameters = reader.Length(); parameters > 0; parameters--)
            {
                reader.Text();
                SkipOptionalType(ref reader);
            }

            types[id] = Form(ref reader);
            SkipTexts(ref reader);
        }

        return types;
    }

    private static TypeForm Form(ref ScaleReader reader)
    {
        switch (reader.Byte())
        {
            case 0:
                return new TypeForm.Several(Fields(ref reader));
            case 1:
                for (var variants = reader.Length(); variants > 0; variants--)
                {
                    reader.Text();
                    Fields(ref reader);
                    reader.Byte();
                    SkipTexts(ref reader);
                }

                return new TypeForm.Named("enum");
            case 2:
                return new TypeForm.Sequence(reader.Compact(), null);
            case 3:
                var length = reader.UInt32();
                return new TypeForm.Sequence(reader.Compact(), length);
            case 4:
                var members = new List<uint>();
                for (var left = reader.Length(); left > 0; left--)
                    members.Add(reader.Compact());
                return new TypeForm.Several(members);
            case 5:
                return new TypeForm.Named(reader.Byte() is var kind && kind < Primitives.Length ? Primitives[kind] : $"primitive {kind}");
            case 6:
                return new TypeForm.Compact(reader.Compact());
            case 7:
                reader.Compact();
                reader.Compact();
                return new TypeForm.Named("bits");
            case var other:
                throw new FormatException($"a type of kind {other}");
        }
    }

    private static List<uint> Fields(ref ScaleReader reader)
    {
        var fields = new List<uint>();
        for (var left = reader.Length(); left > 0; left--)
        {
            SkipOptionalText(ref reader);
            fields.Add(reader.Compact());
            SkipOptionalText(ref reader);
            SkipTexts(ref reader);
        }

        return fields;
    }

    /// <summary>What a type is encoded as; a struct of one field is what that field is.</summary>
    private static string Name(uint id, Dictionary<uint, TypeForm> types, int depth) =>
        depth > MaxDepth ? "..."
        : !types.TryGetValue(id, out var form) ? throw new FormatException($"type {id} is not declared")
        : form switch
        {
            TypeForm.Named(var name) => name,
            TypeForm.Several { Members: [var only] } => Name(only, types, depth + 1),
            TypeForm.Several(var members) => $"({string.Join(',', members.Select(member => Name(member, types, depth + 1)))})",
            TypeForm.Sequence(var of, null) => $"Vec<{Name(of, types, depth + 1)}>",
            TypeForm.Sequence(var of, var length) => $"[{Name(of, types, depth + 1)};{length}]",
            TypeForm.Compact(var of) => $"Compact<{Name(of, types, depth + 1)}>",
            _ => throw new InvalidOperationException($"A {form.GetType().Name} has no name."),
        };

    private static void SkipTexts(ref ScaleReader reader)
    {
        for (var left = reader.Length(); left > 0; left--)
            reader.Bytes(reader.Length());
    }

    private static void SkipOptionalText(ref ScaleReader reader)
    {
        if (reader.Bool())
            reader.Bytes(reader.Length());
    }

    private static void SkipOptionalType(ref ScaleReader reader)
    {
        if (reader.Bool())
            reader.Compact();
    }

    private abstract record TypeForm
    {
        public sealed record Named(string Name) : TypeForm;

        public sealed record Several(IReadOnlyList<uint> Members) : TypeForm;

        public sealed record Sequence(uint Of, uint? Length) : TypeForm;

        public sealed record Compact(uint Of) : TypeForm;
    }
}
