namespace Tao20.Tests;

/// <summary>Files of the repository that tests read: sources, documents, scripts.</summary>
internal static class RepositoryFiles
{
    private static readonly Lazy<string> Root = new(() =>
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Tao20.Actors.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    });

    /// <summary>The path of a file or folder, from its place in the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root.Value, .. parts]);
}
