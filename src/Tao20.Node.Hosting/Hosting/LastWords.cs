using System.Net.Sockets;
using System.Text;

namespace Tao20.Node.Hosting;

/// <summary>
/// What a process says before it ends. Where standard error takes no words any more, a file in the journal's directory does, and the
/// machine's log; and whether any of them does never changes how the process ends.
/// </summary>
/// <param name="standardError">Standard error.</param>
internal sealed class LastWords(QuietWriter standardError)
{
    /// <summary>The file in the journal's directory.</summary>
    public const string FileName = "last-words.log";

    private const string DirectoryKey = "Tao20.Directory";
    private const string MachineLog = "/dev/log";

    // RFC 3164: facility daemon (3), severity error (3).
    private const int DaemonError = (3 << 3) | 3;

    /// <summary>Does what a node of a directory does; what it ends with knows the directory.</summary>
    public static async Task KeptInAsync(string directory, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception e)
        {
            e.Data[DirectoryKey] = directory;
            throw;
        }
    }

    /// <summary>Says them.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="cause">What the process ends with; null where it is nothing of a node's.</param>
    public void Say(IEnumerable<string> lines, Exception? cause = null)
    {
        var text = string.Join('\n', lines.Select(line => $"tao20: {line}"));
        if (standardError.TryWriteLine(text))
            return;
        var stamped = $"{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {text}\n";
        if (cause?.Data[DirectoryKey] is string directory)
            Try(() => File.AppendAllText(Path.Combine(directory, FileName), stamped));
        Try(() =>
        {
            using var log = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            log.Connect(new UnixDomainSocketEndPoint(MachineLog));
            log.Send(Encoding.UTF8.GetBytes($"<{DaemonError}>{text}"));
        });
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ObjectDisposedException)
        {
            // Nobody is left who could be told.
        }
    }
}
