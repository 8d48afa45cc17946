using System.Globalization;

namespace Tao20.EndToEnd.Tests.Network;

/// <summary>Which process has a connection, by the system's own table (Linux: /proc/net/tcp and each process's descriptors).</summary>
internal static class SocketOwner
{
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int InodeColumn = 9;

    /// <summary>Which of some processes has opened a connection on this machine; null for none of them.</summary>
    /// <param name="localPort">The port it comes from.</param>
    /// <param name="remotePort">The port it goes to.</param>
    /// <param name="processes">The processes.</param>
    public static int? Of(int localPort, int remotePort, IEnumerable<int> processes)
    {
        var (local, remote) = (Suffix(localPort), Suffix(remotePort));
        var sockets = new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > InodeColumn && columns[LocalColumn].EndsWith(local, StringComparison.Ordinal))
            .Where(columns => columns[RemoteColumn].EndsWith(remote, StringComparison.Ordinal))
            .Select(columns => $"socket:[{columns[InodeColumn]}]")
            .ToHashSet();
        foreach (var process in processes)
            if (DescriptorsOf(process).Any(sockets.Contains))
                return process;
        return null;
    }

    private static IEnumerable<string> DescriptorsOf(int process)
    {
        var directory = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/fd";
        if (!Directory.Exists(directory))
            return [];
        try
        {
            return [.. new DirectoryInfo(directory).EnumerateFileSystemInfos().Select(TargetOf).OfType<string>()];
        }
        catch (DirectoryNotFoundException)
        {
            // The process has just ended.
            return [];
        }
    }

    private static string? TargetOf(FileSystemInfo descriptor)
    {
        try
        {
            return descriptor.LinkTarget;
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return null;
        }
    }

    private static string Suffix(int port) => $":{port.ToString("X4", CultureInfo.InvariantCulture)}";
}
