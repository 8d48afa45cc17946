using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>The compiler that the contracts are checked in from.</summary>
internal static class SolidityCompiler
{
    /// <summary>Compiles all contracts of a folder.</summary>
    /// <param name="contracts">The folder.</param>
    /// <param name="output">Where an artifact of each is written.</param>
    /// <param name="options">Further arguments.</param>
    public static async Task RunAsync(string contracts, string output, params string[] options)
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var devnet = RepositoryFiles.PathOf("src", "Tao20.Devnet");
        var (code, text) = await NpmTools.RunAsync(
            "node",
            [Path.Combine(devnet, "Tools", "compile.cjs"), contracts, output, .. options],
            devnet,
            TimeSpan.FromMinutes(5),
            CancellationToken.None,
            new Dictionary<string, string> { ["NODE_PATH"] = tools.NodeModules }
        );
        Assert.True(code == 0, text);
    }
}
