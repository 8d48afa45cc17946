using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tao20.Devnet;

/// <summary>
/// The programs a local chain is made of, from npm packages pinned by a lock file: installed at first use into the user's cache,
/// shared by all checkouts, and only needed by the devnet and by tests.
/// </summary>
public sealed class DevnetTools
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private readonly string _directory;

    private DevnetTools(string directory) => _directory = directory;

    /// <summary>The local chain's executable.</summary>
    public string Anvil => Binary("anvil");

    /// <summary>The command-line tool that encodes, decodes and hashes, for comparing with.</summary>
    public string Cast => Binary("cast");

    /// <summary>The folder of the installed packages, for Node's <c>NODE_PATH</c>.</summary>
    public string NodeModules => Path.Combine(_directory, "node_modules");

    /// <summary>The tools, installed if they are not yet.</summary>
    /// <param name="progress">Told what is being done when it takes long.</param>
    /// <param name="cancel">Ends the installation.</param>
    /// <exception cref="DevnetException">Node or npm is missing, or the packages cannot be installed.</exception>
    public static async Task<DevnetTools> EnsureAsync(Action<string>? progress, CancellationToken cancel)
    {
        var manifest = Resource("tools/package.json");
        var lockFile = Resource("tools/package-lock.json");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest + lockFile)))[..16];
        var root = Environment.GetEnvironmentVariable("TAO20_TOOLS_DIR") is { Length: > 0 } configured ? configured : DefaultRoot();
        var directory = Path.Combine(root, key);
        var done = Path.Combine(directory, ".complete");
        if (File.Exists(done))
            return new DevnetTools(directory);

        Directory.CreateDirectory(root);
        await using var turn = await TakeTurnAsync(Path.Combine(root, key + ".lock"), progress, cancel).ConfigureAwait(false);
        if (File.Exists(done))
            return new DevnetTools(directory);

        await RequireNodeAsync(cancel).ConfigureAwait(false);
        progress?.Invoke("Installing the local chain's tools (anvil, cast, solc) from npm; once per machine ...");
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "package.json"), manifest, cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(directory, "package-lock.json"), lockFile, cancel).ConfigureAwait(false);
        var (code, output) = await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], directory, InstallTimeout, cancel).ConfigureAwait(false);
        if (code != 0)
            throw new DevnetException($"npm could not install the local chain's tools into {directory} (exit code {code}): {LastLines(output)} Check that the npm registry can be reached.");
        await File.WriteAllTextAsync(done, "", cancel).ConfigureAwait(false);
        progress?.Invoke("Tools installed.");
        return new DevnetTools(directory);
    }

    /// <summary>The text of an embedded resource of this assembly.</summary>
    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new DevnetException($"The resource {name} is not in this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Runs a program to its end; its exit code and all it wrote.</summary>
    /// <exception cref="DevnetException">It is not there, or takes longer than <paramref name="limit"/>.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string directory, TimeSpan limit, CancellationToken cancel, IDictionary<string, string>? environment = null)
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
            throw new DevnetException($"The program '{program}' is not installed: the local chain needs Node 20 or later with npm (https://nodejs.org). Install it and try again.", e);
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
                throw new DevnetException($"'{program} {string.Join(' ', start.ArgumentList)}' did not end within {limit.TotalSeconds:0} s.");
            }
        }
    }

    private static async Task RequireNodeAsync(CancellationToken cancel)
    {
        var (code, version) = await RunAsync("node", ["--version"], Path.GetTempPath(), TimeSpan.FromSeconds(20), cancel).ConfigureAwait(false);
        var parts = version.Trim().TrimStart('v').Split('.');
        if (code != 0 || !int.TryParse(parts[0], out var major) || major < 20)
            throw new DevnetException($"Node is version {version.Trim()}, and the local chain needs Node 20 or later (https://nodejs.org). Install it and try again.");
    }

    /// <summary>One installation at a time on this machine: the lock file is held while installing.</summary>
    private static async Task<FileStream> TakeTurnAsync(string path, Action<string>? progress, CancellationToken cancel)
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
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "tao20", "devnet-tools");
    }

    private string Binary(string tool)
    {
        var (os, suffix) = OperatingSystem.IsWindows() ? ("win32", ".exe") : OperatingSystem.IsMacOS() ? ("darwin", "") : ("linux", "");
        var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var path = Path.Combine(NodeModules, "@foundry-rs", $"{tool}-{os}-{arch}", "bin", tool + suffix);
        return File.Exists(path)
            ? path
            : throw new DevnetException($"There is no {tool} for {os}-{arch} at {path}. Delete {_directory} and try again; if it stays, this platform has no such package.");
    }

    private static string LastLines(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(" | ", lines.TakeLast(4));
    }
}
