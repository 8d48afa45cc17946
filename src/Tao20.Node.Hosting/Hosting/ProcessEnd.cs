using System.Runtime.InteropServices;

namespace Tao20.Node.Hosting;

/// <summary>
/// Ends the process at once. Without memory nothing that would still be done at its end can be relied on to come to an end; and whatever is
/// not written by now is folded again.
/// </summary>
internal static class ProcessEnd
{
    /// <summary>Ends it.</summary>
    public static void AtOnce(int exitCode)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(exitCode);
        else
            _exit(exitCode);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void _exit(int status);
}
