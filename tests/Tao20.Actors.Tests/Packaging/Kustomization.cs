using System.Text.Json.Nodes;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>What a kustomization.yaml puts together.</summary>
/// <param name="Namespace">Where all of it goes.</param>
/// <param name="Resources">The files.</param>
/// <param name="Images">The images that it names.</param>
/// <param name="Secrets">The secrets that it makes, each with the names of its files.</param>
internal sealed record Kustomization(
    string Namespace,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Images,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Secrets
)
{
    /// <summary>Reads that of a folder.</summary>
    public static Kustomization Read(string folder)
    {
        var all = YamlText.Read(File.ReadAllText(Path.Combine(folder, "kustomization.yaml")));
        return new Kustomization(
            all["namespace"]!.GetValue<string>(),
            Texts(all["resources"]!),
            [.. all["images"]!.AsArray().Select(image => image!["name"]!.GetValue<string>())],
            all["secretGenerator"]!
                .AsArray()
                .ToDictionary(
                    secret => secret!["name"]!.GetValue<string>(),
                    secret => (IReadOnlyList<string>)[.. Texts(secret!["files"]!).Select(file => Path.GetFileName(file))]
                )
        );
    }

    private static IReadOnlyList<string> Texts(JsonNode list) => [.. list.AsArray().Select(item => item!.GetValue<string>())];
}
