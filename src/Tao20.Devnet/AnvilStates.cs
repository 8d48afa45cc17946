using System.Diagnostics;
using System.Globalization;

namespace Tao20.Devnet;

/// <summary>
/// Where a local chain keeps the states of old blocks, which for a long run are gigabytes: a directory that goes with the chain. What a
/// process has left that was killed is taken away by the next one.
/// </summary>
internal sealed class AnvilStates
{
    private const string Prefix = "tao20-anvil-";

    private AnvilStates(string path) => Path = path;

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>A directory of this process; those of processes that are no more are deleted.</summary>
    public static AnvilStates Create()
    {
        var temporary = System.IO.Path.GetTempPath();
        foreach (var left in Directory.EnumerateDirectories(temporary, Prefix + "*").Where(IsLeft))
            new AnvilStates(left).Delete();
        return new AnvilStates(Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName);
    }

    /// <summary>Deletes it. Another process may be doing the same with what was left.</summary>
    public void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is somebody else's, or already gone: the next start tries again.
        }
    }

    private static bool IsLeft(string directory)
    {
        var name = System.IO.Path.GetFileName(directory)[Prefix.Length..];
        if (!int.TryParse(name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var owner))
            return false;
        try
        {
            using var process = Process.GetProcessById(owner);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
