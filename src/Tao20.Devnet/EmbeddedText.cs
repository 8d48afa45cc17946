using System.Reflection;

namespace Tao20.Devnet;

/// <summary>Texts that are part of a build.</summary>
internal static class EmbeddedText
{
    /// <summary>The text of an embedded resource.</summary>
    /// <exception cref="DevnetException">The assembly has none of this name.</exception>
    public static string Of(Assembly assembly, string name)
    {
        using var stream =
            assembly.GetManifestResourceStream(name) ?? throw new DevnetException($"The resource {name} is not in this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
