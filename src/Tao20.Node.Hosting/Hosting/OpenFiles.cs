using System.Globalization;

namespace Tao20.Node.Hosting;

/// <summary>
/// How many files and connections the process may have open. Where there are too few, the runtime itself ends in the middle, or cannot
/// load a part of the program: so they are counted before.
/// </summary>
internal static class OpenFiles
{
    /// <summary>
    /// What a node needs: some 320 of its own while it catches up, <see cref="NodeServer.MostConnections"/> of HTTP, 100 to a database, and
    /// some to spare.
    /// </summary>
    public const int Needed = 768;

    private const string Limits = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>What is wrong; null when there are enough, or that cannot be told. It needs nothing but the runtime's core.</summary>
    public static string? Problem()
    {
        if (
            !File.Exists(Limits)
            || File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) is not { } line
        )
            return null;

        // The runtime has raised the soft limit to the hard one.
        var limit = line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most < Needed
            ? $"The process may have {most} files open, and needs {Needed}: raise the limit (ulimit -n {Needed}, or LimitNOFILE of its "
                + "unit) and start it again."
            : null;
    }
}
