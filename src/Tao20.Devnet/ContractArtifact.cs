using System.Text.Json;

namespace Tao20.Devnet;

/// <summary>A compiled contract of the devnet, as checked in; a test recompiles the sources and compares.</summary>
/// <param name="Name">The contract.</param>
/// <param name="Bytecode">The code that deploys it, as 0x and hex digits.</param>
/// <param name="DeployedBytecode">The code that is then there.</param>
/// <param name="Abi">Its functions, as JSON.</param>
/// <param name="Immutables">Where values of its constructor stand in that code: first byte and length of each.</param>
public sealed record ContractArtifact(
    string Name,
    string Bytecode,
    string DeployedBytecode,
    string Abi,
    IReadOnlyList<(int Start, int Length)> Immutables
)
{
    /// <summary>The artifact of the contract <paramref name="name"/>.</summary>
    /// <exception cref="DevnetException">There is none.</exception>
    public static ContractArtifact Load(string name)
    {
        using var json = JsonDocument.Parse(EmbeddedText.Of(typeof(ContractArtifact).Assembly, $"artifacts/{name}.json"));
        return new ContractArtifact(
            name,
            json.RootElement.GetProperty("bytecode").GetString()!,
            json.RootElement.GetProperty("deployedBytecode").GetString()!,
            json.RootElement.GetProperty("abi").GetRawText(),
            [.. json.RootElement.GetProperty("immutables").EnumerateArray().Select(place => (place[0].GetInt32(), place[1].GetInt32()))]
        );
    }
}
