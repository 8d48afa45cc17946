using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.Remote.Transport.DotNetty;
using Tao20.Actors.Journal;
using Tao20.Actors.Remoting;

namespace Tao20.Actors.Hosting;

/// <summary>What makes a node one of several: how they reach and know each other, and who of them may write.</summary>
public static class ClusterExtensions
{
    /// <summary>This node is one of several of the same operator.</summary>
    /// <param name="builder">What is being built.</param>
    /// <param name="options">How it takes part.</param>
    /// <param name="identity">What makes nodes those of its cluster.</param>
    /// <param name="writer">This process as a writer of the journal; null where no database says who writes.</param>
    /// <exception cref="CertificateException">Its certificate cannot be used.</exception>
    public static AkkaConfigurationBuilder WithTao20Cluster(
        this AkkaConfigurationBuilder builder,
        ClusterOptions options,
        ClusterIdentity identity,
        JournalWriter? writer = null
    ) =>
        builder
            .AddHocon(Tao20AkkaExtensions.Hocon("cluster.conf"), HoconAddMode.Prepend)
            .AddHocon($"akka.cluster.split-brain-resolver.stable-after = {options.DownAfter.TotalMilliseconds:0} ms", HoconAddMode.Prepend)
            .WithCertificate(options)
            .WithRemoting(
                new RemoteOptions
                {
                    HostName = options.BindHost.Length > 0 ? options.BindHost : options.Host,
                    Port = options.BindPort > 0 ? options.BindPort : options.Port,
                    PublicHostName = options.Host,
                    PublicPort = options.Port > 0 ? options.Port : null,
                }
            )
            .WithClustering(new Akka.Cluster.Hosting.ClusterOptions { Roles = [.. identity.Roles] })
            .AddHocon($"akka.discovery.dns.server = \"{options.DiscoveryServer}\"", HoconAddMode.Prepend)
            .WithActors(
                (system, _) =>
                    system.ActorOf(Props.Create(() => new SeedFinder(options.SeedNodes, options.Discovery, options.Port, writer)), "seeds")
            );

    /// <summary>What only one node of the cluster may have is told by the journal's database; who is taken out is ended there.</summary>
    /// <param name="builder">What is being built.</param>
    /// <param name="writer">This process as a writer of the journal.</param>
    /// <param name="journal">Where it is told that it may not write.</param>
    /// <param name="identity">What makes nodes those of its cluster.</param>
    public static AkkaConfigurationBuilder WithWriter(
        this AkkaConfigurationBuilder builder,
        JournalWriter writer,
        JournalFaultReporter journal,
        ClusterIdentity identity
    )
    {
        var setup = new WriterSetup(writer);
        return builder
            .AddHocon(Tao20AkkaExtensions.Hocon("lease.conf"), HoconAddMode.Prepend)
            .AddSetup(setup)
            .WithActors(
                (system, _) =>
                    system.ActorOf(Props.Create(() => new MembershipActor(writer, setup.PeersOf(system), identity, journal)), "membership")
            );
    }

    /// <summary>
    /// Nodes prove themselves to each other, both ways. Names are not compared: each certificate of the authority is a node's of this
    /// cluster.
    /// </summary>
    private static AkkaConfigurationBuilder WithCertificate(this AkkaConfigurationBuilder builder, ClusterOptions options) =>
        options.Certificate(DateTimeOffset.UtcNow) is { } certificate
            ? builder
                .AddHocon("akka.remote.dot-netty.tcp.enable-ssl = true", HoconAddMode.Prepend)
                .AddSetup(new DotNettySslSetup(certificate.Own, false, true, false, certificate.Judge))
            : builder;
}
