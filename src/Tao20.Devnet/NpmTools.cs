using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tao20.Devnet;

/// <summary>
/// Programs from npm packages pinned by a lock file: installed at first use into the user's cache, shared by all checkouts. Only the
/// devnet and tests need any.
/// </summary>
/// <param name="RequiredBy">Who needs them, in words: "the local chain".</param>
/// <param name="Names">What they are, in words.</param>
/// <param name="Manifest">The text of their <c>package.json</c>.</param>
/// <param name="LockFile">The text of their <c>package-lock.json</c>.</param>
public sealed record NpmTools(string RequiredBy, string Names, string Manifest, string LockFile)
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Those whose <c>package.json</c> and <c>package-lock.json</c> are embedded in an assembly.</summary>
    /// <param name="requiredBy">Who needs them, in words.</param>
    /// <param name="names">What they are, in words.</param>
    /// <param name="assembly">The assembly.</param>
    /// <param name="folder">What stands before the two names: <c>folder/package.json</c>.</param>
    /// <exception cref="DevnetException">They are not in it.</exception>
    public static NpmTools Of(string requiredBy, string names, Assembly assembly, string folder) =>
        new(
            requiredBy,
            names,
            EmbeddedText.Of(assembly, $"{folder}/package.json"),
            EmbeddedText.Of(assembly, $"{folder}/package-lock.json")
        );

    /// <summary>
    /// The directory they are installed in, with the packages below <c>node_modules</c>; installs them if they are not yet.
    /// </summary>
    /// <param name="progress">Told what is being done when it takes long.</param>
    /// <param name="cancel">Ends the installation.</param>
    /// <exception cref="DevnetException">Node or npm is missing, or the packages cannot be installed.</exception>
    public async Task<string> EnsureAsync(Action<string>? progress, CancellationToken cancel)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Manifest + LockFile)))[..16];
        var root = Environment.GetEnvironmentVariable("TAO20_TOOLS_DIR") is { Length: > 0 } configured ? configured : DefaultRoot();
        var directory = Path.Combine(root, key);
        var done = Path.Combine(directory, ".complete");
        if (File.Exists(done))
            return directory;

        Directory.CreateDirectory(root);
        await using var turn = await AcquireInstallLockAsync(Path.Combine(root, key + ".lock"), progress, cancel).ConfigureAwait(false);
        if (File.Exists(done))
            return directory;

        await RequireNodeAsync(cancel).ConfigureAwait(false);
        progress?.Invoke($"Installing {Names} for {RequiredBy} from npm; once per machine ...");
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "package.json"), Manifest, cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(directory, "package-lock.json"), LockFile, cancel).ConfigureAwait(false);
        var (code, output) = await RunNodeAsync(
                "npm",
                ["install", "--no-audit", "--no-fund", "--ignore-scripts"],
                directory,
                InstallTimeout,
                cancel
            )
            .ConfigureAwait(false);
        if (code != 0)
            throw new DevnetException(
                $"npm could not install {Names} into {directory} (exit code {code}): {LastLines(output)} Check that the npm "
                    + $"registry can be reached."
            );
        await File.WriteAllTextAsync(done, "", cancel).ConfigureAwait(false);
        progress?.Invoke($"{Names} installed.");
        return directory;
    }

    /// <summary>Runs a program to its end; its exit code and all it wrote.</summary>
    /// <exception cref="DevnetException">It is not there, or takes longer than <paramref name="limit"/>.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string directory,
        TimeSpan limit,
        CancellationToken cancel,
        IDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DevnetException($"The program '{program}' is not installed.", e);
        }

        using (process)
        using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            timeout.CancelAfter(limit);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            try
            {
                await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
                return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                throw new DevnetException(
                    $"'{program} {string.Join(' ', start.ArgumentList)}' did not end within {limit.TotalSeconds:0} s."
                );
            }
        }
    }

    private async Task RequireNodeAsync(CancellationToken cancel)
    {
        var (code, version) = await RunNodeAsync("node", ["--version"], Path.GetTempPath(), TimeSpan.FromSeconds(20), cancel)
            .ConfigureAwait(false);
        var parts = version.Trim().TrimStart('v').Split('.');
        if (code != 0 || !int.TryParse(parts[0], out var major) || major < 20)
            throw new DevnetException(
                $"Node is version {version.Trim()}, and {RequiredBy} needs Node 20 or later (https://nodejs.org). Install it and try again."
            );
    }

    private async Task<(int ExitCode, string Output)> RunNodeAsync(
        string program,
        IEnumerable<string> arguments,
        string directory,
        TimeSpan limit,
        CancellationToken cancel
    )
    {
        try
        {
            return await RunAsync(program, arguments, directory, limit, cancel).ConfigureAwait(false);
        }
        catch (DevnetException e) when (e.InnerException is System.ComponentModel.Win32Exception)
        {
            throw new DevnetException(
                $"The program '{program}' is not installed: {RequiredBy} needs Node 20 or later with npm (https://nodejs.org). "
                    + $"Install it and try again.",
                e
            );
        }
    }

    /// <summary>One installation at a time on this machine: the lock file is held while installing.</summary>
    private static async Task<FileStream> AcquireInstallLockAsync(string path, Action<string>? progress, CancellationToken cancel)
    {
        var told = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (!told)
                    progress?.Invoke("Another process is installing the tools; waiting for it ...");
                told = true;
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancel).ConfigureAwait(false);
            }
        }
    }

    private static string DefaultRoot()
    {
        var home =
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "tao20", "devnet-tools");
    }

    private static string LastLines(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(" | ", lines.TakeLast(4));
    }
}
