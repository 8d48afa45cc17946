using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Node.Accounts;

namespace Tao20.Node.Index;

/// <summary>
/// A composition that a person has written: <c>targets</c> with <c>netuid</c>, <c>weight</c> and <c>hotkey</c>, and <c>references</c> with
/// <c>netuid</c> and <c>price</c>. What <c>tao20 index compose --json</c> prints is one without hotkeys.
/// </summary>
internal static class CompositionPlan
{
    private const int MostLegs = 20;
    private static readonly UInt128 Scale = 1_000_000_000_000_000_000;

    /// <summary>Reads one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="hotkey">The hotkey of targets that name none; null for none.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It is no composition: what is wrong, and where.</exception>
    public static async Task<Proposal.Composition> ReadAsync(FileInfo file, Hash256? hotkey, CancellationToken cancel)
    {
        try
        {
            using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file.FullName, cancel));
            return new Proposal.Composition(
                TargetsOf(json.RootElement, hotkey),
                [.. Items(json.RootElement, "references").Select(PriceOf)]
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new NodeException(ExitCodes.Usage, $"--plan = {file.FullName} is no composition: {e.Message}", e);
        }
    }

    /// <summary>The targets of a plan.</summary>
    /// <exception cref="FormatException">They are no composition.</exception>
    public static ImmutableList<LegTarget> TargetsOf(JsonElement root, Hash256? hotkey)
    {
        var targets = Items(root, "targets").Concat(Items(root, "constituents")).Select(item => TargetOf(item, hotkey)).ToImmutableList();
        var sum = targets.Aggregate(BigInteger.Zero, (total, target) => total + target.Weight);
        if (targets.Count is 0 or > MostLegs)
            throw new FormatException($"it has {targets.Count} targets: give 1 to {MostLegs}");
        if (targets.GroupBy(target => target.Netuid).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new FormatException($"netuid {twice.Key} is there twice");
        return sum == (BigInteger)Scale
            ? targets
            : throw new FormatException($"its weights sum to {FixedPoint.Format((UInt128)sum)}, not to 1");
    }

    private static IEnumerable<JsonElement> Items(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    private static LegTarget TargetOf(JsonElement item, Hash256? hotkey)
    {
        var netuid = NetuidOf(item);
        var named = item.TryGetProperty("hotkey", out var text) ? HotkeyText.Parse(text.GetString() ?? "") : hotkey;
        return new LegTarget(
            netuid,
            (ulong)AmountOf(item, "weight", netuid, 1),
            named ?? throw new FormatException($"netuid {netuid} has no hotkey: name it, or give --hotkey for all")
        );
    }

    private static NamedPrice PriceOf(JsonElement item) =>
        NetuidOf(item) is var netuid ? new NamedPrice(netuid, AmountOf(item, "price", netuid, 1_000_000)) : default;

    private static ushort NetuidOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("netuid", out var number) && number.TryGetUInt16(out var netuid)
            ? netuid
            : throw new FormatException($"{item} has no netuid of 0 to 65535");

    private static BigInteger AmountOf(JsonElement item, string name, ushort netuid, uint most)
    {
        var text = item.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : value.GetRawText()
            : "";
        return FixedPoint.TryParse(text, out var amount) && amount > 0 && amount <= most * Scale
            ? amount
            : throw new FormatException($"netuid {netuid} has the {name} '{text}': give a number above 0 and up to {most}");
    }
}
