using System.Security.Cryptography;
using System.Text.Json;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Node.Index;

/// <summary>
/// What a person wants deployed: <c>targets</c> as a composition has them, <c>owner</c>, <c>guardian</c>, <c>genesisTao</c>, and on a
/// chain that is tried out <c>times</c>.
/// </summary>
internal static class DeploymentPlanFile
{
    private static readonly UInt128 Tao = 1_000_000_000_000_000_000;
    private const uint MostGenesisTao = 1_000_000;
    private const ulong LeastWeight = 5_000_000_000_000_000;
    private const ulong MostWeight = 300_000_000_000_000_000;
    private static readonly JsonSerializerOptions Times = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly HashSet<string> Keys =
    [
        "targets",
        "constituents",
        "owner",
        "guardian",
        "genesisTao",
        "times",
        "asOf",
        "missingDays",
    ];

    /// <summary>Reads one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="hotkey">The hotkey of targets that name none; null for none.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The plan, and the hash of the file.</returns>
    /// <exception cref="NodeException">It is no plan: what is wrong, and where.</exception>
    public static async Task<(DeploymentPlan Plan, string Hash)> ReadAsync(FileInfo file, Hash256? hotkey, CancellationToken cancel)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancel);
            using var json = JsonDocument.Parse(bytes);
            return (Of(json.RootElement, hotkey), Convert.ToHexStringLower(SHA256.HashData([.. bytes, .. hotkey?.ToBytes() ?? []])));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new NodeException(ExitCodes.Usage, $"--plan = {file.FullName} is no plan of a deployment: {e.Message}", e);
        }
    }

    private static DeploymentPlan Of(JsonElement root, Hash256? hotkey)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException("it is no object");
        if (root.EnumerateObject().Select(property => property.Name).FirstOrDefault(name => !Keys.Contains(name)) is { } unknown)
            throw new FormatException($"it has the key '{unknown}', which means nothing: give targets, owner, guardian, genesisTao, times");
        var targets = CompositionPlan.TargetsOf(root, hotkey);
        if (targets.Find(target => target.Weight is < LeastWeight or > MostWeight) is { Weight: > 0 } wrong)
            throw new FormatException($"netuid {wrong.Netuid} has the weight {FixedPoint.Format(wrong.Weight)}: give 0.005 to 0.3");
        var text = root.TryGetProperty("genesisTao", out var tao) ? tao.ToString() : "";
        return
            FixedPoint.TryParse(text, out var genesis) && genesis >= DeploymentPlan.LeastGenesisTao * Tao && genesis <= MostGenesisTao * Tao
            ? new DeploymentPlan(
                targets,
                AddressOf(root, "owner"),
                AddressOf(root, "guardian"),
                root.TryGetProperty("times", out var times) ? times.Deserialize<IndexTimes>(Times)! : IndexTimes.Table,
                genesis
            )
            : throw new FormatException(
                $"genesisTao is '{text}': give {DeploymentPlan.LeastGenesisTao} to {MostGenesisTao} TAO, which the first mint is worth"
            );
    }

    private static Address AddressOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var text) && Address.TryParse(text.ToString(), out var address) && address != default
            ? address
            : throw new FormatException(
                $"{name} is '{(text.ValueKind == JsonValueKind.Undefined ? "" : text)}': give 0x and 40 hex digits"
            );
}
