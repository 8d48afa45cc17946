using System.Runtime.InteropServices;

namespace Tao20.Devnet;

/// <summary>The programs a local chain is made of, installed from npm at first use; only needed by the devnet and by tests.</summary>
public sealed class DevnetTools
{
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
        var tools = NpmTools.Of("the local chain", "anvil, cast and solc", typeof(DevnetTools).Assembly, "tools");
        return new DevnetTools(await tools.EnsureAsync(progress, cancel).ConfigureAwait(false));
    }

    private string Binary(string tool)
    {
        var (os, suffix) =
            OperatingSystem.IsWindows() ? ("win32", ".exe")
            : OperatingSystem.IsMacOS() ? ("darwin", "")
            : ("linux", "");
        var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var path = Path.Combine(NodeModules, "@foundry-rs", $"{tool}-{os}-{arch}", "bin", tool + suffix);
        return File.Exists(path)
            ? path
            : throw new DevnetException(
                $"There is no {tool} for {os}-{arch} at {path}. Delete {_directory} and try again; if it stays, this platform has "
                    + $"no such package."
            );
    }
}
