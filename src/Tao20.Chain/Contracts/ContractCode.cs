using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The code of a contract as this version builds it, by its hash: the constructor's values in it count as zeros.</summary>
/// <param name="Name">The contract.</param>
/// <param name="Hash">The hash of its code.</param>
/// <param name="Length">The length of its code, in bytes.</param>
/// <param name="Immutables">Where the constructor's values stand: first byte and length of each.</param>
/// <param name="Creation">The code that makes it, as 0x and hex digits: the constructor's arguments follow it.</param>
public sealed record ContractCode(string Name, Hash256 Hash, int Length, IReadOnlyList<(int Start, int Length)> Immutables, string Creation)
{
    private const string Resource = "Tao20.Chain.Contracts.contract-codes.json";

    /// <summary>The contracts of TAO20 (source: contract-codes.json, which a test holds against the compiled contracts).</summary>
    public static IReadOnlyDictionary<string, ContractCode> All { get; } = Load();

    /// <summary>The code of what was compiled.</summary>
    public static ContractCode Of(
        string name,
        ReadOnlySpan<byte> code,
        IReadOnlyList<(int Start, int Length)> immutables,
        string creation
    ) => new(name, HashOf(code, immutables), code.Length, immutables, creation);

    /// <summary>Whether code that is on the chain is this contract's.</summary>
    public bool IsCodeOf(ReadOnlySpan<byte> deployed) => deployed.Length == Length && HashOf(deployed, Immutables) == Hash;

    private static Hash256 HashOf(ReadOnlySpan<byte> code, IReadOnlyList<(int Start, int Length)> immutables)
    {
        var masked = code.ToArray();
        foreach (var (start, length) in immutables)
            masked.AsSpan(start, length).Clear();
        return Keccak.Hash(masked);
    }

    private static Dictionary<string, ContractCode> Load()
    {
        using var stream =
            typeof(ContractCode).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in this build.");
        using var json = JsonDocument.Parse(stream);
        return json
            .RootElement.EnumerateObject()
            .ToDictionary(
                one => one.Name,
                one => new ContractCode(
                    one.Name,
                    Hash256.Parse(one.Value.GetProperty("hash").GetString()!),
                    one.Value.GetProperty("length").GetInt32(),
                    [.. one.Value.GetProperty("immutables").EnumerateArray().Select(place => (place[0].GetInt32(), place[1].GetInt32()))],
                    one.Value.GetProperty("creation").GetString()!
                )
            );
    }
}
