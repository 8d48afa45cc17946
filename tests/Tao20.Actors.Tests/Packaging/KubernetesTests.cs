using k8s;
using k8s.Models;
using Tao20.Node.Http;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>docker/k8s describes nodes that start: every name, value, port and file is one of the code, or made there.</summary>
[Trait("Category", "Fast")]
public sealed class KubernetesTests
{
    private static readonly string Folder = RepositoryFiles.PathOf("docker", "k8s");
    private static readonly Kustomization Kustomize = Kustomization.Read(Folder);
    private static readonly IReadOnlyList<object> Objects =
    [
        .. Kustomize.Resources.SelectMany(file =>
            KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, file)), null, true)
        ),
    ];

    public static TheoryData<string> Workloads => [.. All<V1StatefulSet>().Select(set => set.Name())];

    [Fact]
    public void Every_file_is_taken_and_everything_in_it_is_known_to_Kubernetes()
    {
        var files = Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Except(["kustomization.yaml"]);
        Assert.Equal(files.Order(StringComparer.Ordinal), Kustomize.Resources.Order(StringComparer.Ordinal));
        Assert.All(Objects, one => Assert.IsNotType<Dictionary<object, object>>(one));
        Assert.Equal(["tao20"], All<V1Namespace>().Select(space => space.Name()));
        Assert.Equal(Kustomize.Namespace, All<V1Namespace>().Single().Name());
        Assert.Equal(["validator", "miner"], All<V1StatefulSet>().Select(set => set.Name()));
    }

    [Fact]
    public void What_Kubernetes_does_not_know_is_refused() =>
        Assert.ThrowsAny<Exception>(() =>
            KubernetesYaml.LoadAllFromString(
                File.ReadAllText(Path.Combine(Folder, "miner.yaml")).Replace("periodSeconds", "periodSecnds", StringComparison.Ordinal),
                null,
                true
            )
        );

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Each_replica_starts_with_what_it_is_told(string name)
    {
        var set = Set(name);
        var containers = Enumerable.Range(0, set.Spec.Replicas!.Value).Select(ordinal => ContainerOf(set, ordinal)).ToList();
        var settings = containers.Select(one => one.AssertStarts()).ToList();
        Assert.True(name == "miner" ? containers.Count == 1 : containers.Count >= 3);
        Assert.Equal(containers.Count, settings.Select(one => one.Cluster?.Host).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Probes_ask_what_the_node_answers(string name)
    {
        var container = Set(name).Spec.Template.Spec.Containers.Single();
        var http = container.Ports.Single(port => port.Name == "http");
        Assert.All(
            [container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
            probe => Assert.Equal(http.Name, probe.HttpGet.Port.Value)
        );
        Assert.Equal(HealthEndpoints.Live, container.StartupProbe.HttpGet.Path);
        Assert.Equal(HealthEndpoints.Live, container.LivenessProbe.HttpGet.Path);
        Assert.Equal(HealthEndpoints.Ready, container.ReadinessProbe.HttpGet.Path);
        var told = Set(name).Spec.Template.Metadata.Annotations;
        Assert.Equal(("/metrics", $"{http.ContainerPort}"), (told["prometheus.io/path"], told["prometheus.io/port"]));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Pods_may_do_nothing_but_what_they_need(string name)
    {
        var pod = Set(name).Spec.Template.Spec;
        var security = pod.Containers.Single().SecurityContext;
        Assert.True(security.ReadOnlyRootFilesystem);
        Assert.False(security.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(pod.AutomountServiceAccountToken);

        // A secret's files belong to root and to this group, which the image's user is in.
        Assert.Equal((ImageFile.User, ImageFile.User), (pod.SecurityContext.RunAsUser!.Value, pod.SecurityContext.FsGroup!.Value));
        Assert.All(pod.Volumes.Where(volume => volume.Secret is not null), volume => Assert.Equal(256, volume.Secret.DefaultMode));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void What_selects_pods_selects_these(string name)
    {
        var set = Set(name);
        var (labels, ports) = (set.Spec.Template.Metadata.Labels, set.Spec.Template.Spec.Containers.Single().Ports);
        Assert.Equal(labels, set.Spec.Selector.MatchLabels);
        var services = All<V1Service>().Where(service => service.Spec.Selector["app.kubernetes.io/component"] == name).ToList();
        Assert.Contains(services, service => service.Name() == set.Spec.ServiceName);
        Assert.All(services, service => Assert.Equal(labels, service.Spec.Selector));
        Assert.All(
            services.SelectMany(service => service.Spec.Ports),
            port => Assert.Contains(ports, one => one.Name == port.TargetPort.Value && one.ContainerPort == port.Port)
        );
        var rules = All<V1NetworkPolicy>().Single(policy => policy.Name() == name);
        Assert.Equal(labels, rules.Spec.PodSelector.MatchLabels);
        Assert.All(
            rules.Spec.Ingress.SelectMany(from => from.Ports),
            port => Assert.Contains(port.Port.Value, ports.Select(one => one.Name))
        );
    }

    [Fact]
    public void Nodes_of_a_validator_find_each_other_and_leave_one_by_one()
    {
        var set = Set("validator");
        var names = All<V1Service>().Single(service => service.Name() == set.Spec.ServiceName).Spec;
        Assert.True(names is { ClusterIP: "None", PublishNotReadyAddresses: true });
        Assert.Equal("Parallel", set.Spec.PodManagementPolicy);
        var budget = All<V1PodDisruptionBudget>().Single();
        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        Assert.Equal(set.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
    }

    private static IEnumerable<T> All<T>() => Objects.OfType<T>();

    private static V1StatefulSet Set(string name) => All<V1StatefulSet>().Single(set => set.Name() == name);

    private static RunningContainer ContainerOf(V1StatefulSet set, int ordinal)
    {
        var pod = set.Spec.Template.Spec;
        var container = pod.Containers.Single();
        Assert.Contains(container.Image, Kustomize.Images);
        var environment = ImageFile.Environment.ToDictionary();
        foreach (
            var (key, value) in container.EnvFrom.SelectMany(from =>
                All<V1ConfigMap>().Single(map => map.Name() == from.ConfigMapRef.Name).Data
            )
        )
            environment[key] = value;
        foreach (var variable in container.Env)
            environment[variable.Name] = ValueOf(set, ordinal, variable, environment);
        var claims = set.Spec.VolumeClaimTemplates?.Select(claim => claim.Name()) ?? [];
        var empty = pod.Volumes.Where(volume => volume.EmptyDir is not null).Select(volume => volume.Name).Concat(claims).ToList();
        return new RunningContainer(
            container.Name,
            [.. container.Args],
            environment,
            [.. container.Ports.Select(port => port.ContainerPort)],
            [.. container.VolumeMounts.Where(mount => empty.Contains(mount.Name)).Select(mount => mount.MountPath)],
            [
                .. container
                    .VolumeMounts.Where(mount => !empty.Contains(mount.Name))
                    .SelectMany(mount => FilesOf(pod, mount).Select(file => $"{mount.MountPath}/{file}")),
            ]
        )
        {
            Hosts = [.. Enumerable.Range(0, set.Spec.Replicas!.Value).Select(number => $"{set.Name()}-{number}.{set.Spec.ServiceName}")],
        };
    }

    private static IReadOnlyList<string> FilesOf(V1PodSpec pod, V1VolumeMount mount) =>
        Kustomize.Secrets[pod.Volumes.Single(volume => volume.Name == mount.Name).Secret.SecretName];

    private static string ValueOf(V1StatefulSet set, int ordinal, V1EnvVar variable, Dictionary<string, string> environment)
    {
        if (variable.ValueFrom?.FieldRef?.FieldPath == "metadata.name")
            return $"{set.Name()}-{ordinal}";
        if (variable.ValueFrom?.SecretKeyRef is not { } secret)
            return RunningContainer.Expanded(variable.Value, environment);
        Assert.Contains(secret.Key, Kustomize.Secrets[secret.Name]);
        return "Host=db;Database=tao20;Username=tao20;Password=secret";
    }
}
