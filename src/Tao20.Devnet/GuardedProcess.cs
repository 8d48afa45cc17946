using System.Diagnostics;

namespace Tao20.Devnet;

/// <summary>
/// Processes that end with this one however that ends: a guard holds the read end of a pipe whose write end only this process has, and
/// stops the other when the pipe closes, which the operating system does even after a kill.
/// </summary>
public static class GuardedProcess
{
    private const string Guard = """
        exec 3<&0
        "$@" <&- &
        guarded=$!
        ( cat <&3 >/dev/null; kill -9 $guarded 2>/dev/null ) &
        wait $guarded
        """;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path, or its name where the system finds it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="line">Given each line it writes that is not empty; from another thread.</param>
    /// <param name="environment">What its environment has besides this process's.</param>
    public static Process Start(
        string program,
        IEnumerable<string> arguments,
        Action<string> line,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", Guard, "guard", program, .. arguments]);
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, written) => Pass(written.Data);
        process.ErrorDataReceived += (_, written) => Pass(written.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Pass(string? text)
        {
            if (!string.IsNullOrWhiteSpace(text))
                line(text);
        }
    }

    /// <summary>Stops it at once, with all it has started, and waits until it is gone.</summary>
    public static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        process.Dispose();
    }
}
