using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tao20.Node.Commands;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>The compose files and the image describe nodes that start, read their keys, and write nothing but their data.</summary>
[Trait("Category", "Fast")]
public sealed partial class ComposeTests
{
    private const string Built = "docker/Dockerfile";
    private static readonly string Folder = RepositoryFiles.PathOf("docker");
    private static readonly Dictionary<string, string> Given = new()
    {
        ["TAO20_RPC"] = "https://a.example,https://b.example",
        ["TAO20_CONTRACT"] = "0x0000000000000000000000000000000000000001",
        ["TAO20_REGISTRY"] = "0x0000000000000000000000000000000000000002",
        ["TAO20_POOL"] = "0x0000000000000000000000000000000000000003",
        ["TAO20_ROUTER"] = "0x0000000000000000000000000000000000000004",
        ["TAO20_DB_PASSWORD"] = "secret",
        ["TAO20_GRAFANA_PASSWORD"] = "secret",
    };

    public static TheoryData<string> ComposeFiles =>
        [.. Directory.EnumerateFiles(Folder, "*.compose.yml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(ComposeFiles))]
    public void Each_node_starts_with_what_it_is_told(string file)
    {
        var nodes = Nodes(file, out var all);
        Assert.Equal(file == "cluster.compose.yml" ? 3 : 1, nodes.Count);
        Assert.All(nodes, node => (ContainerOf(node.Value!, all) with { Hosts = [.. nodes.Select(one => one.Key)] }).AssertStarts());
    }

    [Theory]
    [MemberData(nameof(ComposeFiles))]
    public void Nodes_may_do_nothing_but_what_they_need(string file) =>
        Assert.All(
            Nodes(file, out _).Select(node => node.Value!),
            node =>
            {
                Assert.Equal("true", node["read_only"]!.GetValue<string>());
                Assert.Equal(["ALL"], Texts(node["cap_drop"]));
                Assert.Equal(["no-new-privileges:true"], Texts(node["security_opt"]));

                // HTTP has no password: it is for this machine.
                Assert.All(Texts(node["ports"]), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            }
        );

    [Theory]
    [MemberData(nameof(ComposeFiles))]
    public void How_the_keys_are_made_readable_is_said_where_they_are_named(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.All(
            YamlText.Read(text)["secrets"]!.AsObject(),
            secret =>
                Assert.Contains(
                    $"chown {ImageFile.User} docker/{Path.GetFileName(secret.Value!["file"]!.GetValue<string>())}",
                    text,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void The_image_runs_the_program_as_a_user_that_is_not_root_and_asks_it_how_it_is()
    {
        Assert.Equal("$APP_UID", ImageFile.After("USER"));
        Assert.Equal(ImageFile.Environment["TAO20_Http__Port"], $"{ImageFile.Port}");
        Assert.Equal(["dotnet", "tao20.dll"], ImageFile.EntryPoint);
        Assert.Equal(["dotnet", "tao20.dll", "health"], ImageFile.HealthCheck.Take(3));
        var asked = HealthCommand.Create().Parse([.. ImageFile.HealthCheck.Skip(3)]);
        Assert.Empty(asked.Errors);
        Assert.Equal(ImageFile.Environment["TAO20_DataDir"], asked.GetValue<string>("--data-dir"));
        Assert.Equal(ImageFile.Environment["TAO20_DataDir"], ImageFile.After("VOLUME"));
    }

    [Fact]
    public void No_key_gets_into_the_image_or_the_repository()
    {
        var ignored = File.ReadAllLines(RepositoryFiles.PathOf(".dockerignore"));
        Assert.All(["docker", "**/*.key", "**/*.pem"], line => Assert.Contains(line, ignored));
        var kept = File.ReadAllLines(RepositoryFiles.PathOf(".gitignore"));
        Assert.All(["docker/certs/", "docker/*.key", "docker/k8s/secrets/"], line => Assert.Contains(line, kept));
    }

    [Fact]
    public void Prometheus_reads_the_nodes_and_the_rules_that_are_there()
    {
        var nodes = Nodes("cluster.compose.yml", out _);
        var prometheus = YamlText.Read(File.ReadAllText(Path.Combine(Folder, "prometheus", "prometheus.yml")));
        var targets = Texts(prometheus["scrape_configs"]![0]!["static_configs"]![0]!["targets"]);
        Assert.Equal(nodes.Select(node => $"{node.Key}:{ImageFile.Port}"), targets);
        Assert.All(Texts(prometheus["rule_files"]), file => Assert.True(File.Exists(Path.Combine(Folder, "prometheus", file)), file));
    }

    /// <summary>The services that run the image of this repository.</summary>
    private static IReadOnlyList<KeyValuePair<string, JsonNode?>> Nodes(string file, out JsonObject all)
    {
        all = YamlText.Read(Substituted(File.ReadAllText(Path.Combine(Folder, file))));
        return [.. all["services"]!.AsObject().Where(one => one.Value!["build"]?["dockerfile"]?.GetValue<string>() == Built)];
    }

    private static RunningContainer ContainerOf(JsonNode service, JsonObject all)
    {
        var environment = ImageFile.Environment.ToDictionary();
        foreach (var (key, value) in service["environment"]!.AsObject())
            environment[key] = value!.GetValue<string>();
        var named = all["volumes"]!.AsObject().Select(volume => volume.Key).ToList();
        var mounts = Texts(service["volumes"]).Select(mount => mount.Split(':')).ToList();
        var secrets = Texts(service["secrets"]);
        Assert.All(secrets, secret => Assert.NotNull(all["secrets"]![secret]));
        return new RunningContainer(
            "node",
            Texts(service["command"]),
            environment,
            [.. Texts(service["ports"]).Select(port => int.Parse(port.Split(':')[^1], null))],
            [.. mounts.Where(mount => named.Contains(mount[0])).Select(mount => mount[1]), .. Texts(service["tmpfs"])],
            [
                .. mounts.Where(mount => mount is [_, _, "ro"]).Select(mount => mount[1]),
                .. secrets.Select(secret => $"/run/secrets/{secret}"),
            ]
        );
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    /// <summary>A compose file with what its user gives: whatever has to be given is.</summary>
    private static string Substituted(string text) =>
        Variable().Replace(text, match => Given.GetValueOrDefault(match.Groups[1].Value) ?? Default(match.Groups[2].Value));

    private static string Default(string rest) =>
        rest.StartsWith(":-", StringComparison.Ordinal)
            ? rest[2..]
            : throw new InvalidOperationException($"Nobody gives what {rest} asks for.");

    [GeneratedRegex(@"\$\{(\w+)(:[?-][^}]*)\}")]
    private static partial Regex Variable();
}
