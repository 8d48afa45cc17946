using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Tao20.Node.Configuration;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>A container as a file describes it, whichever kind of file: what it is told, and what it finds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">What the program is called with.</param>
/// <param name="Environment">Its environment, the image's included.</param>
/// <param name="Ports">The ports that others reach.</param>
/// <param name="Writable">The directories that it can write to.</param>
/// <param name="Files">The files that are mounted for it to read.</param>
internal sealed partial record RunningContainer(
    string Name,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<int> Ports,
    IReadOnlyList<string> Writable,
    IReadOnlyList<string> Files
)
{
    private static readonly string[] OnlyInTheEnvironment = ["LOG_LEVEL", "LOG_FORMAT"];

    /// <summary>The host names of all that are started beside it.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    private NodeRole Role => Enum.Parse<NodeRole>(Arguments[0], ignoreCase: true);

    /// <summary>The program takes each name and each value, and finds what they name: each port, directory and file.</summary>
    public NodeSettings AssertStarts()
    {
        var given = Environment
            .Where(variable => variable.Key.StartsWith("TAO20_", StringComparison.Ordinal))
            .ToDictionary(variable => variable.Key["TAO20_".Length..].Replace("__", ":", StringComparison.Ordinal), v => (string?)v.Value);
        Assert.All(given.Keys.Except(OnlyInTheEnvironment), key => Assert.Contains(key, SettingsReference.Keys));
        var settings = NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build(), Role);

        Assert.Equal("0.0.0.0", settings.HttpHost);
        Assert.Contains(settings.HttpPort, Ports);
        Assert.Contains(settings.DataDirectory, Writable);
        Assert.Contains("/tmp", Writable);
        Assert.True(settings.Key.Given);
        var cluster = settings.Cluster;
        string?[] named = [settings.Key.KeyFile, cluster?.CertificateFile, cluster?.CertificateKeyFile, cluster?.AuthorityFile];
        Assert.All(named.OfType<string>(), file => Assert.Contains(file, Files));
        if (cluster is null)
            return settings;
        Assert.True(cluster.IsSecured);
        Assert.Contains(cluster.Port, Ports.Append(4053));
        Assert.Contains(cluster.Host, Hosts);
        Assert.Equal(
            Hosts.Select(host => $"akka.tcp://tao20@{host}:{cluster.Port}").Order(StringComparer.Ordinal),
            cluster.SeedNodes.Order(StringComparer.Ordinal)
        );
        return settings;
    }

    /// <summary>A text with each <c>$(NAME)</c> replaced by what is in the environment.</summary>
    public static string Expanded(string text, IReadOnlyDictionary<string, string> environment) =>
        Variable().Replace(text, match => environment[match.Groups[1].Value]);

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Variable();
}
