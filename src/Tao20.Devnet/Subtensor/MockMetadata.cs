using System.Text;
using Tao20.Chain.Substrate;

namespace Tao20.Devnet.Subtensor;

/// <summary>
/// The metadata of the runtime that the mock stands for: the items of storage that are read, and the constants that are (source:
/// frame-metadata v14.rs, scale-info portable.rs, for the form; Subtensor's pallets for what is declared).
/// </summary>
public sealed class MockMetadata
{
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
    private static readonly IReadOnlyDictionary<KeyHasher, byte> Hashers = new Dictionary<KeyHasher, byte>
    {
        [KeyHasher.Blake2_128Concat] = 2,
        [KeyHasher.Twox64Concat] = 5,
        [KeyHasher.Identity] = 6,
    };

    /// <summary>The items that came after spec 425.</summary>
    private static readonly IReadOnlySet<StorageItem> Later = new HashSet<StorageItem>
    {
        RuntimeStorage.AssociatedUidsByEvmAddress,
        RuntimeStorage.DissolveCleanupQueue,
        RuntimeStorage.CurrentDissolveCleanupStatus,
        RuntimeStorage.BalancerTaoReservoir,
        RuntimeStorage.BalancerAlphaReservoir,
    };

    /// <summary>
    /// What is where nothing has been written (source: Subtensor, pallets/subtensor/src/lib.rs, DefaultMovingAlpha and
    /// DefaultEMAPriceMovingBlocks; pallets/swap/src/pallet/mod.rs, DefaultFeeRate).
    /// </summary>
    private static readonly IReadOnlyDictionary<StorageItem, byte[]> Defaults = new Dictionary<StorageItem, byte[]>
    {
        [RuntimeStorage.SubnetMovingAlpha] = [0x55, 0x32, .. new byte[14]],
        [RuntimeStorage.EmaPriceHalvingBlocks] = BitConverter.GetBytes(201_600UL),
        [RuntimeStorage.FeeRate] = BitConverter.GetBytes((ushort)33),
    };

    private readonly List<(string Form, byte[] Encoded)> _types = [];

    /// <summary>What a runtime declares.</summary>
    /// <param name="later">Whether it has what came after spec 425.</param>
    /// <param name="foreignCurves">Whether it has curves of another kind than the balancer's.</param>
    /// <param name="dropped">The items that it has no longer.</param>
    /// <param name="constants">Its constants of eight bytes, by pallet and name.</param>
    public static byte[] Of(
        bool later,
        bool foreignCurves,
        IReadOnlySet<string> dropped,
        IReadOnlyList<(string Pallet, string Name, ulong Value)> constants
    )
    {
        var items = typeof(RuntimeStorage)
            .GetFields()
            .Select(field => (StorageItem)field.GetValue(null)!)
            .Where(item => later || !Later.Contains(item))
            .Where(item => foreignCurves || item != RuntimeStorage.SwapSuperellipse)
            .Where(item => !dropped.Contains(item.Name));
        return new MockMetadata().Encode([.. items.GroupBy(item => item.Pallet)], constants.ToLookup(constant => constant.Pallet));
    }

    private byte[] Encode(
        IReadOnlyList<IGrouping<string, StorageItem>> pallets,
        ILookup<string, (string Pallet, string Name, ulong Value)> constants
    )
    {
        List<string> names = [.. pallets.Select(pallet => pallet.Key).Concat(constants.Select(pallet => pallet.Key)).Distinct()];
        var encoded = new List<byte[]>();
        for (var i = 0; i < names.Count; i++)
            encoded.Add(Pallet(names[i], (byte)i, pallets.FirstOrDefault(pallet => pallet.Key == names[i]), [.. constants[names[i]]]));

        // Of extrinsics nothing is read: no type, no version, no extensions.
        byte[] extrinsics = [.. Compact(0), 4, .. Compact(0), .. Compact(0)];
        return
        [
            .. "meta"u8,
            14,
            .. Compact(_types.Count),
            .. _types.SelectMany((type, id) => (byte[])[.. Compact(id), 0, 0, .. type.Encoded, 0]),
            .. Compact(names.Count),
            .. encoded.SelectMany(pallet => pallet),
            .. extrinsics,
        ];
    }

    private byte[] Pallet(
        string name,
        byte index,
        IEnumerable<StorageItem>? items,
        IReadOnlyList<(string Pallet, string Name, ulong Value)> constants
    )
    {
        List<StorageItem> all = [.. items ?? []];
        byte[] storage = all.Count == 0 ? [0] : [1, .. Text(name), .. Compact(all.Count), .. all.SelectMany(Item)];
        var balance = Type("u64");
        return
        [
            .. Text(name),
            .. storage,
            0,
            0,
            .. Compact(constants.Count),
            .. constants.SelectMany(constant =>
                (byte[])[.. Text(constant.Name), .. Compact(balance), .. Compact(8), .. BitConverter.GetBytes(constant.Value), 0]
            ),
            0,
            index,
        ];
    }

    private byte[] Item(StorageItem item)
    {
        var value = Type(item.Value.Length == 0 ? "u128" : item.Value);
        byte[] kind =
            item.Hashers.Count == 0
                ? [0]
                : [1, .. Compact(item.Hashers.Count), .. item.Hashers.Select(hasher => Hashers[hasher]), .. Compact(Type("u16"))];
        var absent = Defaults.GetValueOrDefault(item, []);
        return [.. Text(item.Name), 1, .. kind, .. Compact(value), .. Compact(absent.Length), .. absent, 0];
    }

    /// <summary>The number of a type, which is declared if it is not yet; what is a struct in the runtime is a tuple here.</summary>
    private int Type(string form)
    {
        if (_types.FindIndex(type => type.Form == form) is >= 0 and var known)
            return known;
        byte[] encoded = form switch
        {
            ['V', 'e', 'c', '<', .. var of, '>'] => [2, .. Compact(Type(of))],
            ['[', .. var array, ']'] when array.Split(';') is [var of, var length] =>
            [
                3,
                .. BitConverter.GetBytes(uint.Parse(length, null)),
                .. Compact(Type(of)),
            ],
            ['(', .. var members, ')'] => Tuple(members),
            _ => [5, (byte)Array.IndexOf(Primitives, form)],
        };

        // As the runtime's balances and netuids are: a struct around one number.
        if (form is "u64" or "u16")
        {
            _types.Add(($"{form} itself", encoded));
            encoded = [0, .. Compact(1), 0, .. Compact(_types.Count - 1), 0, 0];
        }

        _types.Add((form, encoded));
        return _types.Count - 1;
    }

    private byte[] Tuple(string members)
    {
        var types = Members(members).Select(Type).ToList();
        return [4, .. Compact(types.Count), .. types.SelectMany(type => Compact(type))];
    }

    private static IEnumerable<string> Members(string members)
    {
        var (depth, begin) = (0, 0);
        for (var i = 0; i < members.Length; i++)
        {
            depth +=
                members[i] is '(' or '[' or '<' ? 1
                : members[i] is ')' or ']' or '>' ? -1
                : 0;
            if (members[i] != ',' || depth > 0)
                continue;
            yield return members[begin..i];
            begin = i + 1;
        }

        yield return members[begin..];
    }

    private static byte[] Text(string text) => [.. Compact(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Compact(int number) =>
        number < 1 << 6 ? [(byte)(number << 2)]
        : number < 1 << 14 ? BitConverter.GetBytes((ushort)((number << 2) | 1))
        : BitConverter.GetBytes(((uint)number << 2) | 2);
}
