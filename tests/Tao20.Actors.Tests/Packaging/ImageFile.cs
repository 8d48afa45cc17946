using System.Text.Json;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>What docker/Dockerfile says of the image of all nodes.</summary>
internal static class ImageFile
{
    /// <summary>The user of Microsoft's images that is not root: their APP_UID.</summary>
    public const long User = 1654;

    private static readonly string[] Lines = File.ReadAllLines(RepositoryFiles.PathOf("docker", "Dockerfile"));

    /// <summary>The environment that it sets.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        After("ENV").Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The port that it says is listened on.</summary>
    public static int Port { get; } = int.Parse(After("EXPOSE"), null);

    /// <summary>What asks whether a container of it is well, as words.</summary>
    public static IReadOnlyList<string> HealthCheck { get; } =
        JsonSerializer.Deserialize<string[]>(After("HEALTHCHECK").Split("CMD ", 2)[1])!;

    /// <summary>What it runs, as words.</summary>
    public static IReadOnlyList<string> EntryPoint { get; } = JsonSerializer.Deserialize<string[]>(After("ENTRYPOINT"))!;

    /// <summary>The last line with an instruction, without it.</summary>
    public static string After(string instruction) =>
        Lines.Last(line => line.StartsWith($"{instruction} ", StringComparison.Ordinal))[(instruction.Length + 1)..];
}
